"""The texts that went to or came from a handset, in memory, with the status that the provider would report.

Knows no HTTP and no provider's field names.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Direction(StrEnum):
    INBOUND = "inbound"
    OUTBOUND_API = "outbound-api"
    OUTBOUND_REPLY = "outbound-reply"


class Status(StrEnum):
    ACCEPTED = "accepted"
    SCHEDULED = "scheduled"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    CANCELED = "canceled"
    RECEIVED = "received"


UNSENT = frozenset({Status.ACCEPTED, Status.SCHEDULED, Status.QUEUED})
IN_PROGRESS = UNSENT | {Status.SENDING}


@dataclass(slots=True, eq=False)
class Message:
    """`sender` is None while a messaging service has not chosen a number yet; `validity` is in seconds."""

    sid: str
    provider: str
    sender: str | None
    to: str
    body: str
    direction: Direction
    status: Status
    created_at: datetime
    segments: int
    service_sid: str | None = None
    behaviour: str = ""
    callback_url: str = ""
    validity: int = 36_000
    send_at: datetime | None = None
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    error_code: int | None = None
    updated_at: datetime = field(init=False)
    history: list[tuple[Status, datetime]] = field(default_factory=list)
    posting: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    def __post_init__(self) -> None:
        self.updated_at = self.created_at
        self.history.append((self.status, self.created_at))

    @property
    def handset(self) -> str:
        """The number of the person, whichever way the text went."""
        return (self.sender or "") if self.direction is Direction.INBOUND else self.to

    @property
    def portal_number(self) -> str | None:
        return self.to if self.direction is Direction.INBOUND else self.sender

    def become(self, status: Status, *, at: datetime, error_code: int | None = None) -> None:
        self.status = status
        self.updated_at = at
        self.error_code = error_code
        if status in {Status.SENT, Status.DELIVERED, Status.UNDELIVERED} and self.sent_at is None:
            self.sent_at = at
        if status is Status.DELIVERED:
            self.delivered_at = at
        self.history.append((status, at))

    def view(self) -> dict[str, Any]:
        """What the handset page and the tests read."""
        return {
            "sid": self.sid,
            "provider": self.provider,
            "from": self.sender,
            "to": self.to,
            "body": self.body,
            "direction": self.direction,
            "status": self.status,
            "error_code": self.error_code,
            "messaging_service_sid": self.service_sid,
            "num_segments": self.segments,
            "behaviour": self.behaviour,
            "created_at": self.created_at.isoformat(),
            "sent_at": self.sent_at.isoformat() if self.sent_at else None,
            "delivered_at": self.delivered_at.isoformat() if self.delivered_at else None,
            "updated_at": self.updated_at.isoformat(),
            "history": [{"status": status, "at": at.isoformat()} for status, at in self.history],
        }


class MessageLog:
    """Every text since the last reset, oldest first, indexed by both of its numbers."""

    def __init__(self) -> None:
        self._by_sid: dict[str, Message] = {}
        self._by_number: dict[str, dict[str, Message]] = {}

    def add(self, message: Message) -> None:
        self._by_sid[message.sid] = message
        self._by_number.setdefault(message.to, {})[message.sid] = message
        if message.sender:
            self.index_sender(message)

    def index_sender(self, message: Message) -> None:
        """Make a message findable by its sender, once a messaging service has chosen one."""
        self._by_number.setdefault(message.sender or "", {})[message.sid] = message

    def get(self, sid: str) -> Message | None:
        return self._by_sid.get(sid)

    def remove(self, message: Message) -> None:
        self._by_sid.pop(message.sid, None)
        for number in (message.to, message.sender or ""):
            self._by_number.get(number, {}).pop(message.sid, None)

    def of_number(self, number: str) -> list[Message]:
        return list(self._by_number.get(number, {}).values())

    def __iter__(self) -> Iterator[Message]:
        return iter(list(self._by_sid.values()))

    def __len__(self) -> int:
        return len(self._by_sid)

"""The calls that went to a handset, in memory: how far each is, what was said on it, and what the person did.

Knows no HTTP and no provider's field names: a provider moves a call along, and the handset page acts for the person.
"""

import asyncio
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

ANY_KEY = "0123456789*#"


class CallStatus(StrEnum):
    QUEUED = "queued"
    INITIATED = "initiated"
    RINGING = "ringing"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    FAILED = "failed"
    CANCELED = "canceled"


OVER = frozenset({CallStatus.COMPLETED, CallStatus.BUSY, CallStatus.NO_ANSWER, CallStatus.FAILED, CallStatus.CANCELED})
BEFORE_ANSWER = frozenset({CallStatus.QUEUED, CallStatus.INITIATED, CallStatus.RINGING})


class Party(StrEnum):
    """Who or what picked up, as somebody who listens to it would say."""

    HUMAN = "human"
    MACHINE = "machine"
    FAX = "fax"


class Reaction(StrEnum):
    """What is done to a phone that rings."""

    ANSWER = "answer"
    VOICEMAIL = "voicemail"
    DECLINE = "decline"
    BUSY = "busy"


class Kind(StrEnum):
    """Whose words a line is: `SAY` the portal's, `GREETING` the called side's, `APOLOGY` the provider's."""

    SAY = "say"
    PLAY = "play"
    GREETING = "greeting"
    APOLOGY = "apology"


@dataclass(slots=True, eq=False)
class Line:
    """`text` is all that was to be said; `said` is the part that was said before somebody pressed a key or hung up."""

    kind: Kind
    text: str
    at: datetime
    language: str = ""
    voice: str = ""
    said: str = ""

    def view(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "text": self.text,
            "said": self.said,
            "language": self.language,
            "voice": self.voice,
            "at": self.at.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Key:
    """`heard`: something listened when it was pressed."""

    digit: str
    at: datetime
    heard: bool

    def view(self) -> dict[str, Any]:
        return {"digit": self.digit, "at": self.at.isoformat(), "heard": self.heard}


class Listener:
    """Collects keys until there are `most` of them, or until a key of `finish_on` is pressed."""

    def __init__(self, *, most: int | None, finish_on: str) -> None:
        self._most, self._finish_on = most, finish_on
        self.digits = self.finished_on = ""
        self.is_done = False
        self.touched = asyncio.Event()

    def hear(self, digit: str) -> bool:
        """Take a key; False when this listener has what it wanted already."""
        if self.is_done:
            return False
        if digit in self._finish_on:
            self.finished_on, self.is_done = digit, True
        else:
            self.digits += digit
            self.is_done = self._most is not None and len(self.digits) >= self._most
        self.touched.set()
        return True


@dataclass(slots=True, eq=False)
class Call:
    """`ring_seconds`: how long it may ring; `sip_code`: the network's answer.

    `ended_by`: callee, carrier, portal or provider.
    `is_acted`: an ending of the number picks up and presses keys by itself, so that nobody is waited for.
    `is_detected`: a detector of answering machines has listened; `is_unclear`: it cannot tell.
    """

    sid: str
    provider: str
    caller: str
    to: str
    created_at: datetime
    ring_seconds: int
    behaviour: str = ""
    is_acted: bool = False
    status: CallStatus = CallStatus.QUEUED
    transcript: list[Line] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)
    to_press: list[str] = field(default_factory=list)
    party: Party | None = None
    is_unclear: bool = False
    is_detected: bool = False
    sip_code: int | None = None
    error_code: int | None = None
    ended_by: str = ""
    ringing_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    updated_at: datetime = field(init=False)
    history: list[tuple[CallStatus, datetime]] = field(default_factory=list)
    reaction: Reaction | None = None
    tell: Callable[[], None] = field(default=lambda: None, repr=False)
    posting: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)
    reacted: asyncio.Event = field(default_factory=asyncio.Event, repr=False)
    over: asyncio.Event = field(default_factory=asyncio.Event, repr=False)
    asking: asyncio.Event = field(default_factory=asyncio.Event, repr=False)
    listener: Listener | None = None

    def __post_init__(self) -> None:
        self.updated_at = self.created_at
        self.history.append((self.status, self.created_at))

    @property
    def handset(self) -> str:
        return self.to

    @property
    def is_over(self) -> bool:
        return self.status in OVER

    @property
    def seconds(self) -> int:
        """How long it was talked, in whole seconds, begun ones counted; 0 when nobody picked up."""
        if self.answered_at is None or self.ended_at is None:
            return 0
        return max(math.ceil((self.ended_at - self.answered_at).total_seconds()), 1)

    def become(self, status: CallStatus, *, at: datetime) -> None:
        """Go one step further; the end is told by `end`."""
        self.status, self.updated_at = status, at
        if status is CallStatus.RINGING:
            self.ringing_at = at
        elif status is CallStatus.IN_PROGRESS:
            self.answered_at = at
        self.history.append((status, at))
        self.tell()

    def end(self, status: CallStatus, *, at: datetime, by: str, sip_code: int | None = None) -> None:
        """Be over, once: a call that has ended already stays as it ended."""
        if self.is_over:
            return
        self.ended_at, self.ended_by, self.sip_code = at, by, sip_code
        self.listener = None
        self.over.set()
        self.become(status, at=at)

    def react(self, reaction: Reaction) -> bool:
        """Pick up or turn away while it rings; False when it does not ring, or when somebody was quicker."""
        if self.status is not CallStatus.RINGING or self.reaction is not None:
            return False
        self.reaction = reaction
        self.reacted.set()
        return True

    def say(self, kind: Kind, text: str, *, at: datetime, language: str = "", voice: str = "") -> Line:
        line = Line(kind, text, at, language=language, voice=voice)
        self.transcript.append(line)
        self.tell()
        return line

    def listen(self, listener: Listener | None) -> None:
        """Let this hear the keys from now on; None hears no more."""
        self.listener = listener
        self.asking.clear()
        self.tell()

    def press(self, digit: str, *, at: datetime) -> bool:
        """Press one key; whether anything listened."""
        heard = self.listener is not None and self.listener.hear(digit)
        if self.listener is not None and self.listener.is_done:
            self.asking.clear()
        self.keys.append(Key(digit, at, heard))
        self.tell()
        return heard

    def view(self) -> dict[str, Any]:
        """What the handset page and the tests read."""
        return {
            "sid": self.sid,
            "provider": self.provider,
            "from": self.caller,
            "to": self.to,
            "status": self.status,
            "behaviour": self.behaviour,
            "transcript": [line.view() for line in self.transcript],
            "keys": "".join(key.digit for key in self.keys),
            "presses": [key.view() for key in self.keys],
            "listens": self.listener is not None,
            "party": self.party,
            "sip_code": self.sip_code,
            "error_code": self.error_code,
            "ended_by": self.ended_by or None,
            "seconds": self.seconds,
            "created_at": self.created_at.isoformat(),
            "ringing_at": self.ringing_at.isoformat() if self.ringing_at else None,
            "answered_at": self.answered_at.isoformat() if self.answered_at else None,
            "ended_at": self.ended_at.isoformat() if self.ended_at else None,
            "updated_at": self.updated_at.isoformat(),
            "history": [{"status": status, "at": at.isoformat()} for status, at in self.history],
        }


class CallLog:
    """Every call since the last reset, oldest first, indexed by the number that was called."""

    def __init__(self, *, tell: Callable[[Call], None]) -> None:
        self._tell = tell
        self._by_sid: dict[str, Call] = {}
        self._by_number: dict[str, list[Call]] = {}

    def add(self, call: Call) -> None:
        self._by_sid[call.sid] = call
        self._by_number.setdefault(call.to, []).append(call)
        call.tell = lambda: self._tell(call)
        call.tell()

    def get(self, sid: str) -> Call | None:
        return self._by_sid.get(sid)

    def of_number(self, number: str) -> list[Call]:
        return list(self._by_number.get(number, []))

    def __iter__(self) -> Iterator[Call]:
        return iter(list(self._by_sid.values()))

    def __len__(self) -> int:
        return len(self._by_sid)

"""Azure's events in our words: a delivery report about a text that we sent, or a text that a person sent.

Events come in Event Grid's own schema or as CloudEvents, names of properties in either case, and numbers without their
plus sign. It refuses to know whether an event is genuine, and whose number it is.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from notifications.providers.azure_words import NO_REPORTS, delivery_code

RECEIVED = "Microsoft.Communication.SMSReceived"
REPORTED = "Microsoft.Communication.SMSDeliveryReportReceived"
VALIDATION = "Microsoft.EventGrid.SubscriptionValidationEvent"
_RESOURCE = "/providers/microsoft.communication/communicationservices/"
_FEWEST_DIGITS = 7  # shorter ones are short codes, which have no plus sign


@dataclass(frozen=True, slots=True)
class AzureEvent:
    """One event, whichever schema it came in; `raw` is all of it, and `data` has its names in lower case."""

    kind: str
    event_id: str
    resource: str
    data: Mapping[str, Any] = field(repr=False)
    raw: Mapping[str, Any] = field(repr=False)

    @property
    def our_number(self) -> str:
        """The number of ours that it is about."""
        return _number(self.data.get("to" if self.kind == RECEIVED else "from"))

    @property
    def message_id(self) -> str:
        return _text(self.data.get("messageid"))

    @property
    def tag(self) -> str:
        """What we gave the message along: the attempt's id."""
        return _text(self.data.get("tag"))

    @property
    def fingerprint(self) -> str:
        """The same for each delivery of the same event, and another one where anything in it differs."""
        told = json.dumps([self.event_id, self.kind, self.data], sort_keys=True, default=str)
        return hashlib.sha256(told.encode()).hexdigest()[:40]


@dataclass(frozen=True, slots=True)
class AzureReport:
    """What Azure says became of a text. `word` is Azure's, except where it says failed and knows that it may not be."""

    message_id: str
    word: str
    fault_code: str | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class AzureText:
    """A text that a person sent to one of our numbers."""

    message_id: str
    number: str = field(repr=False)
    to: str
    body: str = field(repr=False)
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Lacking:
    """What an event lacks that it cannot be read without."""

    missing: tuple[str, ...]


def read_event(raw: object) -> AzureEvent | None:
    """One element of what was posted; `None` where it is no event."""
    if not isinstance(raw, dict):
        return None
    kind, data = raw.get("eventType") or raw.get("type"), raw.get("data")
    if not isinstance(kind, str) or not isinstance(data, dict):
        return None
    return AzureEvent(
        kind=_text(kind),
        event_id=_text(raw.get("id")),
        resource=resource_of(_text(raw.get("topic") or raw.get("source"))),
        data={str(name).lower(): value for name, value in data.items()},
        raw=raw,
    )


def read_report(event: AzureEvent) -> AzureReport | Lacking:
    """A delivery report. A carrier that gives none proves no failure: the text stays as it was."""
    word = _text(event.data.get("deliverystatus"))
    if not event.message_id or not word:
        return _lacking(messageId=event.message_id, deliveryStatus=word)
    failed = word.lower() == "failed"
    code = delivery_code(_text(event.data.get("deliverystatusdetails"))) if failed else None
    if code == NO_REPORTS:
        return AzureReport(event.message_id, "sent", code, _instant(event.data.get("receivedtimestamp")))
    return AzureReport(event.message_id, word, code, _instant(event.data.get("receivedtimestamp")))


def read_text(event: AzureEvent) -> AzureText | Lacking:
    """A text from a handset."""
    number, to = _number(event.data.get("from")), event.our_number
    if not (event.message_id and number and to):
        return _lacking(messageId=event.message_id, **{"from": number, "to": to})
    body = event.data.get("message")
    return AzureText(
        message_id=event.message_id,
        number=number,
        to=to,
        body=_clean(body) if isinstance(body, str) else "",
        at=_instant(event.data.get("receivedtimestamp")),
    )


def resource_of(topic: str) -> str:
    """The name of the resource that a topic names, in small letters; empty where it names none of Azure's for texts."""
    _, found, name = topic.lower().partition(_RESOURCE)
    return name.strip("/") if found and "/" not in name.strip("/") else ""


def _lacking(**fields: str) -> Lacking:
    return Lacking(tuple(name for name, value in fields.items() if not value))


def _number(value: object) -> str:
    digits = _text(value).removeprefix("+")
    return f"+{digits}" if len(digits) >= _FEWEST_DIGITS and digits.isdigit() else digits


def _instant(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(_text(value))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _text(value: object) -> str:
    return _clean(value).strip() if isinstance(value, str) else ""


def _clean(text: str) -> str:
    """PostgreSQL keeps no NUL characters in a text, nor halves of characters."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")

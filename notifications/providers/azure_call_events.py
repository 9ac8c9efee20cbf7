"""What Azure posts about a call (Call Automation, CloudEvents), in our words.

It refuses to know whether an event is genuine. Azure tells of a call that somebody answered, of each thing that was
said, of keys, and of the end; not of ringing, not who answered, and not how long a call lasted.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from notifications.core.faults import fault
from notifications.core.faults.catalogue import SIP
from notifications.providers.call_event import CallEvent

CONNECTED, DISCONNECTED, NOT_PLACED = "CallConnected", "CallDisconnected", "CreateCallFailed"
PRESSED, NOT_PRESSED = "RecognizeCompleted", "RecognizeFailed"
SAID, NOT_SAID = "PlayCompleted", "PlayFailed"
#: The events that tell something of a call, or after which something is said or done; there are many more.
LED_BY = frozenset({CONNECTED, DISCONNECTED, NOT_PLACED, PRESSED, NOT_PRESSED, SAID, NOT_SAID})
#: Nobody pressed a key in the time that was given (Call Automation, error codes).
SILENCE = 8510
#: Who answered: Azure does not tell machines from people, so that nobody will ever know.
UNKNOWN = "unknown"
_TYPES = "Microsoft.Communication."
_KEYS = MappingProxyType(
    {
        "zero": "0",
        "one": "1",
        "two": "2",
        "three": "3",
        "four": "4",
        "five": "5",
        "six": "6",
        "seven": "7",
        "eight": "8",
        "nine": "9",
        "asterisk": "*",
        "pound": "#",
    }
)
_WORDS_OF_SIP = MappingProxyType({486: "busy", 600: "busy", 408: "no-answer", 480: "no-answer", 487: "no-answer"})
#: Answers of a network that end a call (RFC 3261). In Azure's sub codes the last three digits are one: 560486 is of a
#: call that went out, 540486 of one that came in.
_ENDS = range(300, 700)
_WITH_SIP = (540, 560)
_LONGEST_ID, _MOST_TURNS = 64, 99
#: The body is not signed: a year that no clock shows is no time, and would overflow a call's seconds or the database.
_YEARS = range(2020, 2100)


@dataclass(frozen=True, slots=True)
class AzureCallEvent:
    """One event. `context` is what we gave along with the request that it answers; `raw` is all of it."""

    kind: str
    event_id: str
    call_id: str
    context: str
    code: int | None
    sub_code: int | None
    says: str
    sip_code: int | None
    key: str
    at: datetime | None
    raw: Mapping[str, Any] = field(repr=False)

    @property
    def turn(self) -> int:
        """Which scene it is about: how often the call had waited for a key; 0 where it waits no more."""
        text = self.context.partition(":")[2]
        return min(int(text), _MOST_TURNS) if text.isascii() and text.isdigit() and len(text) < 3 else 0  # noqa: PLR2004

    @property
    def fingerprint(self) -> str:
        """The same for each delivery of the same event, and another one where anything in it differs."""
        told = json.dumps([self.event_id, self.kind, self.raw.get("data")], sort_keys=True, default=str)
        return hashlib.sha256(told.encode()).hexdigest()[:40]

    @property
    def fault_code(self) -> str:
        """Why it failed: Azure's sub code where it is a listed one, else the network's answer, else Azure's code."""
        if self.sub_code is not None and fault("azure", self.sub_code, channel="voice").known:
            return str(self.sub_code)
        if self.sip_code is not None:
            return f"{SIP}{self.sip_code}"
        code = self.sub_code if self.sub_code is not None else self.code
        return "" if code is None else str(code)


def context_of(attempt_id: str, *, turn: int) -> str:
    """What is given along with a request about a call, and comes back with its event."""
    return f"{attempt_id}:{turn}"


def read_call_event(raw: object) -> AzureCallEvent | None:
    """One element of what was posted; `None` where it is no event of a call."""
    if not isinstance(raw, dict):
        return None
    data, kind = raw.get("data"), raw.get("type")
    if not isinstance(data, dict) or not isinstance(kind, str) or not kind.startswith(_TYPES):
        return None
    call_id = _text(data.get("callConnectionId"))[:_LONGEST_ID]
    if not call_id:
        return None
    result = _mapping(data.get("resultInformation"))
    code, sub_code = _number(result.get("code")), _number(result.get("subCode"))
    return AzureCallEvent(
        kind=kind.removeprefix(_TYPES),
        event_id=_text(raw.get("id")),
        call_id=call_id,
        context=_text(data.get("operationContext")),
        code=code,
        sub_code=sub_code,
        says=_text(result.get("message")),
        sip_code=_sip_code(result, code=code, sub_code=sub_code),
        key=_key(_mapping(data.get("dtmfResult")).get("tones")),
        at=_instant(raw.get("time")),
        raw=raw,
    )


def call_event(event: AzureCallEvent, *, answered_at: datetime | None, mute_because: str = "") -> CallEvent | None:
    """What an event says of its call; `None` where it says nothing that is kept of one.

    :param answered_at: when somebody answered, as far as an earlier event told it.
    :param mute_because: the code for which nothing could be said on it, which stays how it ended.
    """
    if event.kind == CONNECTED:
        return _told(event, "in-progress")
    if event.kind == PRESSED or (event.kind == NOT_PRESSED and event.sub_code == SILENCE):
        # It was heard out, or answered with a key: nobody will ever know more of who it was.
        return _told(event, "in-progress", answered_by=UNKNOWN, key=event.key)
    if event.kind not in (DISCONNECTED, NOT_PLACED):
        return None
    if mute_because:
        return _told(event, "failed", fault_code=mute_because, seconds=_seconds(answered_at, event.at))
    if answered_at is not None or (event.kind == DISCONNECTED and _ended_well(event)):
        return _told(event, "completed", answered_by=UNKNOWN, seconds=_seconds(answered_at, event.at))
    word = _WORDS_OF_SIP.get(event.sip_code or 0, "failed")
    return _told(event, word, sip_code=event.sip_code, fault_code=event.fault_code, seconds=0)


def nothing_said(event: AzureCallEvent, code: str) -> CallEvent:
    """Somebody answered and could be told nothing: the call has failed, whoever hangs up."""
    return _told(event, "failed", answered_by=UNKNOWN, fault_code=code)


def _told(event: AzureCallEvent, word: str, **said: Any) -> CallEvent:
    nothing: dict[str, Any] = {"answered_by": "", "sip_code": None, "fault_code": "", "seconds": None, "key": ""}
    return CallEvent(
        provider_call_id=event.call_id, word=word, word_known=True, happened_at=event.at, **(nothing | said)
    )


def _ended_well(event: AzureCallEvent) -> bool:
    """Azure gives an ordinary end a code below 300 or none, and a sub code that is none, or none of a network."""
    return event.sip_code is None and (event.code is None or event.code < _ENDS.start)


def _seconds(since: datetime | None, until: datetime | None) -> int | None:
    """Begun seconds count; at least one where somebody answered."""
    if since is None or until is None:
        return None
    return max(1, round((until - since).total_seconds() + 0.5))


def _sip_code(result: Mapping[str, Any], *, code: int | None, sub_code: int | None) -> int | None:
    told = _number(_mapping(result.get("sipDetails")).get("code"))
    within = sub_code % 1000 if sub_code is not None and sub_code // 1000 in _WITH_SIP else None
    return next((one for one in (told, within, code) if one is not None and one in _ENDS), None)


def _key(tones: object) -> str:
    """The one key that was asked for."""
    first = tones[0] if isinstance(tones, list) and tones else ""
    return _KEYS.get(_text(first).lower(), "")


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _number(value: object) -> int | None:
    """A number of at most nine digits; not a truth value, which Python takes for one."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9 else None


def _instant(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(_text(value))
    except ValueError:
        return None
    if found.year not in _YEARS:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _text(value: object) -> str:
    return (
        value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8").strip() if isinstance(value, str) else ""
    )

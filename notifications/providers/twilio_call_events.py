"""What Twilio posts about a call, in our words: an event of its life, or the key that a person pressed.

Nothing is decided here. Events may come late, doubled and out of order: their words have one order (core/receipts.py),
which is that of Twilio's `SequenceNumber`.
"""

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from notifications.core.faults.catalogue import SIP
from notifications.providers.call_event import CallEvent
from notifications.providers.twilio_reports import Untranslatable
from notifications.providers.twilio_words import CALL_WORDS

#: Ends of a call that nobody answered; only then does the network's answer say why.
_NOT_ANSWERED = frozenset({"busy", "failed", "no-answer", "canceled"})
_EVENTS = "call-progress-events"
_SIP_CODES = range(100, 700)
_KEYS = frozenset("0123456789*#")


def call_event(params: Mapping[str, str]) -> CallEvent | Untranslatable:
    """A request about a call in our words; the network's own answer (SIP) is preferred to the provider's code."""
    call_id, word = _text(params, "CallSid"), _text(params, "CallStatus").lower()
    if not call_id or not word:
        missing = {"CallSid": call_id, "CallStatus": word}
        return Untranslatable(tuple(name for name, value in missing.items() if not value))
    sip_code = _sip_code(params)
    return CallEvent(
        provider_call_id=call_id,
        word=word,
        word_known=word in CALL_WORDS,
        answered_by=_text(params, "AnsweredBy").lower(),
        sip_code=sip_code,
        fault_code=_fault_code(params, sip_code) if word in _NOT_ANSWERED else "",
        seconds=_number(params, "CallDuration"),
        key=key_in(params),
        happened_at=_instant(_text(params, "Timestamp")),
    )


def key_in(params: Mapping[str, str]) -> str:
    """The one key that this request brings; an event of the call's life brings none."""
    if _text(params, "CallbackSource") == _EVENTS:
        return ""
    key = _text(params, "Digits")[:1]
    return key if key in _KEYS else ""


def _sip_code(params: Mapping[str, str]) -> int | None:
    """The network's last answer, as RFC 3261 numbers them; anything else is none."""
    found = _number(params, "SipResponseCode")
    return found if found is not None and found in _SIP_CODES else None


def _fault_code(params: Mapping[str, str], sip_code: int | None) -> str:
    if sip_code is not None and sip_code >= HTTPStatus.BAD_REQUEST:
        return f"{SIP}{sip_code}"
    return _text(params, "ErrorCode").lstrip("0")


def _instant(text: str) -> datetime | None:
    """RFC 2822, as every time of Twilio's 2010 API."""
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return at if at.tzinfo else None


def _number(params: Mapping[str, str], name: str) -> int | None:
    text = _text(params, name)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None  # noqa: PLR2004


def _text(params: Mapping[str, str], name: str) -> str:
    return (params.get(name) or "").replace("\x00", "").strip()

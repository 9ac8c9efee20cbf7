"""Whether a request to call would be accepted, and as what: Twilio's checks, without any effect.

The order and the codes are those of Twilio's error dictionary (212xx); the limits are those of its Call resource.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ..behaviours import Answer, Behaviour
from ..call_behaviours import CallBehaviour
from ..senders import Senders
from .draft import E164, is_phone_number, is_web_address
from .refusals import Refusal, refusal

DEFAULT_RING_SECONDS, LEAST_RING_SECONDS, MOST_RING_SECONDS = 60, 5, 600
LONGEST_CALL_SECONDS = 14_400
LONGEST_TWIML = 4000
INVALID_NUMBER, INVALID_CALLER = 21211, 21212
MAGIC_CALL_FROM = {"+15005550001": INVALID_CALLER}
METHODS = frozenset({"", "GET", "POST"})


class Event(StrEnum):
    """Which moments of a call are told; `completed` stands for every end."""

    INITIATED = "initiated"
    RINGING = "ringing"
    ANSWERED = "answered"
    COMPLETED = "completed"


class Detection(StrEnum):
    NONE = ""
    ENABLE = "Enable"
    MESSAGE_END = "DetectMessageEnd"


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address of the portal, with the method that it wants; no address, no request."""

    url: str
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class CallDraft:
    """Times in seconds."""

    to: str
    caller: str
    document: Webhook
    fallback: Webhook
    twiml: str
    callback: Webhook
    events: frozenset[Event]
    unknown_events: tuple[str, ...]
    ring_seconds: int
    time_limit: int
    detection: Detection
    detects_meanwhile: bool
    detected: Webhook


def drafted_call(
    form: Mapping[str, str],
    *,
    events: Sequence[str],
    senders: Senders,
    behaviour: Behaviour,
    call_behaviour: CallBehaviour,
) -> CallDraft | Refusal:
    to, caller = form.get("To", "").strip(), form.get("From", "").strip()
    fault = (
        _wrong_caller(to, caller=caller, senders=senders)
        or _wrong_recipient(to, behaviour=behaviour, call_behaviour=call_behaviour)
        or _wrong_address(form)
        or _wrong_option(form)
    )
    if fault:
        return fault
    asked = [event for event in events if event in set(Event)]
    detection = Detection(form.get("MachineDetection", ""))
    return CallDraft(
        to=to,
        caller=caller,
        document=_webhook(form, url="Url", method="Method"),
        fallback=_webhook(form, url="FallbackUrl", method="FallbackMethod"),
        twiml="" if form.get("Url") else form.get("Twiml", ""),
        callback=_webhook(form, url="StatusCallback", method="StatusCallbackMethod"),
        events=frozenset(Event(event) for event in asked) or frozenset({Event.COMPLETED}),
        unknown_events=tuple(event for event in events if event not in set(Event)),
        ring_seconds=int(form.get("Timeout") or DEFAULT_RING_SECONDS),
        time_limit=int(form.get("TimeLimit") or LONGEST_CALL_SECONDS),
        # Keys that are sent on connecting switch the detection off.
        detection=Detection.NONE if form.get("SendDigits") else detection,
        detects_meanwhile=form.get("AsyncAmd", "").lower() == "true",
        detected=_webhook(form, url="AsyncAmdStatusCallback", method="AsyncAmdStatusCallbackMethod"),
    )


def _webhook(form: Mapping[str, str], *, url: str, method: str) -> Webhook:
    return Webhook(form.get(url, "").strip(), form.get(method, "").upper() or "POST")


def _wrong_caller(to: str, *, caller: str, senders: Senders) -> Refusal | None:
    if not to:
        return refusal(21201)
    if not caller:
        return refusal(21213)
    if caller in MAGIC_CALL_FROM:
        return refusal(MAGIC_CALL_FROM[caller], sender=caller)
    if not E164.fullmatch(caller):
        return refusal(INVALID_CALLER, sender=caller)
    owned = senders.number(caller)
    return None if owned and owned.voice else refusal(21210, sender=caller)


def _wrong_recipient(to: str, *, behaviour: Behaviour, call_behaviour: CallBehaviour) -> Refusal | None:
    if not E164.fullmatch(to):
        return refusal(INVALID_NUMBER, to=to)
    if call_behaviour.refusal:
        return refusal(call_behaviour.refusal, to=to)
    if not is_phone_number(to):
        return refusal(21217, to=to)
    # A number that texts find invalid is invalid for calls too; other refusals of texts say nothing of calls.
    is_invalid = behaviour.answer is Answer.REFUSE and behaviour.error_code == INVALID_NUMBER
    return refusal(INVALID_NUMBER, to=to) if is_invalid else None


def _wrong_address(form: Mapping[str, str]) -> Refusal | None:
    url = form.get("Url", "").strip()
    if (not url and not form.get("Twiml")) or (url and not is_web_address(url)):
        return refusal(21205, url=url)
    fallback = form.get("FallbackUrl", "").strip()
    if fallback and not is_web_address(fallback):
        return refusal(21205, url=fallback)
    if any(form.get(name, "").strip() and not is_web_address(form[name].strip()) for name in _CALLBACKS):
        return refusal(21609)
    if any(form.get(name, "").upper() not in METHODS for name in _METHODS):
        return refusal(20001)
    return refusal(20001) if len(form.get("Twiml", "")) > LONGEST_TWIML else None


_CALLBACKS = ("StatusCallback", "AsyncAmdStatusCallback")
_METHODS = ("Method", "FallbackMethod", "StatusCallbackMethod", "AsyncAmdStatusCallbackMethod")


def _wrong_option(form: Mapping[str, str]) -> Refusal | None:
    if form.get("MachineDetection", "") not in set(Detection):
        return refusal(20001)
    in_range = _is_between(form.get("Timeout", ""), least=LEAST_RING_SECONDS, most=MOST_RING_SECONDS)
    in_limit = _is_between(form.get("TimeLimit", ""), least=1, most=LONGEST_CALL_SECONDS)
    return None if in_range and in_limit else refusal(20001)


def _is_between(text: str, *, least: int, most: int) -> bool:
    return not text or (text.isascii() and text.isdigit() and least <= int(text) <= most)

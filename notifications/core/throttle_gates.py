"""The gates about how often: one phone is not flooded, and a sender is not used more often than its carrier bears.

Pure like the others (gates.py). A throttle never stops a message, it holds it until there is room again; its own
validity goes on meanwhile. Why these limits: docs/decisions/0022-storms.md.
"""

from datetime import datetime, timedelta

from notifications.core.gate_facts import GateFacts
from notifications.core.gate_reading import GateReading, Opening
from notifications.core.limit_facts import PaceFact
from notifications.core.reasons import Reason
from notifications.core.states import Channel, Purpose

#: What is counted against a phone and waits for room. Answers, codes and confirmations are asked for by the person.
THROTTLED_PURPOSES = frozenset({Purpose.PAGE, Purpose.DIRECT_MESSAGE, Purpose.TEST})
THROTTLES = frozenset({Reason.PHONE_TEXTS, Reason.PHONE_CALLS, Reason.CALLER, Reason.SENDER_TEXTS})
_MINUTE, _HOUR = 60, 3600


def phone_pace(facts: GateFacts, now: datetime) -> GateReading:
    """The phone was not tried too often of late for this tenant; asked for pages, direct messages and tests."""
    pace = facts.phone_pace
    if pace is None or facts.purpose not in THROTTLED_PURPOSES:
        return GateReading("phone_pace", Opening.NOT_APPLICABLE)
    if facts.channel is Channel.VOICE:
        said = f"This phone was called {pace.taken} times in {within(pace)}, and {pace.limit} is the most."
        return _reading("phone_pace", Reason.PHONE_CALLS, pace, said, now=now)
    said = f"This phone was sent {pace.taken} texts in {within(pace)}, and {pace.limit} is the most."
    return _reading("phone_pace", Reason.PHONE_TEXTS, pace, said, now=now)


def sender_pace(facts: GateFacts, now: datetime) -> GateReading:
    """The sender that would take it was not used too often of late, whichever tenant used it."""
    pace = facts.sender_pace
    if pace is None:
        return GateReading("sender_pace", Opening.NOT_APPLICABLE)
    if facts.channel is Channel.VOICE:
        said = f"The caller placed {pace.taken} calls in {within(pace)}, and {pace.limit} is the most."
        return _reading("sender_pace", Reason.CALLER, pace, said, now=now)
    said = f"The sender sent {pace.taken} texts in {within(pace)}, and {pace.limit} is the most."
    return _reading("sender_pace", Reason.SENDER_TEXTS, pace, said, now=now)


def within(pace: PaceFact) -> str:
    """The window as people say it: "one minute", "10 minutes", "one hour"."""
    for seconds, one, several in ((_HOUR, "one hour", "hours"), (_MINUTE, "one minute", "minutes")):
        if pace.seconds % seconds == 0:
            return one if pace.seconds == seconds else f"{pace.seconds // seconds} {several}"
    return f"{pace.seconds} seconds"


def turn_after(pace: PaceFact, *, place: int) -> timedelta:
    """How much later than the first one the message at this place is looked at again, so that not all come at once."""
    return timedelta(seconds=pace.seconds) * place / max(1, pace.limit)


def _reading(gate: str, reason: Reason, pace: PaceFact, says: str, *, now: datetime) -> GateReading:
    if not pace.is_full:
        return GateReading(gate, Opening.OPEN)
    until = pace.frees_at or now + timedelta(seconds=pace.seconds)
    return GateReading(gate, Opening.HOLD, reason, until=until, says=says)

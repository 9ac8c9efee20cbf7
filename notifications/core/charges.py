"""Which messages are charged, and what becomes of a charge by what is known of its message. Pure.

Doubt is resolved for the tenant: what nobody can show to have been taken is given back in the end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from notifications.core.states import Channel, NotificationStatus, Purpose

#: Reading 11: these count, over these; e-mail, codes, confirmations and replies do not.
COUNTED_PURPOSES = frozenset({Purpose.PAGE, Purpose.DIRECT_MESSAGE, Purpose.TEST})
COUNTED_CHANNELS = frozenset({Channel.SMS, Channel.VOICE})
#: A closed row whose hand-over has no outcome after this time gets none any more: its worker was lost.
ANSWER_COMES_WITHIN = timedelta(minutes=10)

_S = NotificationStatus
_TAKEN = frozenset({_S.SENT, _S.DELIVERED})
_UNRESOLVED = frozenset({"in_flight", "unknown"})


class ChargeWord(StrEnum):
    """What a message's charge comes to."""

    WAITS = "waits"
    SETTLED = "settled"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class Try:
    """One hand-over: its outcome, whether the provider refused it for an opt-out, and the segments it counted."""

    outcome: str
    opted_out: bool
    segments: int | None
    committed_at: datetime


def counts(purpose: str, channel: str) -> bool:
    """Whether messages of this kind are charged at all."""
    return purpose in COUNTED_PURPOSES and channel in COUNTED_CHANNELS


def charge_word(status: NotificationStatus, tries: Sequence[Try], *, at: datetime) -> ChargeWord:
    """Settled once a provider took it, released when it never counts, and waiting in between.

    A provider that accepts a message and then refuses it because the person opted out has charged nothing (21610).
    """
    if taken_segments(tries) is not None or status in _TAKEN:
        return ChargeWord.SETTLED
    if status.is_open:
        return ChargeWord.WAITS
    unresolved = [one for one in tries if one.outcome in _UNRESOLVED]
    if unresolved and status is _S.ACKNOWLEDGED:
        return ChargeWord.SETTLED
    if any(at - one.committed_at < ANSWER_COMES_WITHIN for one in unresolved):
        return ChargeWord.WAITS
    return ChargeWord.RELEASED


def taken_segments(tries: Sequence[Try]) -> int | None:
    """The segments of the first hand-over that a provider took, 0 where it did not say; None when none was taken."""
    return next((one.segments or 0 for one in tries if one.outcome == "accepted" and not one.opted_out), None)

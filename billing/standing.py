"""What a tenant's standing allows, and which moves between standings there are, each with who may make it (reading 5).

Pure: the instant and whoever moves come in as arguments.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tenants.models.tenant import Standing

#: Reading 5: everything goes out in these.
SENDS = frozenset({Standing.TRIAL, Standing.ACTIVE, Standing.PAYMENT_DUE})
#: Triggers are refused (402) in these; in "past due" they are accepted and their rows kept as Skipped.
REFUSES_TRIGGERS = frozenset({Standing.SUSPENDED, Standing.CANCELLED})
#: These run out; the second one must.
ENDS = frozenset({Standing.TRIAL, Standing.PAYMENT_DUE})
MUST_END = frozenset({Standing.PAYMENT_DUE})

#: What each means, for those who choose one.
MEANS: Mapping[Standing, str] = {
    Standing.TRIAL: "Everything is sent. When its time has run out, it is past due.",
    Standing.ACTIVE: "Everything is sent.",
    Standing.PAYMENT_DUE: "Everything is sent until the end of the grace, with a warning on every page; then past due.",
    Standing.PAST_DUE: "Nothing is sent. Triggers are accepted, and their pages kept as Skipped.",
    Standing.SUSPENDED: "Nothing is sent, and triggers are refused (402). Both are listed.",
    Standing.CANCELLED: "Nothing is sent, and triggers are refused (402). It begins anew as a trial or as active.",
}


class Mover(StrEnum):
    """Who moves a standing."""

    ADMIN = "by_hand"
    CLOCK = "clock"
    STRIPE = "stripe"
    #: Stripe takes back what it said itself: what a person put there, it leaves.
    STRIPE_OWN = "stripe_own"
    #: A subscription at Stripe that was made after the tenant was cancelled.
    STRIPE_ANEW = "stripe_anew"


class WhyNot(StrEnum):
    """Why a standing was not moved."""

    NOT_ALLOWED = "not_allowed"
    NO_CHANGE = "no_change"
    NEEDS_END = "needs_end"
    END_IS_PAST = "end_is_past"
    HAS_NO_END = "has_no_end"
    NOT_ENDED = "not_ended"
    NO_REASON = "no_reason"
    NOT_PLATFORM = "not_platform"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class MoveRefused:
    """Nothing was moved: why, which field it is about ("" where none), and in words what to do instead."""

    why: WhyNot
    field: str
    says: str


_M = Mover
_BILLED = frozenset({_M.ADMIN, _M.STRIPE, _M.STRIPE_OWN})
_ENDED = _BILLED | {_M.CLOCK}
_OWN = frozenset({_M.ADMIN, _M.STRIPE_OWN})
_STRIPES = frozenset({_M.STRIPE, _M.STRIPE_OWN})
_ANEW = frozenset({_M.ADMIN, _M.STRIPE_ANEW})
_STRIPES_ANEW = frozenset({_M.STRIPE_ANEW})

#: Every move there is: from, to, and who may make it. One to the same standing gives it another end.
MOVES: Mapping[Standing, Mapping[Standing, frozenset[Mover]]] = {
    Standing.TRIAL: {
        Standing.TRIAL: _OWN,
        Standing.ACTIVE: _BILLED,
        Standing.PAYMENT_DUE: _BILLED,
        Standing.PAST_DUE: _ENDED,
        Standing.SUSPENDED: _BILLED,
        Standing.CANCELLED: _BILLED,
    },
    Standing.ACTIVE: {
        Standing.TRIAL: _BILLED,
        Standing.PAYMENT_DUE: _BILLED,
        Standing.PAST_DUE: _BILLED,
        Standing.SUSPENDED: _BILLED,
        Standing.CANCELLED: _BILLED,
    },
    Standing.PAYMENT_DUE: {
        Standing.TRIAL: _STRIPES,
        Standing.ACTIVE: _BILLED,
        Standing.PAYMENT_DUE: _OWN,
        Standing.PAST_DUE: _ENDED,
        Standing.SUSPENDED: _BILLED,
        Standing.CANCELLED: _BILLED,
    },
    Standing.PAST_DUE: {
        Standing.TRIAL: _BILLED,
        Standing.ACTIVE: _BILLED,
        # A payment that fails opens nothing that a person has closed.
        Standing.PAYMENT_DUE: _OWN,
        Standing.SUSPENDED: _BILLED,
        Standing.CANCELLED: _BILLED,
    },
    # What a person suspended, a person lifts, whatever is paid.
    Standing.SUSPENDED: {
        Standing.TRIAL: _OWN,
        Standing.ACTIVE: _OWN,
        Standing.PAYMENT_DUE: _OWN,
        Standing.PAST_DUE: _OWN,
        Standing.CANCELLED: _OWN,
    },
    Standing.CANCELLED: {
        Standing.TRIAL: _ANEW,
        Standing.ACTIVE: _ANEW,
        Standing.PAYMENT_DUE: _STRIPES_ANEW,
        Standing.PAST_DUE: _STRIPES_ANEW,
        Standing.SUSPENDED: _STRIPES_ANEW,
    },
}


def standing_at(standing: str, *, until: datetime | None, at: datetime) -> Standing:
    """Return the standing in force at `at`: a trial or a grace period that has ended is past due."""
    known = Standing(standing)
    if known in ENDS and until is not None and until <= at:
        return Standing.PAST_DUE
    return known


def outbound_permitted(standing: Standing) -> bool:
    return standing in SENDS


def triggers_permitted(standing: Standing) -> bool:
    return standing not in REFUSES_TRIGGERS


def moves_of(standing: Standing, *, mover: Mover) -> tuple[Standing, ...]:
    """Where `mover` may move a tenant of this standing, in the order of the standings."""
    ways = MOVES[standing]
    return tuple(to for to in Standing if mover in ways.get(to, frozenset()))


def refusal(
    before: Standing,
    *,
    before_until: datetime | None,
    to: Standing,
    until: datetime | None,
    mover: Mover,
    at: datetime,
) -> MoveRefused | None:
    """Why `mover` may not move it so at `at`; None where it may."""
    if to is before and until == before_until:
        return MoveRefused(WhyNot.NO_CHANGE, "standing", f"It is {before.label.lower()} already. Choose another one.")
    if mover not in MOVES[before].get(to, frozenset()):
        return MoveRefused(WhyNot.NOT_ALLOWED, "standing", _not_allowed(before, to=to, mover=mover))
    if mover is Mover.CLOCK and (before_until is None or before_until > at):
        return MoveRefused(WhyNot.NOT_ENDED, "", "Its time has not run out.")
    if until is None:
        if to in MUST_END:
            says = f"Say until when: {to.label.lower()} is a grace, which ends."
            return MoveRefused(WhyNot.NEEDS_END, "until", says)
        return None
    if to not in ENDS:
        says = f"Leave it empty: {to.label.lower()} has no end. A trial and a grace (payment due) have one."
        return MoveRefused(WhyNot.HAS_NO_END, "until", says)
    if until <= at:
        return MoveRefused(WhyNot.END_IS_PAST, "until", "This is over already. Choose a later time, or past due.")
    return None


def _not_allowed(before: Standing, *, to: Standing, mover: Mover) -> str:
    allowed = [each.label.lower() for each in moves_of(before, mover=mover)]
    says = f"From {before.label.lower()} there is no way to {to.label.lower()} here."
    return f"{says} Choose {' or '.join(allowed)}." if allowed else says

"""Which of several senders takes a message: the first in order whose route is usable, and why others were passed over.

Pure. A route is a provider for a channel, so senders of one provider share its breaker. A provider's opt-out is no
fault: a message is never led around one (gates.py, `provider_block`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from notifications.core.breaker import BreakerState, Stand, Way, is_drilled, is_quiet, next_try_at, shown_state, way


class PassedOver(StrEnum):
    """Why a sender did not take a message for which it stood in line."""

    OPEN = "open"
    DRILL = "drill"
    TRYING = "trying"
    """Its route is half-open, and another message tries it at this moment."""
    FAILED = "failed"
    """The message's last attempt met a fault there after which another provider may be tried."""
    FULL = "full"
    """The sender was used as often of late as it may be."""


@dataclass(frozen=True, slots=True)
class CandidateFact:
    """One sender that stood in line, up to the one that was chosen; `until` is when it may be tried again."""

    sender_ref: str
    provider: str
    state: str
    passed_over: PassedOver | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class RouteFact:
    """The senders in their order, and the one that takes the message; none where every route is shut.

    `is_trial`: the message tries a route that is half-open. `is_counted`: what becomes of it is told to the breaker
    even if all goes well. `opens_at` is the earliest instant at which a shut route may be tried.
    """

    candidates: tuple[CandidateFact, ...]
    chosen: str | None
    is_trial: bool = False
    is_counted: bool = False
    opens_at: datetime | None = None

    @property
    def by(self) -> CandidateFact | None:
        """The candidate that was chosen."""
        return next((one for one in self.candidates if one.sender_ref == self.chosen), None)

    @property
    def first(self) -> CandidateFact | None:
        """The candidate that would have been chosen had every route been usable."""
        return self.candidates[0] if self.candidates else None


def route(
    senders: Sequence[tuple[str, str]],
    *,
    stands: Mapping[str, Stand],
    failed_at: str | None,
    at: datetime,
    full: Mapping[str, datetime] | None = None,
) -> RouteFact:
    """Choose among (sender, provider), best first; a provider without a stand has nothing against it.

    :param failed_at: the provider at which the last attempt failed, taken again only where no other is usable.
    :param full: senders that were used as often as they may be, and when each has room again. Where every usable one
        is full, that which has room first is chosen: the message waits for it (throttle_gates.py, `sender_pace`).
    """
    seen: list[CandidateFact] = []
    for sender_ref, provider in senders:
        one = _candidate(sender_ref, provider, stands.get(provider), failed_at=failed_at, at=at)
        frees_at = full.get(sender_ref) if full else None
        if frees_at is not None and one.passed_over in (None, PassedOver.FAILED):
            one = replace(one, passed_over=PassedOver.FULL, until=frees_at)
        seen.append(one)
        if not one.passed_over:
            return _chosen(seen, one, stands, at=at)
    again = next((one for one in seen if one.passed_over == PassedOver.FAILED), None)
    if again is not None:
        return _chosen(seen, again, stands, at=at)
    waits = [one for one in seen if one.passed_over == PassedOver.FULL and one.until is not None]
    if waits:
        return _chosen(seen, min(waits, key=lambda one: one.until or at), stands, at=at)
    opens_at = min((one.until for one in seen if one.until is not None), default=None)
    return RouteFact(tuple(seen), None, opens_at=opens_at)


def _candidate(
    sender_ref: str, provider: str, stand: Stand | None, *, failed_at: str | None, at: datetime
) -> CandidateFact:
    state = BreakerState.CLOSED.value if stand is None else shown_state(stand, at=at).value
    if stand is not None and way(stand, at=at) is Way.SHUT:
        if is_drilled(stand, at=at):
            why = PassedOver.DRILL
        else:
            why = PassedOver.OPEN if stand.state is BreakerState.OPEN else PassedOver.TRYING
        return CandidateFact(sender_ref, provider, state, why, next_try_at(stand, at=at))
    return CandidateFact(sender_ref, provider, state, PassedOver.FAILED if provider == failed_at else None)


def _chosen(
    seen: Sequence[CandidateFact], one: CandidateFact, stands: Mapping[str, Stand], *, at: datetime
) -> RouteFact:
    stand = stands.get(one.provider)
    if stand is None:
        return RouteFact(tuple(seen), one.sender_ref)
    is_trial = way(stand, at=at) is Way.TRY
    return RouteFact(tuple(seen), one.sender_ref, is_trial=is_trial, is_counted=not is_quiet(stand, at=at))

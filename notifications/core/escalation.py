"""How an escalation goes on: which step fires when, what follows one that reached nobody, and when it is over.

Pure over rungs (a step, in a round, at a place) and a plan: it knows whether a rung's pages are dead, and neither why
nor whose they are. The shell keeps the rungs as rows and does what `climbed` says (notifications/flows/ladder.py).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from notifications.core.snapshot import FlowPlan, StepPlan
from notifications.core.states import NotificationStatus

_S = NotificationStatus

#: A page that stands so will reach nobody: its person is not waited for.
DEAD = frozenset({_S.SKIPPED, _S.FAILED, _S.QUOTA_EXCEEDED, _S.EXPIRED, _S.CANCELLED})


class Outcome(StrEnum):
    """What became of a rung."""

    WAITING = "waiting"
    PAGED = "paged"
    NOBODY = "nobody"
    CANCELLED = "cancelled"


class Key(NamedTuple):
    """Which rung: they fire in this order, each once."""

    round: int
    position: int
    place: int

    @property
    def step(self) -> tuple[int, int]:
        """The step in its round, whichever place: those who page in turn belong together."""
        return self.round, self.position


@dataclass(frozen=True, slots=True)
class Rung:
    """One step in one round; in a step that pages in turn, one place of it.

    `is_dead` is meant of one that paged: none of its pages can reach anybody any more.
    """

    key: Key
    outcome: Outcome = Outcome.WAITING
    member_id: int | None = None
    due_at: datetime | None = None
    fired_at: datetime | None = None
    waits_until: datetime | None = None
    moved_on_at: datetime | None = None
    is_dead: bool = False

    @property
    def runs(self) -> bool:
        """It paged somebody and waits for an answer."""
        return self.outcome is Outcome.PAGED and self.moved_on_at is None


@dataclass(frozen=True, slots=True)
class Escalation:
    """The rungs that are known so far, in their order. `ended_at`: all waits were in vain."""

    rungs: tuple[Rung, ...]
    ended_at: datetime | None = None

    def reached_nobody(self, step: tuple[int, int]) -> bool:
        """Whether no place of this step reached anybody, and none is left to be tried."""
        return all(rung.outcome is Outcome.NOBODY for rung in self.rungs if rung.key.step == step)


@dataclass(frozen=True, slots=True)
class Fired:
    """A rung that fires now, and whom it pages."""

    key: Key
    member_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Climbed:
    """How far an escalation came at one instant: what fired with somebody to page, and which steps reached nobody."""

    escalation: Escalation
    fired: tuple[Fired, ...]
    nobody: tuple[tuple[int, int], ...]


#: Whom a step pages, in order, its groups expanded as they stand when it fires.
Expand = Callable[[StepPlan], Sequence[int]]


def is_dead(status: NotificationStatus, *, handed_over: bool) -> bool:
    """Whether a page that stands so can reach nobody; one that ran out after a provider took it may have."""
    return status in DEAD and not (status is _S.EXPIRED and handed_over)


def fate(
    status: NotificationStatus, handed_over: bool, *, carrier: tuple[NotificationStatus, bool] | None
) -> tuple[NotificationStatus, bool]:
    """Status and hand-over by which a page is judged: those of the page that carries its text, where one does."""
    return carrier if status is _S.MERGED and carrier is not None else (status, handed_over)


def begun(plan: FlowPlan, *, at: datetime) -> Escalation:
    """The first round, its first step due at once; a plan without steps is over before it began."""
    rungs = _round(plan, 0)
    if not rungs:
        return Escalation((), ended_at=at)
    return Escalation((replace(rungs[0], due_at=at), *rungs[1:]))


def stopped(escalation: Escalation, *, at: datetime) -> Escalation:
    """Nothing of it is needed any more: acknowledged, resolved, or its flow disabled."""
    return replace(escalation, rungs=tuple(_stopped(rung, at=at) for rung in escalation.rungs))


def climbed(escalation: Escalation, *, plan: FlowPlan, expand: Expand, now: datetime) -> Climbed:
    """Everything that is due at `now`: one after the other fires where there is nobody to wait for.

    Ends, since each rung fires once and the rounds are counted.
    """
    before = escalation
    fired: list[Fired] = []
    while True:
        dead = next((rung for rung in escalation.rungs if rung.outcome is Outcome.PAGED and rung.is_dead), None)
        if dead is not None:
            escalation = _nobody(escalation, dead.key, now=now)
            continue
        due = next((rung for rung in escalation.rungs if _is_due(rung, now=now)), None)
        if due is None:
            break
        step = plan.steps[due.key.position]
        members = _whose(due, step, expand)
        escalation = _fire(escalation, due.key, members=members, plan=plan, now=now)
        if members:
            fired.append(Fired(due.key, members[:1] if step.in_turn else members))
    escalation = _over(escalation, now=now)
    return Climbed(escalation, tuple(fired), _newly_nobody(before, escalation))


def _whose(rung: Rung, step: StepPlan, expand: Expand) -> tuple[int, ...]:
    if rung.key.place:
        return () if rung.member_id is None else (rung.member_id,)
    return tuple(expand(step))


def _fire(escalation: Escalation, key: Key, *, members: tuple[int, ...], plan: FlowPlan, now: datetime) -> Escalation:
    """The rung fires; whoever ran before it has moved on; the next one is due after its wait."""
    step = plan.steps[key.position]
    rungs = [_moved_on(rung, now=now) for rung in escalation.rungs]
    here = next(index for index, rung in enumerate(rungs) if rung.key == key)
    until = now + step.wait
    rungs[here] = replace(
        rungs[here],
        outcome=Outcome.PAGED if members else Outcome.NOBODY,
        member_id=members[0] if members and step.in_turn else None,
        fired_at=now,
        waits_until=until if members else None,
        moved_on_at=None if members else now,
    )
    if step.in_turn and not key.place:
        places = (Rung(key._replace(place=place), member_id=who) for place, who in enumerate(members) if place)
        rungs[here + 1 : here + 1] = places
    if here + 1 == len(rungs) and key.round < plan.repeats:
        rungs += _round(plan, key.round + 1)
    if here + 1 < len(rungs):
        # Where there was nobody to page, nobody is waited for; but a new round never comes without the last wait.
        is_new_round = rungs[here + 1].key.round != key.round
        rungs[here + 1] = replace(rungs[here + 1], due_at=until if members or is_new_round else now)
    return replace(escalation, rungs=tuple(rungs))


def _nobody(escalation: Escalation, key: Key, *, now: datetime) -> Escalation:
    """Every page of the rung is dead: if it is still waited for, the next one of its round is due at once."""
    rungs = list(escalation.rungs)
    here = next(index for index, rung in enumerate(rungs) if rung.key == key)
    was_running = rungs[here].runs
    rungs[here] = replace(_moved_on(rungs[here], now=now), outcome=Outcome.NOBODY)
    if was_running and here + 1 < len(rungs) and rungs[here + 1].key.round == key.round:
        rungs[here + 1] = replace(rungs[here + 1], due_at=now)
    return replace(escalation, rungs=tuple(rungs))


def _over(escalation: Escalation, *, now: datetime) -> Escalation:
    """Ended, where nothing waits to fire and nobody is waited for any more."""
    # What was stopped is over in another way.
    left = any(rung.outcome in (Outcome.WAITING, Outcome.CANCELLED) for rung in escalation.rungs)
    waits = any(rung.runs and rung.waits_until is not None and rung.waits_until > now for rung in escalation.rungs)
    if left or waits or escalation.ended_at is not None:
        return escalation
    return Escalation(tuple(_moved_on(rung, now=now) for rung in escalation.rungs), ended_at=now)


def _moved_on(rung: Rung, *, now: datetime) -> Rung:
    return replace(rung, moved_on_at=now) if rung.runs else rung


def _stopped(rung: Rung, *, at: datetime) -> Rung:
    if rung.outcome is Outcome.WAITING:
        return replace(rung, outcome=Outcome.CANCELLED)
    return _moved_on(rung, now=at)


def _is_due(rung: Rung, *, now: datetime) -> bool:
    return rung.outcome is Outcome.WAITING and rung.due_at is not None and rung.due_at <= now


def _round(plan: FlowPlan, number: int) -> list[Rung]:
    return [Rung(Key(number, position, 0)) for position, _ in enumerate(plan.steps)]


def _newly_nobody(before: Escalation, after: Escalation) -> tuple[tuple[int, int], ...]:
    known = {rung.key for rung in before.rungs if rung.outcome is Outcome.NOBODY}
    steps = dict.fromkeys(
        rung.key.step for rung in after.rungs if rung.outcome is Outcome.NOBODY and rung.key not in known
    )
    return tuple(step for step in steps if after.reached_nobody(step))

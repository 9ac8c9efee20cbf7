"""Tells the breakers what became of requests, and hands the one trial of a half-open route to one message.

A healthy route costs nothing here: an answer is written down only while something counts against its route. Counting
has a transaction of its own, after the one that keeps the answers, and locks breakers and nothing else.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from django.db import connection, transaction
from django.db.models import F, Q

from notifications.core import breaker as core
from notifications.core.breaker import BreakerState, Change, Signal, Stand
from notifications.core.faults import Fault, Stage, fault
from notifications.core.reasons import Reason
from notifications.core.routing import RouteFact
from notifications.core.text import fit
from notifications.dispatch.intent import Outcome
from notifications.models import Attempt, Breaker, BreakerChange, Sender
from notifications.models.sender import PROVIDERS
from notifications.providers.base import Accepted
from notifications.providers.faults import fault_of
from notifications.queries.breakers import STAND_FIELDS, Route, stand_of
from notifications.wake import wake_dispatch
from tenants.models import User
from tenants.scope import platform_scope

logger = logging.getLogger(__name__)

_TEXT_LIMIT = 400
_CODE_LIMIT = 24
_KNOWN = {name for name, _ in PROVIDERS}
#: So many held messages are let go at once when a route opens for them; others come by themselves, at their time.
_MOST_LET_GO = 20_000


@dataclass(frozen=True, slots=True)
class Seen:
    """What a batch says of one route: ends of requests, the newest fault, and the end of each trial by its token."""

    at: datetime
    faults: int = 0
    answers: int = 0
    late: int = 0
    fault: Fault | None = None
    trials: tuple[tuple[datetime, Signal], ...] = ()
    is_counted: bool = False

    @property
    def matters(self) -> bool:
        return self.faults > 0 or self.is_counted or bool(self.trials)


def count_after_commit(outcomes: Sequence[Outcome]) -> None:
    """Have the breakers told of these ends once this transaction has committed; nothing for a healthy route."""
    seen: dict[Route, Seen] = {}
    for outcome in outcomes:
        intent = outcome.intent
        if intent.provider in _KNOWN:
            key = (intent.provider, intent.channel)
            seen[key] = _and_end(seen.get(key) or Seen(outcome.at), outcome)
    _after_commit({key: one for key, one in seen.items() if one.matters})


def _and_end(seen: Seen, outcome: Outcome) -> Seen:
    intent, answer = outcome.intent, outcome.answer
    found = fault_of(answer, provider=intent.provider, channel=intent.channel)
    # One that was accepted and failed at once is counted with its receipt.
    signal = Signal.ANSWER if isinstance(answer, Accepted) else core.signal_of(found)
    return replace(
        seen,
        at=max(seen.at, outcome.at),
        faults=seen.faults + (signal is Signal.FAULT),
        answers=seen.answers + (signal is Signal.ANSWER),
        fault=found if signal is Signal.FAULT else seen.fault,
        trials=(*seen.trials, (intent.lease_until, signal)) if intent.is_trial else seen.trials,
        is_counted=seen.is_counted or intent.is_counted,
    )


def count_late_after_commit(attempts: Iterable[tuple[Attempt, str]], *, at: datetime) -> None:
    """The same for attempts that a receipt has just failed, each with its channel; one query where any counts.

    Only receipts about the platform's own accounts: whoever holds an account's secret can sign what they like, and a
    tenant must not take a provider away from all the others. Needs the platform's scope.
    """
    failed = [(attempt, channel, found) for attempt, channel in attempts if (found := _late_fault(attempt, channel))]
    if not failed:
        return
    senders = Sender.objects.filter(
        pk__in={attempt.sender_id for attempt, _, _ in failed}, account__tenant__isnull=True
    )
    platforms = set(senders.values_list("pk", flat=True))
    seen: dict[Route, Seen] = {}
    for attempt, channel, found in failed:
        if attempt.sender_id in platforms:
            one = seen.get((attempt.provider, channel)) or Seen(at)
            seen[attempt.provider, channel] = replace(one, faults=one.faults + 1, late=one.late + 1, fault=found)
    _after_commit(seen)


def _late_fault(attempt: Attempt, channel: str) -> Fault | None:
    if attempt.provider not in _KNOWN or not attempt.fault_code:
        return None
    found = fault(attempt.provider, attempt.fault_code, channel=channel)
    return found if found.moves_breaker and found.stage is Stage.ASYNC else None


def _after_commit(seen: Mapping[Route, Seen]) -> None:
    if seen:
        transaction.on_commit(partial(count, seen), robust=True)


def count(seen: Mapping[Route, Seen]) -> None:
    """Move the breakers of these routes: one statement for a closed one that only answered, else its row is locked."""
    with platform_scope():
        for route in sorted(seen):
            one = seen[route]
            if one.faults or one.trials or not _only_answers(route, one):
                _count(route, one)


def _only_answers(route: Route, seen: Seen) -> bool:
    provider, channel = route
    closed = Breaker.objects.filter(
        provider=provider,
        channel=channel,
        state=BreakerState.CLOSED.value,
        counted_since__gt=seen.at - core.WINDOW,
    )
    return closed.update(answers=F("answers") + seen.answers, last_answer_at=seen.at) > 0


def _count(route: Route, seen: Seen) -> None:
    row = locked(route, at=seen.at)
    before = stand = stand_of(row)
    changes: tuple[Change, ...] = ()
    for token, signal in seen.trials:
        stand, moved = core.probe_ended(stand, signal, token=token, at=seen.at)
        changes += moved
    # What the message found that tried the route is counted in its place, and not twice.
    own_faults = sum(signal is Signal.FAULT for _, signal in seen.trials)
    own_answers = sum(signal is Signal.ANSWER for _, signal in seen.trials)
    stand, moved = core.counted(
        stand, faults=seen.faults - own_faults, answers=seen.answers - own_answers, late=seen.late, at=seen.at
    )
    if seen.fault is not None:
        row.last_fault_at = seen.at
        row.last_fault_code = seen.fault.label[:_CODE_LIMIT]
        row.last_fault_text = fit(seen.fault.says, limit=_TEXT_LIMIT)
    if seen.answers:
        row.last_answer_at = seen.at
    keep(row, before=before, after=stand, changes=(*changes, *moved), at=seen.at)


def locked(route: Route, *, at: datetime) -> Breaker:
    """The breaker of this route, made at its first use, and locked until the transaction ends."""
    provider, channel = route
    rows = Breaker.objects.select_for_update(of=("self",)).filter(provider=provider, channel=channel)
    found = rows.first()
    if found is None:
        Breaker.objects.bulk_create(
            [Breaker(provider=provider, channel=channel, since=at, counted_since=at)], ignore_conflicts=True
        )
        found = rows.get()
    return found


def keep(
    row: Breaker, *, before: Stand, after: Stand, changes: Sequence[Change], at: datetime, actor: User | None = None
) -> None:
    """Save how it stands and write its changes into the history; messages that waited for it are let go."""
    for name in STAND_FIELDS:
        setattr(row, name, getattr(after, name))
    row.state = after.state.value
    row.save()
    BreakerChange.objects.bulk_create(
        BreakerChange(
            provider=row.provider,
            channel=row.channel,
            at=change.at,
            before=change.before.value,
            after=change.after.value,
            source=change.source.value,
            why=change.why,
            fault_code=row.last_fault_code if change.after is BreakerState.OPEN and change.source != "drill" else "",
            actor=actor,
        )
        for change in changes
    )
    for change in changes:
        words = (row.provider, row.channel, change.before.value, change.after.value, change.why)
        logger.warning("breaker of %s %s: %s -> %s: %s", *words)
    # Once a pause is over they come by themselves, since that is the time until which they are held.
    if core.way(before, at=at) is core.Way.SHUT and core.way(after, at=at) is not core.Way.SHUT:
        transaction.on_commit(partial(let_go, row.channel, at=at), robust=True)


def let_go(channel: str, *, at: datetime) -> int:
    """Make messages due that are held because no route was usable; return how many. One that is in use is left."""
    with platform_scope(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notifications_notification SET due_at = %s WHERE id IN"
            " (SELECT id FROM notifications_notification WHERE status = 'held' AND reason = ANY(%s) AND channel = %s"
            " AND due_at > %s AND (lease_until IS NULL OR lease_until <= %s)"
            " ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING id",
            [at, [Reason.NO_ROUTE.value, Reason.ROUTES_DRILLED.value], channel, at, at, _MOST_LET_GO],
        )
        let = len(cursor.fetchall())
        if let:
            wake_dispatch()
    return let


def not_to_try(wanted: Mapping[int, tuple[str, RouteFact | None]], *, now: datetime, until: datetime) -> set[int]:
    """Of messages that would all try a half-open route, those that may not: one of them gets it until `until`.

    `wanted` has each message's channel and route. Locks the breaker in the caller's transaction; costs nothing unless
    a route is to be tried.
    """
    by_route: dict[Route, list[int]] = {}
    for key, (channel, fact) in wanted.items():
        if fact is not None and fact.is_trial and fact.by is not None:
            by_route.setdefault((fact.by.provider, channel), []).append(key)
    refused: set[int] = set()
    for route in sorted(by_route):
        row = locked(route, at=now)
        before = stand_of(row)
        if core.way(before, at=now) is core.Way.FREE:
            continue
        after, changes, mine = core.tried(before, at=now, until=until)
        if mine:
            keep(row, before=before, after=after, changes=changes, at=now)
        refused.update(by_route[route][1 if mine else 0 :])
    return refused


def let_clock_move(*, now: datetime) -> int:
    """Write down what time alone has changed: drills that are over, pauses that are over; return how many routes."""
    with platform_scope():
        moved = 0
        due = Q(drill_until__lte=now) | Q(state=BreakerState.OPEN.value, open_until__lte=now)
        rows = Breaker.objects.filter(due).select_for_update(skip_locked=True, of=("self",))
        for row in rows.order_by("pk"):
            before = stand_of(row)
            after, changes = core.clock_moved(before, at=now)
            if changes:
                keep(row, before=before, after=after, changes=changes, at=now)
                moved += 1
        return moved

"""Keeps a batch within what phones and senders bear: its own rows count for one another, and what is over waits.

For texts nothing is locked: what several workers let go at the very same moment may pass a limit by that much. Callers
are locked, after the messages and before breakers and quota, so that a caller's limit is exact (docs/throttles.md).
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import connection

from notifications.core.limit_facts import PaceFact
from notifications.core.reasons import Reason
from notifications.core.states import Channel
from notifications.core.throttle_gates import THROTTLED_PURPOSES, THROTTLES, turn_after
from notifications.dispatch.ruled import Ruled
from notifications.models import Notification
from notifications.queries.facts_throttle import Gone

Again = Callable[[Sequence[Ruled], Sequence[Gone]], list[Ruled]]


def lock_callers(rows: Sequence[Notification]) -> None:
    """Have other workers' calls wait until this transaction ends; nothing is locked for texts and e-mails.

    In the order of ids, and before their calls are counted: whoever waited counts what was committed meanwhile.
    """
    tenants = {row.tenant_id for row in rows if row.channel == Channel.VOICE.value}
    if not tenants:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH callers AS MATERIALIZED (SELECT id FROM notifications_sender WHERE is_active"
            " AND 'voice' = ANY(channels) AND calls_an_hour IS NOT NULL"
            " AND (tenant_id IS NULL OR tenant_id = ANY(%s)) ORDER BY id)"
            " SELECT pg_advisory_xact_lock(hashtextextended('notifications.caller:' || id, 0)) FROM callers",
            [list(tenants)],
        )


def with_pace(ruled: Sequence[Ruled], *, again: Again) -> list[Ruled]:
    """Those that go are within every limit together; the others are ruled `again`, by another sender or to wait."""
    settled: list[Ruled] = []
    going: list[Gone] = []
    open_to_all = list(ruled)
    while True:
        over = _over(open_to_all)
        fitting = [one for one in open_to_all if one.row.pk not in over]
        settled += fitting
        going += [one.gone for one in fitting if one.goes]
        if not over:
            return _spread(settled)
        open_to_all = again([one for one in open_to_all if one.row.pk in over], going)


def _over(ruled: Sequence[Ruled]) -> set[int]:
    """The ids of those for which the ones before them leave no room."""
    phones: Counter[tuple[int, str, str]] = Counter()
    senders: Counter[tuple[str, str]] = Counter()
    over: set[int] = set()
    for one in ruled:
        if not one.goes:
            continue
        phone, use = one.gone.phone, (one.gone.sender_ref, one.row.channel)
        if _is_over(one.facts.phone_pace, phones[phone]) or _is_over(one.facts.sender_pace, senders[use]):
            over.add(one.row.pk)
            continue
        senders[use] += 1
        phones[phone] += one.row.purpose in THROTTLED_PURPOSES
    return over


def _is_over(pace: PaceFact | None, more: int) -> bool:
    return pace is not None and pace.taken + more >= pace.limit


def _spread(ruled: Sequence[Ruled]) -> list[Ruled]:
    """Those that wait for the same room come back one after the other."""
    places: Counter[tuple[Reason, object]] = Counter()
    found: list[Ruled] = []
    for one in ruled:
        reason, until = one.ruling.reason, one.ruling.until
        if reason not in THROTTLES or until is None:
            found.append(one)
            continue
        of_phone = reason in (Reason.PHONE_TEXTS, Reason.PHONE_CALLS)
        pace = one.facts.phone_pace if of_phone else one.facts.sender_pace
        room = (reason, one.gone.phone if of_phone else one.gone.sender_ref)
        later: datetime = until + turn_after(pace, place=places[room]) if pace else until
        places[room] += 1
        found.append(replace(one, ruling=replace(one.ruling, until=later)))
    return found

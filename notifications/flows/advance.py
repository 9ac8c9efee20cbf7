"""Moves escalations on: fires the steps that are due, and the next one at once where a step reached nobody.

Each alert has a transaction of its own, which holds the alert's lock: an acknowledgement commits before it or after
it, and no page is written after an acknowledgement. Doing it twice, or by two workers at once, does it once.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError

from notifications.core.clock_type import Clock
from notifications.core.escalation import stopped
from notifications.core.snapshot import FlowPlan
from notifications.flows.ladder import climb, escalation_of, keep, rows_of
from notifications.flows.tried_next import say_who_was_tried
from notifications.models import Alert, AlertStep
from notifications.queries.escalations import StepPage, due_alerts, pages_of
from notifications.wake import wake_dispatch
from tenants.scope import platform_scope, tenant_scope

logger = logging.getLogger(__name__)

_AT_ONCE = 50
#: What is due beyond this is left to the next round, which the tick begins.
_ROUND = timedelta(seconds=20)
#: An alert that cannot be read is tried again this much later.
_SET_ASIDE = timedelta(minutes=1)


def advance_due(*, clock: Clock, late: bool = False) -> int:
    """Fire whatever is due; return how many pages were written.

    :param late: look also for pages of the last hours that turned out to reach nobody after the wait was over.
    """
    written, until = 0, clock() + _ROUND
    seen: set[int] = set()
    while True:
        with platform_scope():
            due = due_alerts(now=clock(), besides=seen, late=late, limit=_AT_ONCE)
        for alert_id, tenant_id in due:
            seen.add(alert_id)
            written += _move_on(alert_id, tenant_id=tenant_id, clock=clock)
        if len(due) < _AT_ONCE or clock() > until:
            return written


def _move_on(alert_id: int, *, tenant_id: int, clock: Clock) -> int:
    try:
        with tenant_scope(tenant_id):
            return advance(alert_id, clock=clock)
    except (OperationalError, InterfaceError, SoftTimeLimitExceeded):
        raise
    except Exception:
        # One broken alert must not keep the others from being paged.
        logger.exception("alert %s cannot be moved on; it is tried again in a minute", alert_id)
        with tenant_scope(tenant_id):
            _set_aside(alert_id, now=clock())
        return 0


def advance(alert_id: int, *, clock: Clock) -> int:
    """Fire what is due of one alert; return how many pages were written. Needs the tenant's scope.

    An alert that somebody else holds is left: whoever holds it wakes us, and so does the next tick.
    """
    held = Alert.objects.select_for_update(skip_locked=True, of=("self",), no_key=True).select_related("flow")
    alert = held.filter(pk=alert_id).first()
    if alert is None:
        return 0
    now = clock()
    rows = rows_of(alert)
    pages = pages_of(alert)
    escalation = escalation_of(alert, rows, dead=_dead(pages))
    if alert.acknowledged_at or alert.resolved_at:
        keep(alert, stopped(escalation, at=now), rows=rows)
        return 0
    if not alert.flow.is_enabled:
        # Its pages are cancelled where they are ruled; nothing fires any more.
        escalation = stopped(escalation, at=now)
    written = climb(alert, escalation, plan=FlowPlan.from_json(alert.flow_snapshot), rows=rows, at=now)
    is_over = not any(row.outcome == AlertStep.Outcome.WAITING for row in rows.values())
    say_who_was_tried(rows, pages=pages, written=written, is_over=is_over)
    if written:
        wake_dispatch()
    return len(written)


def _dead(pages: Sequence[StepPage]) -> set[int]:
    """The rungs that paged somebody and can reach nobody any more."""
    paged = {page.step_id for page in pages}
    return paged - {page.step_id for page in pages if not page.is_dead}


def _set_aside(alert_id: int, *, now: datetime) -> None:
    """Have it come up again in a minute, whatever of it was due; nothing of its plan is needed for that."""
    steps = AlertStep.objects.filter(alert_id=alert_id)
    again = now + _SET_ASIDE
    steps.filter(outcome=AlertStep.Outcome.PAGED, moved_on_at__isnull=True).update(moved_on_at=now)
    waiting = steps.filter(outcome=AlertStep.Outcome.WAITING).order_by("round", "position", "place")
    steps.filter(pk__in=waiting.values_list("pk", flat=True)[:1]).update(due_at=again)

"""Which escalations have something to do, and how the pages of one stand; what follows is decided elsewhere.

The questions about what is due are asked over all tenants, in a platform scope, and over indexes that hold nothing but
what runs.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Exists, Max, OuterRef, Prefetch, QuerySet

from notifications.core.escalation import DEAD, fate, is_dead
from notifications.core.states import Channel, NotificationStatus
from notifications.models import Alert, AlertStep, Notification
from tenants.models import Membership, Role

#: A step that was waited for in vain is looked at for this long: a carrier may say late that nothing arrived.
LATE_FOR = timedelta(hours=6)
#: What is found within this time of a step that reached nobody is told together with it.
SETTLES_IN = timedelta(seconds=5)
#: Admins who could not be told within this time are not told any more; the pages of the portal say it.
TOLD_WITHIN = timedelta(days=1)
_FRESH = timedelta(seconds=3)

# A page that can reach nobody, and of which it is not written yet who was tried in its place. One that went inside
# another is as dead as that one.
_DEAD_PAGE = """EXISTS (SELECT FROM notifications_notification n
    LEFT JOIN notifications_notification c ON n.status = 'merged' AND c.id = n.merged_into_id
    WHERE n.alert_step_id = s.id AND n.status = ANY(%(dead_or_merged)s) AND n.tried_next = ''
    AND coalesce(c.status, n.status) = ANY(%(dead)s) AND NOT (coalesce(c.status, n.status) = 'expired'
    AND (CASE WHEN c.id IS NULL THEN n.handed_over_at ELSE c.handed_over_at END) IS NOT NULL))"""
_WAITS = "SELECT s.alert_id, s.tenant_id, s.due_at FROM notifications_alertstep s WHERE s.outcome = 'waiting' AND"
_RUNS = "SELECT s.alert_id, s.tenant_id, s.waits_until FROM notifications_alertstep s WHERE s.outcome = 'paged' AND"
_DUE = f"""{_WAITS} s.due_at <= %(now)s
UNION ALL {_RUNS} s.moved_on_at IS NULL AND s.waits_until <= %(now)s
UNION ALL {_RUNS} s.moved_on_at IS NULL AND {_DEAD_PAGE}
"""
_LATE = f"""{_RUNS} s.moved_on_at > %(late)s AND {_DEAD_PAGE} AND EXISTS (SELECT FROM notifications_alert a
    WHERE a.id = s.alert_id AND a.acknowledged_at IS NULL AND a.resolved_at IS NULL)
"""


_STANDING = ("status", "handed_over_at")
_OF_A_PAGE = (*_STANDING, "alert_step_id", "member_id", "channel", "tried_next")


@dataclass(frozen=True, slots=True)
class StepPage:
    """One page of a rung, as far as an escalation needs to know it."""

    pk: int
    step_id: int
    member_id: int | None
    channel: Channel
    is_dead: bool
    tried_next: str


def is_escalation_due(*, now: datetime) -> bool:
    """Whether a step is due, a wait is over, or a page of a step that runs can reach nobody."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS ({_DUE})", _values(now))
        return bool(cursor.fetchone()[0])


def is_late_due(*, now: datetime) -> bool:
    """Whether a page of a step that was waited for in vain turned out to reach nobody, some hours back."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS ({_LATE})", _values(now))
        return bool(cursor.fetchone()[0])


def due_alerts(*, now: datetime, besides: Iterable[int], late: bool, limit: int) -> list[tuple[int, int]]:
    """The alerts with something to do and their tenants, those that are due for longest first.

    :param late: look besides at steps that were waited for in vain, some hours back.
    """
    found = f"{_DUE} UNION ALL {_LATE}" if late else _DUE
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT alert_id, tenant_id FROM ({found}) AS due (alert_id, tenant_id, since)"  # noqa: S608 - words above
            " WHERE alert_id <> ALL(%(besides)s) GROUP BY alert_id, tenant_id ORDER BY min(since), alert_id"
            " LIMIT %(limit)s",
            {**_values(now), "besides": list(besides), "limit": limit},
        )
        return [(alert_id, tenant_id) for alert_id, tenant_id in cursor.fetchall()]


def pages_of(alert: Alert) -> list[StepPage]:
    """The pages of an alert's steps, oldest first. One query; needs the tenant's scope."""
    rows = Notification.objects.filter(alert=alert, alert_step__isnull=False).select_related("merged_into")
    return [
        StepPage(
            pk=row.pk,
            step_id=row.alert_step_id or 0,
            member_id=row.member_id,
            channel=Channel(row.channel),
            is_dead=is_dead_page(row),
            tried_next=row.tried_next,
        )
        for row in rows.only(*_OF_A_PAGE, *(f"merged_into__{name}" for name in _STANDING)).order_by("pk")
    ]


def is_dead_page(page: Notification) -> bool:
    """Whether a page can reach nobody any more; its `merged_into` is read where it was merged."""
    carrier = page.merged_into if page.status == NotificationStatus.MERGED.value else None
    status, handed_over = fate(*_standing(page), carrier=_standing(carrier) if carrier else None)
    return is_dead(status, handed_over=handed_over)


def _standing(page: Notification) -> tuple[NotificationStatus, bool]:
    return NotificationStatus(page.status), page.handed_over_at is not None


def is_untold(*, now: datetime) -> bool:
    """Whether a step reached nobody and its admins are not told: at once where it is new, twice a minute after that."""
    oldest = now - TOLD_WITHIN if now.second % 30 == 0 else now - SETTLES_IN - _FRESH
    return _untold(after=oldest, before=now - SETTLES_IN).exists()


def untold_alerts(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """The alerts with such steps, and their tenants: what is new first, so that nothing waits behind what fails."""
    rows = _untold(after=now - TOLD_WITHIN, before=now - SETTLES_IN).order_by()
    newest = rows.values_list("alert_id", "tenant_id").annotate(newest=Max("moved_on_at")).order_by("-newest")
    return [(alert_id, tenant_id) for alert_id, tenant_id, _ in newest[:limit]]


def admins_to_tell(tenant_id: int) -> list[str]:
    """The addresses of the tenant's admins who can sign in; in the open scope."""
    rows = Membership.objects.filter(tenant_id=tenant_id, role=Role.ADMIN, user__is_active=True)
    return list(rows.order_by("user_id").values_list("user__email", flat=True))


def _untold(*, after: datetime, before: datetime) -> QuerySet[AlertStep]:
    rows = AlertStep.objects.filter(outcome=AlertStep.Outcome.NOBODY, told_at__isnull=True)
    return rows.filter(moved_on_at__gt=after, moved_on_at__lte=before)


def with_nobody(alerts: QuerySet[Alert]) -> QuerySet[Alert]:
    """Those of which a step reached nobody; in turn, none of its places did."""
    nobody = AlertStep.Outcome.NOBODY
    same_step = AlertStep.objects.filter(
        alert=OuterRef("alert"), round=OuterRef("round"), position=OuterRef("position")
    )
    steps = AlertStep.objects.filter(alert=OuterRef("pk"), outcome=nobody)
    return alerts.filter(Exists(steps.exclude(Exists(same_step.exclude(outcome=nobody)))))


def with_fired_steps(alerts: QuerySet[Alert]) -> QuerySet[Alert]:
    """Each with `fired_steps`: its rungs that fired, in their order; one more query."""
    fired = AlertStep.objects.filter(fired_at__isnull=False).order_by("round", "position", "place")
    return alerts.prefetch_related(Prefetch("steps", fired, to_attr="fired_steps"))


def unheard_alerts(*, since: datetime, most: int) -> list[Alert]:
    """The open alerts that reached nobody on a step or waited in vain to the end: the newest, in the open scope."""
    rows = Alert.objects.filter(opened_at__gte=since, acknowledged_at__isnull=True, resolved_at__isnull=True)
    found = with_nobody(rows) | rows.filter(ended_at__isnull=False)
    return list(with_fired_steps(found.select_related("flow")).order_by("-opened_at")[:most])


def _values(now: datetime) -> dict[str, Any]:
    dead = [status.value for status in DEAD]
    either = [*dead, NotificationStatus.MERGED.value]
    return {"now": now, "late": now - LATE_FOR, "dead": dead, "dead_or_merged": either}

"""Pages that carry the text of others: for which alert such a page still stands, and which of a batch are such.

A page that carries others is needed as long as one of all their alerts is; that of its own may be over before.
"""

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import QuerySet

from notifications.core.states import NotificationStatus, Purpose
from notifications.models import Alert, Notification


def alerts_that_need(rows: Sequence[Notification]) -> Mapping[int, Alert]:
    """An alert that still needs each page whose own alert is over, by the page's id; none where it needs no other.

    One query, and none where all are new: only what was tried before can carry others. Needs the platform's scope.
    """
    tried = [row.pk for row in rows if row.pk and row.pk > 0 and _may_carry(row) and not _needs(row.alert)]
    if not tried:
        return {}
    found: dict[int, Alert] = {}
    merged = Notification.objects.filter(merged_into__in=tried).select_related("alert__flow", "alert__acknowledged_by")
    for row in merged.defer("alert__flow_snapshot", "alert__payload", "ruling").order_by("pk"):
        if row.alert is not None and _needs(row.alert):
            found.setdefault(row.merged_into_id or 0, row.alert)
    return found


def without_needed(rows: Iterable[Notification]) -> list[int]:
    """The ids of those of these pages, whose own alert is over, that no other alert needs; a query at most."""
    unsent = list(rows)
    tried = [row.pk for row in unsent if _may_carry(row)]
    carried = Notification.objects.filter(merged_into__in=tried)
    needed = set(_open(carried).values_list("merged_into_id", flat=True)) if tried else set()
    return [row.pk for row in unsent if row.pk not in needed]


def _open(rows: QuerySet[Notification]) -> QuerySet[Notification]:
    return rows.filter(
        alert__acknowledged_at__isnull=True, alert__resolved_at__isnull=True, alert__flow__is_enabled=True
    )


def _may_carry(row: Notification) -> bool:
    return row.purpose == Purpose.PAGE.value and row.status != NotificationStatus.QUEUED.value


def _needs(alert: Alert | None) -> bool:
    return alert is not None and alert.acknowledged_at is None and alert.resolved_at is None and alert.flow.is_enabled

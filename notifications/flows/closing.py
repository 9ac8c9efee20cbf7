"""What an alert's end does to what waits of it, whoever ended it: its messages are cancelled and its steps stop.

Needs the tenant's scope and the alert's lock.
"""

from collections.abc import Collection
from datetime import UTC, datetime

from notifications.core.reasons import Reason
from notifications.core.states import NotificationStatus
from notifications.models import Alert, AlertStep, Notification


def stop_steps(alert: Alert, *, at: datetime) -> None:
    """No step of it fires any more, and none is waited for."""
    steps = AlertStep.objects.filter(alert=alert)
    steps.filter(outcome=AlertStep.Outcome.PAGED, moved_on_at__isnull=True).update(moved_on_at=at)
    steps.filter(outcome=AlertStep.Outcome.WAITING).update(outcome=AlertStep.Outcome.CANCELLED)


def cancel(
    row_ids: Collection[int], *, reason: Reason, by: str | None, at: datetime, page: Notification | None = None
) -> None:
    """Cancel these messages, which were not handed over; each says who made it so, and when.

    :param page: the page whose acknowledgement made it so.
    """
    said = at.astimezone(UTC)
    did = "acknowledged" if reason is Reason.ACKNOWLEDGED_ELSEWHERE else "resolved"
    Notification.objects.filter(pk__in=row_ids).update(
        status=NotificationStatus.CANCELLED.value,
        reason=reason.value,
        reason_text=f"{by or 'Somebody'} {did} this alert at {said:%H:%M:%S} UTC on {said:%Y-%m-%d}, "
        "before this message went.",
        cancelled_by=page,
        finished_at=at,
    )

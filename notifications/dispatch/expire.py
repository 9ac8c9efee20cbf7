"""Closes messages whose validity ran out while they waited and that nobody claimed."""

from datetime import datetime

from django.db.models import Q

from notifications.core.reasons import Reason
from notifications.core.states import NotificationStatus
from notifications.models import Notification
from notifications.models.notification import CLAIMABLE
from notifications.wake import wake_escalation
from tenants.scope import platform_scope

_AT_ONCE = 500


def expire(*, now: datetime) -> int:
    """Mark them as expired, and return how many there were; a row that a worker is ruling is left to the worker."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
    with platform_scope():
        over = Notification.objects.filter(free, status__in=CLAIMABLE, expires_at__lte=now)
        # In the order of the index on the end of validity: in that of ids the whole log may be read each second. It
        # waits for no lock, so that the order in which everybody else takes them does not matter here.
        locked = over.select_for_update(skip_locked=True, of=("self",)).order_by("expires_at", "pk")
        rows = list(locked.values_list("pk", "alert_id")[:_AT_ONCE])
        ended = Notification.objects.filter(pk__in=[pk for pk, _ in rows]).update(
            status=NotificationStatus.EXPIRED.value,
            reason=Reason.EXPIRED.value,
            reason_text=Reason.EXPIRED.says,
            finished_at=now,
            lease_owner="",
            lease_until=None,
        )
        if any(alert_id is not None for _, alert_id in rows):
            wake_escalation()
        return ended

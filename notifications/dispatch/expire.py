"""Closes messages whose validity ran out while they waited and that nobody claimed."""

from datetime import datetime

from django.db.models import Q

from notifications.core.reasons import Reason
from notifications.core.states import NotificationStatus
from notifications.models import Notification
from notifications.models.notification import CLAIMABLE
from tenants.scope import platform_scope

_AT_ONCE = 500


def expire(*, now: datetime) -> int:
    """Mark them as expired, and return how many there were; a row that a worker is ruling is left to the worker."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
    with platform_scope():
        over = Notification.objects.filter(free, status__in=CLAIMABLE, expires_at__lte=now)
        keys = over.select_for_update(skip_locked=True, of=("self",)).order_by("pk").values_list("pk", flat=True)
        return Notification.objects.filter(pk__in=list(keys[:_AT_ONCE])).update(
            status=NotificationStatus.EXPIRED.value,
            reason=Reason.EXPIRED.value,
            reason_text=Reason.EXPIRED.says,
            finished_at=now,
            lease_owner="",
            lease_until=None,
        )

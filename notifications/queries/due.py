"""What waits for a worker right now; every question here is asked over all tenants, in a platform scope."""

from datetime import datetime

from django.db.models import Q

from notifications.core.states import NotificationStatus
from notifications.models import Attempt, Notification, ProviderCallback
from notifications.models.attempt import MOST_ASKS, UNFINISHED_WORDS
from notifications.models.notification import CLAIMABLE


def is_due(*, now: datetime) -> bool:
    """Whether a message is due that no worker holds."""
    rows = Notification.objects.filter(status__in=CLAIMABLE, due_at__lte=now)
    return rows.filter(Q(lease_until__isnull=True) | Q(lease_until__lte=now)).exists()


def is_in_doubt(*, now: datetime) -> bool:
    """Whether a message's lease lapsed while it was being handed over, or its provider is to be asked again."""
    open_ones = [NotificationStatus.SENDING.value, NotificationStatus.UNCONFIRMED.value]
    return Notification.objects.filter(status__in=open_ones, lease_until__lte=now).exists()


def is_unheard_of(*, asked: int, before: datetime, after: datetime) -> bool:
    """Whether an accepted message of that time, asked about so often, has had no last word."""
    rows = Attempt.objects.filter(outcome="accepted", word__in=UNFINISHED_WORDS, asked_times__lt=MOST_ASKS)
    return rows.filter(asked_times=asked, committed_at__gte=after, committed_at__lte=before).exists()


def is_unjoined(*, after: datetime, before: datetime) -> bool:
    """Whether a webhook that came in between these is kept but not joined."""
    waiting = ProviderCallback.objects.filter(joined_at__isnull=True, defect="")
    return waiting.filter(received_at__gt=after, received_at__lte=before).exists()

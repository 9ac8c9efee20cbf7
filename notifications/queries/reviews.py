"""Replies that wait for a person to look at them: how many, and how many for too long."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from notifications.models import Review

#: Somebody who opted out in doubtful words must not wait longer: consent case O16.
LATE_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WaitingReviews:
    """What the open scope holds of them."""

    open: int
    late: int


def waiting_reviews(*, now: datetime) -> WaitingReviews:
    """Count the open reviews of the open scope, and those that are open for more than a day. One query."""
    counts = Review.objects.filter(decided_at__isnull=True).aggregate(
        open=Count("pk"), late=Count("pk", filter=Q(opened_at__lt=now - LATE_AFTER))
    )
    return WaitingReviews(**counts)

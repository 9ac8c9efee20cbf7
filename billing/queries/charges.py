"""Which messages are charged: those whose charge was not given back; and which still wait for their end."""

from collections.abc import Iterable
from datetime import datetime

from billing.models import Charge


def charged(notification_ids: Iterable[int]) -> frozenset[int]:
    """The messages among these that are reserved or settled; needs a scope that shows them. One query."""
    wanted = list(notification_ids)
    if not wanted:
        return frozenset()
    live = Charge.objects.filter(notification_id__in=wanted).exclude(state=Charge.State.RELEASED)
    return frozenset(live.order_by().values_list("notification_id", flat=True))


def reserved_before(at: datetime, *, after: int, limit: int) -> list[int]:
    """The next messages behind the id `after` that were reserved by `at` and neither settled nor given back since."""
    waiting = Charge.objects.filter(state=Charge.State.RESERVED, reserved_at__lte=at, notification_id__gt=after)
    return list(waiting.order_by("notification_id").values_list("notification_id", flat=True)[:limit])

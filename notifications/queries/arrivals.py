"""What last arrived at a number: the newest message of a tenant on a channel of which a receipt says so."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from notifications.core.receipts import DeliveryWord
from notifications.core.states import Channel
from notifications.models import Attempt, Notification

#: Older ones say little of a line that fails today.
ARRIVALS_BACK = timedelta(days=365)
_ARRIVED = [
    DeliveryWord.DELIVERED.value,
    DeliveryWord.READ.value,
    DeliveryWord.IN_PROGRESS.value,
    DeliveryWord.COMPLETED.value,
]


def last_arrivals(failed: Iterable[Notification], *, since: datetime) -> dict[tuple[int, str, str], Attempt]:
    """By tenant, number and channel; one query, and none without a row that failed."""
    wanted = {(row.tenant_id, row.number, row.channel) for row in failed if row.number}
    if not wanted:
        return {}
    place = Window(RowNumber(), partition_by=[F("tenant_id"), F("number"), F("channel")], order_by=F("id").desc())
    rows = Attempt.objects.filter(
        tenant_id__in={tenant_id for tenant_id, _, _ in wanted},
        number__in={number for _, number, _ in wanted},
        channel__in={channel for _, _, channel in wanted},
        committed_at__gte=since,
        word__in=_ARRIVED,
    )
    newest = rows.annotate(place=place).filter(place=1).select_related("notification")
    return {(one.tenant_id, one.number, one.channel): one for one in newest}


def that_failed(rows: Sequence[Notification], *, attempts: dict[int, list[Attempt]]) -> list[Notification]:
    """Those of the rows that go to a phone and whose last attempt met a provider's fault; receipts are prefetched."""
    return [row for row in rows if row.channel != Channel.EMAIL.value and _met_a_fault(attempts.get(row.pk, []))]


def _met_a_fault(attempts: list[Attempt]) -> bool:
    last = attempts[-1] if attempts else None
    return last is not None and bool(last.fault_code or any(one.fault_code for one in last.receipts.all()))

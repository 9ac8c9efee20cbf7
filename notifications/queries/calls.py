"""How a tenant's calls ended lately, by the number that called, and how the last call to a phone ended.

Counted over the log by tenant and channel, which is indexed so; another tenant's calls are never read.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber

from notifications.core.receipts import DeliveryWord
from notifications.core.states import Channel
from notifications.models import Attempt, Notification

_UNANSWERED = [
    DeliveryWord.BUSY.value,
    DeliveryWord.NO_ANSWER.value,
    DeliveryWord.FAILED.value,
    DeliveryWord.CANCELED.value,
]


@dataclass(frozen=True, slots=True)
class CallerCount:
    """What became of the calls of one number of ours: `at_once` ended after 0 seconds, failed or busy alike."""

    address: str
    placed: int
    unanswered: int
    failed: int
    busy: int
    at_once: int


def callers_of(tenant_ids: Collection[int], *, since: datetime) -> dict[int, list[CallerCount]]:
    """The calls of each tenant since then, by calling number, the busiest first; one query, none without a tenant."""
    found: defaultdict[int, list[CallerCount]] = defaultdict(list)
    if not tenant_ids:
        return found
    rows = Notification.objects.filter(
        tenant_id__in=tenant_ids, channel=Channel.VOICE.value, created_at__gte=since, attempts__isnull=False
    )
    ended = Q(attempts__word__in=[*_UNANSWERED, DeliveryWord.COMPLETED.value])
    counted = (
        rows.order_by()
        .values("tenant_id", "attempts__sender_address")
        .annotate(
            placed=Count("attempts"),
            unanswered=Count("attempts", filter=Q(attempts__word__in=_UNANSWERED)),
            failed=Count("attempts", filter=Q(attempts__word=DeliveryWord.FAILED.value)),
            busy=Count("attempts", filter=Q(attempts__word=DeliveryWord.BUSY.value)),
            at_once=Count("attempts", filter=ended & Q(attempts__seconds=0)),
        )
    )
    for row in counted.order_by("-placed"):
        found[row["tenant_id"]].append(
            CallerCount(
                address=row["attempts__sender_address"],
                placed=row["placed"],
                unanswered=row["unanswered"],
                failed=row["failed"],
                busy=row["busy"],
                at_once=row["at_once"],
            )
        )
    return found


def last_calls(phones: Iterable[tuple[int, str]], *, since: datetime) -> dict[tuple[int, str], Attempt]:
    """The newest call to each number in each tenant since then; one query, none without a number."""
    wanted = set(phones)
    if not wanted:
        return {}
    place = Window(RowNumber(), partition_by=[F("tenant_id"), F("number")], order_by=F("id").desc())
    rows = Attempt.objects.filter(
        tenant_id__in={tenant_id for tenant_id, _ in wanted},
        number__in={number for _, number in wanted},
        committed_at__gte=since,
        notification__channel=Channel.VOICE.value,
    )
    newest = rows.annotate(place=place).filter(place=1).select_related("notification")
    return {(one.tenant_id, one.number): one for one in newest}

"""What became of messages at about the same time: of one tenant, and of all, those nearest in time and no more.

However large the log is, it reads at most a thousand rows, each found by an index on the time of writing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from notifications.core.states import Channel
from notifications.core.trouble import ARRIVED, NOT_COMPARED, trouble
from notifications.models import Attempt, Notification

#: So long before a message and so long after it: together an hour.
BEFORE, AFTER = timedelta(minutes=15), timedelta(minutes=45)
#: Of each, on either side.
NEAREST = 250


@dataclass(frozen=True, slots=True)
class MessageAround:
    """One message, with its last attempt where there was one."""

    tenant_id: int
    number: str
    status: str
    reason: str
    due_at: datetime
    handed_over_at: datetime | None
    provider: str
    sender_address: str
    fault_code: str


@dataclass(frozen=True, slots=True)
class Around:
    """What a message met, when, and the messages around it."""

    trouble: str
    at: datetime
    messages: list[MessageAround]


def around(row: Notification, attempts: Sequence[Attempt], *, now: datetime) -> Around | None:
    """What surrounds a message that met something; None, and no query, for one that arrived or was not to go."""
    last = attempts[-1] if attempts else None
    met = trouble(
        row.status,
        reason=row.reason,
        provider=last.provider if last else "",
        fault_code=last.fault_code if last else "",
        due_at=row.due_at,
        handed_over_at=row.handed_over_at,
        now=now,
    )
    if met in {ARRIVED, NOT_COMPARED} or row.channel == Channel.EMAIL.value or not row.number:
        return None
    at = last.committed_at if last else row.created_at
    return Around(met, at, messages_around(row, at=at, now=now))


def messages_around(row: Notification, *, at: datetime, now: datetime) -> list[MessageAround]:
    """The messages on the row's channel that were written around `at`, its tenant's and all tenants', each once.

    Needs the platform's scope: whoever is shown other tenants' gets sums. One query.
    """
    since, until = at - BEFORE, min(now, at + AFTER)
    own = Notification.objects.filter(tenant_id=row.tenant_id, channel=row.channel)
    sides = [
        side
        for rows in (own, Notification.objects.all())
        for side in (
            _keys(rows.filter(created_at__range=(since, at)), "-created_at"),
            _keys(rows.filter(created_at__gt=at, created_at__lte=until), "created_at"),
        )
    ]
    near = sides[0].union(*sides[1:])
    named = ("tenant_id", "number", "status", "reason", "due_at", "handed_over_at")
    last = ("attempts__provider", "attempts__sender_address", "attempts__fault_code")
    found = Notification.objects.filter(pk__in=near, channel=row.channel).exclude(pk=row.pk)
    rows = found.order_by("pk", "attempts__ordinal").values_list("pk", *named, *last)
    # A message with several attempts comes once for each: the last one stays.
    newest = {pk: values for pk, *values in rows}
    return [MessageAround(*values[:6], *(text or "" for text in values[6:])) for values in newest.values()]


def _keys(rows: QuerySet[Notification], order: str) -> QuerySet[Notification, Any]:
    return rows.order_by(order, order.replace("created_at", "id")).values("pk")[:NEAREST]

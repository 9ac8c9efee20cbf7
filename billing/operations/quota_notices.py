"""That a tenant's admins are told of a limit: once at 80 %, once when it is used up, once when something did not go.

A notice is a row before it is a mail; it belongs to one limit, so that after a top-up it may be told once more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from billing.metering.months import lock_months
from billing.models import QuotaNotice
from billing.months import month_of_day
from tenants.models import Tenant

NEARLY, USED_UP, DID_NOT_GO = 80, 100, 101
#: A notice waits this long for others of its month, and for more messages that do not go.
GATHER = timedelta(seconds=5)
#: One that could not be mailed in this time is not mailed any more.
GIVE_UP = timedelta(days=1)

_MAKE = """
INSERT INTO billing_quotanotice (tenant_id, month_id, kind, percent, "limit", made_at)
SELECT m.tenant_id, m.id, k.kind, p.percent, k.most, %(at)s
FROM billing_usagemonth m
CROSS JOIN LATERAL (VALUES
    ('notifications', m.notifications_limit, m.notifications_used + m.notifications_reserved),
    ('segments', m.segments_limit, m.segments_used + m.segments_reserved),
    ('calls', m.calls_limit, m.calls_used + m.calls_reserved)
) AS k (kind, most, taken)
JOIN (VALUES (80), (100)) AS p (percent) ON k.taken * 100::bigint >= k.most * p.percent::bigint
WHERE m.resets_on >= %(since)s AND k.most > 0
ORDER BY m.id, k.kind, p.percent
ON CONFLICT (month_id, kind, percent, "limit") DO NOTHING
"""
# Of a message that does not go the limit is stored that stood then.
_MAKE_REFUSED = """
INSERT INTO billing_quotanotice (tenant_id, month_id, kind, percent, "limit", made_at)
SELECT m.tenant_id, m.id, r.kind, 101, r.most, %(at)s
FROM unnest(%(tenant)s::bigint[], %(day)s::date[], %(kind)s::text[], %(limit)s::int[]) AS r (tenant_id, day, kind, most)
JOIN billing_usagemonth m ON m.tenant_id = r.tenant_id AND m.starts_on <= r.day AND r.day < m.resets_on
ORDER BY m.id, r.kind
ON CONFLICT (month_id, kind, percent, "limit") DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class LimitMet:
    """A message of this tenant did not go on this day of its zone, for this kind of limit, which was so high then."""

    tenant_id: int
    day: date
    kind: str
    limit: int


@dataclass(frozen=True, slots=True)
class NoticeToTell:
    """One notice; `taken` is what is used and under way of its kind by now."""

    pk: int
    kind: str
    percent: int
    limit: int
    taken: int


@dataclass(frozen=True, slots=True)
class MonthToTell:
    """A tenant's month with the notices that go into one mail."""

    tenant: Tenant
    starts_on: date
    resets_on: date
    notices: tuple[NoticeToTell, ...]


def make_notices(met: Iterable[LimitMet], *, at: datetime) -> int:
    """Write the notices that are due by the counters, and by messages that did not go; how many are new.

    Needs the platform's scope.
    """
    refused = list(dict.fromkeys(met))
    with connection.cursor() as cursor:
        cursor.execute(_MAKE, {"at": at, "since": (at - timedelta(days=1)).date()})
        made = cursor.rowcount
        if refused:
            # A limit of 0 is met before anything was ever counted in the month.
            lock_months({one.tenant_id: month_of_day(one.day) for one in refused})
            values: dict[str, Any] = {
                "at": at,
                "tenant": [one.tenant_id for one in refused],
                "day": [one.day for one in refused],
                "kind": [one.kind for one in refused],
                "limit": [one.limit for one in refused],
            }
            cursor.execute(_MAKE_REFUSED, values)
            made += cursor.rowcount
    return int(made)


def months_to_tell(*, at: datetime) -> list[int]:
    """The months with notices that were gathered and not mailed yet. Needs the platform's scope."""
    waiting = QuotaNotice.objects.filter(sent_at__isnull=True, made_at__gt=at - GIVE_UP)
    young = waiting.filter(made_at__gt=at - GATHER).values("month_id")
    return sorted(waiting.exclude(month_id__in=young).values_list("month_id", flat=True).distinct().order_by())


def take_notices(month_id: int) -> MonthToTell | None:
    """The month with its notices that were not mailed, locked until the transaction ends.

    None where there are none, or another worker mails them now. Needs the platform's scope.
    """
    rows = QuotaNotice.objects.filter(month_id=month_id, sent_at__isnull=True)
    locked = list(
        rows.select_for_update(skip_locked=True, of=("self",)).select_related("month", "tenant").order_by("pk")
    )
    if not locked:
        return None
    month = locked[0].month
    return MonthToTell(
        tenant=locked[0].tenant,
        starts_on=month.starts_on,
        resets_on=month.resets_on,
        notices=tuple(
            NoticeToTell(
                row.pk,
                row.kind,
                row.percent,
                row.limit,
                getattr(month, f"{row.kind}_used") + getattr(month, f"{row.kind}_reserved"),
            )
            for row in locked
        ),
    )


def mark_told(month: MonthToTell, *, at: datetime) -> None:
    """The notices, which are locked, went out."""
    QuotaNotice.objects.filter(pk__in=[notice.pk for notice in month.notices]).update(sent_at=at)

"""What tenants used of their months and what is left: one tenant's, day by day, or all at once.

A month that nothing was charged to yet has no row: it is shown with the limits of the plan, and nothing used.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Sum

from billing.models import TopUp, UsageDay, UsageMonth
from billing.months import Month, month_at, next_month
from billing.projection import projected
from billing.queries.limits import Limits, plan_limits
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of each."""

    notifications: int = 0
    segments: int = 0
    calls: int = 0


@dataclass(frozen=True, slots=True)
class Projection:
    """What the month will come to by its end; every figure is None as long as too little of it has passed."""

    notifications: int | None
    segments: int | None
    calls: int | None


@dataclass(frozen=True, slots=True)
class MonthUse:
    """One month of a tenant. What is reserved belongs to messages under way and counts against the limits.

    `plan` is empty where the tenant has none; the limits are then those of the plan that new tenants get.
    `month_id` is None as long as nothing was charged to the month.
    """

    tenant_id: int
    tenant: str
    zone: str
    plan: str
    month_id: int | None
    starts_on: date
    resets_on: date
    limits: Limits
    topped_up: Counts
    used: Counts
    reserved: Counts
    projection: Projection

    @property
    def taken(self) -> Counts:
        """Used and reserved together: what the limits are compared with."""
        return Counts(
            self.used.notifications + self.reserved.notifications,
            self.used.segments + self.reserved.segments,
            self.used.calls + self.reserved.calls,
        )


@dataclass(frozen=True, slots=True)
class DayUse:
    """What was used of one channel ("sms" or "voice") on one day of the tenant's zone."""

    day: date
    channel: str
    counts: Counts


def month_of(tenant_id: int, *, at: datetime) -> MonthUse:
    """The tenant's present month; needs its scope or the platform's. Six queries at most."""
    return _months([Tenant.objects.get(pk=tenant_id)], at=at)[tenant_id]


def months_of_all(*, at: datetime) -> list[MonthUse]:
    """Every tenant's present month, by name; needs the platform's scope. The same few queries for any number."""
    tenants = list(Tenant.objects.order_by("name", "pk"))
    found = _months(tenants, at=at)
    return [found[tenant.pk] for tenant in tenants]


def days_of(tenant_id: int, *, starts_on: date) -> list[DayUse]:
    """What the tenant used in the month that begins on that day: a line for each day and channel with use, in order."""
    days = UsageDay.objects.filter(tenant_id=tenant_id, day__gte=starts_on, day__lt=next_month(starts_on))
    return [
        DayUse(day.day, day.channel, Counts(day.notifications, day.segments, day.calls))
        for day in days.order_by("day", "channel")
    ]


def _months(tenants: list[Tenant], *, at: datetime) -> dict[int, MonthUse]:
    periods = {tenant.pk: month_at(at, zone=tenant.time_zone) for tenant in tenants}
    plans = plan_limits(periods)
    begin = {period.starts_on for period in periods.values()}
    candidates = UsageMonth.objects.filter(tenant_id__in=periods, starts_on__in=begin)
    rows = {row.tenant_id: row for row in candidates if periods[row.tenant_id].starts_on == row.starts_on}
    added = _topped_up(row.pk for row in rows.values())
    return {
        tenant.pk: _use(tenant, periods[tenant.pk], rows.get(tenant.pk), plans[tenant.pk], added, at=at)
        for tenant in tenants
    }


def _use(
    tenant: Tenant,
    period: Month,
    row: UsageMonth | None,
    plan: tuple[str, Limits],
    added: Mapping[int, Counts],
    *,
    at: datetime,
) -> MonthUse:
    name, limits = plan
    used = reserved = topped_up = Counts()
    if row is not None:
        limits = Limits(row.notifications_limit, row.segments_limit, row.calls_limit)
        used = Counts(row.notifications_used, row.segments_used, row.calls_used)
        reserved = Counts(row.notifications_reserved, row.segments_reserved, row.calls_reserved)
        topped_up = added[row.pk]

    def by_the_end(taken: int) -> int | None:
        return projected(taken, starts_on=period.starts_on, resets_on=period.resets_on, zone=tenant.time_zone, at=at)

    return MonthUse(
        tenant_id=tenant.pk,
        tenant=tenant.name,
        zone=tenant.time_zone,
        plan=name,
        month_id=row.pk if row else None,
        starts_on=period.starts_on,
        resets_on=period.resets_on,
        limits=limits,
        topped_up=topped_up,
        used=used,
        reserved=reserved,
        projection=Projection(
            by_the_end(used.notifications + reserved.notifications),
            by_the_end(used.segments + reserved.segments),
            by_the_end(used.calls + reserved.calls),
        ),
    )


def _topped_up(month_ids: Iterable[int]) -> Mapping[int, Counts]:
    sums = (
        TopUp.objects.filter(month_id__in=list(month_ids))
        .order_by()
        .values("month_id")
        .annotate(n=Sum("notifications"), s=Sum("segments"), c=Sum("calls"))
    )
    found: dict[int, Counts] = defaultdict(Counts)
    found.update({row["month_id"]: Counts(row["n"], row["s"], row["c"]) for row in sums})
    return found

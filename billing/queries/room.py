"""What is left of tenants' present months, for rulings in batches."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from billing.models import UsageMonth
from billing.months import month_at
from billing.queries.limits import Limits, plan_limits
from billing.queries.usage import Counts


@dataclass(frozen=True, slots=True)
class Room:
    """A month's limits and what is taken of them, used and reserved together, until the day it starts anew."""

    limits: Limits
    taken: Counts
    resets_on: date


def room_of(zones: Mapping[int, str], *, at: datetime) -> dict[int, Room]:
    """The present month of each tenant, by its id, from the zone of each; needs a scope that shows them.

    One query; three where a month has not begun to be counted, whose limits are those of the plan.
    """
    if not zones:
        return {}
    periods = {tenant_id: month_at(at, zone=zone) for tenant_id, zone in zones.items()}
    months = UsageMonth.objects.filter(
        tenant_id__in=periods, starts_on__in={period.starts_on for period in periods.values()}
    )
    found = {month.tenant_id: _room(month) for month in months if periods[month.tenant_id].starts_on == month.starts_on}
    if missing := [tenant_id for tenant_id in periods if tenant_id not in found]:
        plans = plan_limits(missing)
        found |= {key: Room(plans[key][1], Counts(), periods[key].resets_on) for key in missing}
    return found


def _room(month: UsageMonth) -> Room:
    return Room(
        Limits(month.notifications_limit, month.segments_limit, month.calls_limit),
        Counts(
            month.notifications_used + month.notifications_reserved,
            month.segments_used + month.segments_reserved,
            month.calls_used + month.calls_reserved,
        ),
        month.resets_on,
    )

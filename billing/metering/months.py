"""The months that are counted in: made at first use with the limits of the plan, and locked in order of id.

All counters of a tenant's month, its days included, move under the lock of the month's row.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import connection

from billing.months import Month, month_at
from billing.queries.limits import plan_limits

_LOCK = """
SELECT m.id, m.tenant_id FROM billing_usagemonth m
JOIN unnest(%s::bigint[], %s::date[]) AS w (tenant_id, starts_on)
    ON w.tenant_id = m.tenant_id AND w.starts_on = m.starts_on
ORDER BY m.id FOR NO KEY UPDATE OF m
"""
# Whoever makes the same month at once waits here for the other, and makes none.
_MAKE = """
INSERT INTO billing_usagemonth (tenant_id, starts_on, resets_on, notifications_limit, segments_limit, calls_limit,
    notifications_reserved, notifications_used, segments_reserved, segments_used, calls_reserved, calls_used)
SELECT w.*, 0, 0, 0, 0, 0, 0
FROM unnest(%s::bigint[], %s::date[], %s::date[], %s::int[], %s::int[], %s::int[])
    AS w (tenant_id, starts_on, resets_on, notifications_limit, segments_limit, calls_limit)
ORDER BY w.tenant_id
ON CONFLICT (tenant_id, starts_on) DO NOTHING
"""
_LIMITS = """
WITH plan AS (
    SELECT coalesce(
        (SELECT s.plan_id FROM billing_subscription s JOIN billing_usagemonth m ON m.tenant_id = s.tenant_id
         WHERE m.id = %(month)s AND s.ended_at IS NULL),
        (SELECT id FROM billing_plan WHERE is_default)
    ) AS id
), added AS (
    SELECT coalesce(sum(notifications), 0) AS notifications, coalesce(sum(segments), 0) AS segments,
           coalesce(sum(calls), 0) AS calls
    FROM billing_topup WHERE month_id = %(month)s
)
UPDATE billing_usagemonth SET
    notifications_limit = (SELECT p.monthly_notifications FROM billing_plan p JOIN plan USING (id))
        + (SELECT notifications FROM added),
    segments_limit = (SELECT p.monthly_segments FROM billing_plan p JOIN plan USING (id))
        + (SELECT segments FROM added),
    calls_limit = (SELECT p.monthly_calls FROM billing_plan p JOIN plan USING (id)) + (SELECT calls FROM added)
WHERE id = %(month)s
"""


def lock_months(periods: Mapping[int, Month]) -> dict[int, int]:
    """Lock each tenant's month until the transaction ends, made where it is not there yet; its id by the tenant's."""
    months = _locked(periods)
    if missing := {tenant_id: period for tenant_id, period in periods.items() if tenant_id not in months}:
        _make(missing)
        months |= _locked(missing)
    return months


def present_month(tenant_id: int, *, zone: str, at: datetime) -> int:
    """The id of the tenant's present month, made where it is not there yet, and locked."""
    return lock_months({tenant_id: month_at(at, zone=zone)})[tenant_id]


def limits_anew(month_id: int) -> None:
    """Set the limits of a month, whose lock is held, to those of the tenant's plan and all top-ups, in one statement.

    A month that was begun under another plan keeps what is used and reserved, even where that is more.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LIMITS, {"month": month_id})


def _locked(periods: Mapping[int, Month]) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [list(periods), [period.starts_on for period in periods.values()]])
        return {tenant_id: month_id for month_id, tenant_id in cursor.fetchall()}


def _make(periods: Mapping[int, Month]) -> None:
    limits = plan_limits(periods)
    rows: Iterable[tuple[int, date, date, int | None, int | None, int | None]] = (
        (
            tenant_id,
            period.starts_on,
            period.resets_on,
            limits[tenant_id][1].notifications,
            limits[tenant_id][1].segments,
            limits[tenant_id][1].calls,
        )
        for tenant_id, period in periods.items()
    )
    with connection.cursor() as cursor:
        cursor.execute(_MAKE, [list(column) for column in zip(*rows, strict=True)])

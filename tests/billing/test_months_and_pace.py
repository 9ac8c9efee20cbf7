"""Which month an instant belongs to, what it will come to, and what pages are told of it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.metering import Taken, settle
from billing.models import Plan, UsageMonth
from billing.months import month_at
from billing.projection import projected
from billing.queries import Counts, Limits, days_of, month_of, months_of_all
from billing.quota_notice import notice_of
from tenants.scope import platform_scope, tenant_scope
from tests.billing.charged import AT, limited, reserved, want
from tests.cast import make_cast

USED_UP = (
    "Harbor: the monthly limit of notifications is used up, 10 of 10. Messages do not go until there is a top-up, or "
    "the month starts anew on 1 December 2026."
)
NOVEMBER = {"starts_on": date(2026, 11, 1), "resets_on": date(2026, 12, 1), "zone": "UTC"}


def test_a_month_begins_at_midnight_where_the_tenant_is() -> None:
    at = datetime(2026, 12, 31, 12, 30, tzinfo=UTC)
    assert month_at(at, zone="Pacific/Auckland").starts_on == date(2027, 1, 1)
    assert month_at(at, zone="America/Los_Angeles").resets_on == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("taken", "at", "expected"),
    [
        (100, datetime(2026, 11, 1, 23, 59, tzinfo=UTC), None),
        (100, datetime(2026, 11, 2, tzinfo=UTC), 3000),
        (100, datetime(2026, 11, 16, tzinfo=UTC), 200),
        (7, datetime(2026, 11, 30, 23, 59, tzinfo=UTC), 8),
        (0, datetime(2026, 11, 16, tzinfo=UTC), 0),
        (7, datetime(2026, 12, 1, tzinfo=UTC), None),
    ],
)
def test_what_is_taken_is_spread_over_the_month_and_the_first_day_says_nothing(
    taken: int, at: datetime, expected: int | None
) -> None:
    assert projected(taken, at=at, **NOVEMBER) == expected  # type: ignore[arg-type]


@pytest.mark.django_db
def test_a_month_is_read_with_its_days_and_all_tenants_cost_no_more_than_one() -> None:
    cast = make_cast()
    with platform_scope():
        Plan.objects.filter(is_default=True).update(monthly_notifications=50)
    reserved(want(cast.harbor, 1, segments=2), want(cast.harbor, 2, call=True), want(cast.harbor, 3))
    with platform_scope():
        settle([Taken(1, None), Taken(2, None)], at=AT)
    with tenant_scope(cast.harbor.pk):
        month = month_of(cast.harbor.pk, at=AT)
        days = days_of(cast.harbor.pk, starts_on=month.starts_on)
    assert (month.limits, month.used, month.reserved) == (Limits(50, None, None), Counts(2, 2, 1), Counts(1, 1, 0))
    assert (month.taken, month.projection.notifications) == (Counts(3, 3, 1), 5)
    assert [(day.day, day.channel, day.counts) for day in days] == [
        (date(2026, 11, 20), "sms", Counts(1, 2, 0)),
        (date(2026, 11, 20), "voice", Counts(1, 0, 1)),
    ]
    with platform_scope(), CaptureQueriesContext(connection) as queries:
        every = {one.tenant_id: one for one in months_of_all(at=AT + timedelta(minutes=1))}
    assert len(queries) <= 6
    ridge = every[cast.ridge.pk]
    assert (ridge.month_id, ridge.limits.notifications, ridge.taken) == (None, 50, Counts(0, 0, 0))


@pytest.mark.django_db
def test_a_line_stands_above_the_pages_from_80_percent_on() -> None:
    cast = make_cast()
    limited(cast.harbor, notifications=10, calls=2)
    said: list[tuple[str, str] | None] = []
    for count in (7, 1, 2):
        first = 100 * len(said)
        reserved(*(want(cast.harbor, first + number) for number in range(count)))
        with platform_scope():
            notice = notice_of(UsageMonth.objects.get(), name="Harbor")
        said.append((notice.tone, notice.text) if notice else None)
    assert said == [
        None,
        ("warning", "Harbor: 8 of 10 notifications of this month are used. The month starts anew on 1 December 2026."),
        ("danger", USED_UP),
    ]

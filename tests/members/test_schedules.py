"""What a schedule says at an instant, and what may be entered: changes are audited, slips are refused in words."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.models import Member, Schedule, ScheduleException, TimeOff
from members.operations import (
    ScheduleRefused,
    add_exception,
    add_time_off,
    remove_exception,
    remove_schedule,
    remove_time_off,
    set_week,
)
from members.queries import schedule_of, schedules_of, zone_of
from members.schedules.plan import Away, Exceptional, Plan
from members.schedules.reading import reading
from members.schedules.week import Window
from tenants.models import AuditEntry
from tenants.scope import platform_scope, tenant_scope
from tests.cast import Cast, add_member

NEW_YORK = ZoneInfo("America/New_York")
#: A Friday, at noon in New York.
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=NEW_YORK)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OFFICE = tuple(Window(day, time(9), time(17)) for day in range(5))
NIGHTS = tuple(Window(day, time(22), time(6)) for day in range(7))


@pytest.mark.parametrize(
    ("plan", "hours", "free", "because", "rule", "until"),
    [
        (Plan(), 0, True, "no_schedule", "no schedule", None),
        (Plan(OFFICE), 0, True, "window", "Mon-Fri 09:00-17:00", 5),
        (Plan(OFFICE), 5, False, "outside", "Mon-Fri 09:00-17:00", 69),
        (Plan(()), 0, False, "outside", "never", None),
        (Plan(NIGHTS), 12, True, "window", "every day 22:00-06:00", 18),
        # What opens on the date is replaced, its part after midnight too; what opened the night before is not.
        (Plan(NIGHTS, (Exceptional(date(2026, 11, 20), False),)), -7, True, "window", "", -6),
        (Plan(NIGHTS, (Exceptional(date(2026, 11, 20), False),)), 13, False, "exception", "not at all", 34),
        (Plan(OFFICE, (Exceptional(date(2026, 11, 20), True, time(13), None),)), 0, False, "exception", "13:00", 1),
        (Plan(OFFICE, (Exceptional(date(2026, 11, 20), True, time(13), None),)), 9, True, "exception", "13:00", 12),
        (Plan(OFFICE, (Exceptional(date(2026, 11, 21), True),)), 24, True, "exception", "all day", 36),
        (Plan(OFFICE, (), (Away(NOON, NOON + 3 * DAY),)), 0, False, "time_off", "until Mon 23 Nov 2026 12:00", 72),
        (Plan(None, (), (Away(NOON - DAY, NOON + HOUR), Away(NOON, NOON + 2 * HOUR))), 0, False, "time_off", "", 2),
        (Plan(OFFICE, (), (Away(NOON, NOON + 6 * HOUR),)), 0, False, "time_off", "18:00", 69),
    ],
)
def test_what_a_plan_says(plan: Plan, hours: int, *, free: bool, because: str, rule: str, until: int | None) -> None:
    seen = reading(plan, zone=NEW_YORK, at=NOON + hours * HOUR)
    assert (seen.is_free, seen.because) == (free, because)
    assert rule in seen.window
    assert seen.until == (None if until is None else NOON + until * HOUR)
    assert seen.next_free_at == (None if free else seen.until)


def test_a_window_that_opens_in_a_skipped_hour_opens_right_after_it_and_a_repeated_hour_counts_twice() -> None:
    early = Plan(tuple(Window(day, time(2, 30), time(4)) for day in range(7)))
    spring = datetime(2026, 3, 8, 6, 0, tzinfo=UTC)
    # At 07:00 UTC two o'clock becomes three.
    assert reading(early, zone=NEW_YORK, at=spring).next_free_at == spring + HOUR
    twice = Plan(tuple(Window(day, time(1), time(1, 30)) for day in range(7)))
    autumn = datetime(2026, 11, 1, 5, 0, tzinfo=UTC)
    assert reading(twice, zone=NEW_YORK, at=autumn).until == autumn + HOUR / 2
    assert reading(twice, zone=NEW_YORK, at=autumn + HOUR / 2).next_free_at == autumn + HOUR


@pytest.fixture
def ben(cast: Cast) -> Any:
    """Ben, in Harbor's zone: it is noon there."""
    with tenant_scope(cast.harbor.pk):
        cast.harbor.time_zone = "America/New_York"
        cast.harbor.save(update_fields=["time_zone"])
        cast.ben.tenant = cast.harbor
        yield cast.ben


def test_a_week_is_set_changed_and_removed_and_each_is_audited(cast: Cast, ben: Member) -> None:
    named: dict[str, Any] = {"actor": cast.ana, "at": NOON}
    assert schedule_of(ben) == Plan()
    assert isinstance(set_week(ben, windows=OFFICE, **named), Schedule)
    assert isinstance(set_week(ben, windows=NIGHTS[:1], **named), Schedule)
    assert schedule_of(ben).windows == NIGHTS[:1]
    refused = set_week(ben, windows=[NIGHTS[0], Window(1, time(5), time(8))], **named)
    assert refused == ScheduleRefused("Mon 22:00-06:00 and Tue 05:00-08:00 overlap.")
    assert schedule_of(ben).windows == NIGHTS[:1]
    assert remove_schedule(ben, **named)
    assert not remove_schedule(ben, **named)
    assert schedule_of(ben) == Plan()
    entries = AuditEntry.objects.filter(code__startswith="schedule.").order_by("id")
    assert [(entry.code, entry.detail.data.get("before")) for entry in entries] == [
        ("schedule.changed", "no schedule"),
        ("schedule.changed", "Mon-Fri 09:00-17:00"),
        ("schedule.removed", "Mon 22:00-06:00"),
    ]


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({}, ""),
        ({"is_free": True, "opens": time(22), "closes": time(2)}, ""),
        ({"on": NOON.date() - DAY}, "is over for Ben"),
        ({"on": date(2036, 1, 1)}, "too far ahead"),
        ({"opens": time(9)}, "for the whole day"),
        ({"is_free": True, "opens": time(9, 0, 1)}, "whole minutes"),
        ({"on": date(2026, 11, 26)}, "There is an exception already: Thu 26 Nov 2026, to be paged 10:00-12:00."),
        ({"on": date(2026, 11, 26), "is_free": True, "opens": time(11)}, "already"),
        ({"on": date(2026, 11, 26), "is_free": True, "opens": time(12)}, ""),
    ],
)
def test_an_exception_is_entered_or_refused_in_words(
    cast: Cast, ben: Member, *, values: dict[str, Any], wrong: str
) -> None:
    named: dict[str, Any] = {"note": "", "actor": cast.ana, "at": NOON}
    entered = {"on": NOON.date(), "is_free": False, "opens": None, "closes": None, **values}
    without = add_exception(ben, **entered, **named)
    assert isinstance(without, ScheduleRefused)
    assert "has no schedule" in without.says
    set_week(ben, windows=OFFICE, actor=cast.ana, at=NOON)
    add_exception(ben, on=date(2026, 11, 26), is_free=True, opens=time(10), closes=time(12), **named)
    made = add_exception(ben, **entered, **named)
    if wrong:
        assert isinstance(made, ScheduleRefused)
        assert wrong in made.says
        assert ScheduleException.objects.count() == 1
        return
    assert isinstance(made, ScheduleException)
    remove_exception(made, actor=cast.ana, at=NOON)
    assert ScheduleException.objects.count() == 1
    assert AuditEntry.objects.filter(code="schedule.changed", subject_id=ben.public_id).count() == 4


@pytest.mark.parametrize(
    ("starts", "ends", "wrong"),
    [
        (-1, 24, ""),
        (48, 50, ""),
        (2, 2, "end later than it begins"),
        (-3, -1, "over already"),
        (1, 24 * 365 * 9, "too far ahead"),
        (71, 73, "time off from Mon 23 Nov 2026 12:00 to Tue 24 Nov 2026 12:00, which overlaps"),
        (71, 72, ""),
    ],
)
def test_time_off_is_entered_or_refused_in_words(
    cast: Cast, ben: Member, *, starts: int, ends: int, wrong: str
) -> None:
    named: dict[str, Any] = {"note": "", "actor": cast.ana, "at": NOON}
    add_time_off(ben, starts_at=NOON + 3 * DAY, ends_at=NOON + 4 * DAY, **named)
    made = add_time_off(ben, starts_at=NOON + starts * HOUR, ends_at=NOON + ends * HOUR, **named)
    if wrong:
        assert isinstance(made, ScheduleRefused)
        assert wrong in made.says
        return
    assert isinstance(made, TimeOff)
    remove_time_off(made, actor=cast.ana, at=NOON)
    assert TimeOff.objects.count() == 1
    codes = AuditEntry.objects.filter(code__startswith="schedule.").order_by("id").values_list("code", flat=True)
    assert list(codes) == ["schedule.time_off_added", "schedule.time_off_added", "schedule.time_off_removed"]


def test_schedules_of_many_cost_what_those_of_one_cost_and_stay_in_their_tenant(cast: Cast, ben: Member) -> None:
    others = [add_member(cast.harbor, name=f"Member {count}") for count in range(9)]
    for member in (ben, *others):
        set_week(member, windows=OFFICE, actor=cast.ana, at=NOON)
        add_time_off(member, starts_at=NOON, ends_at=NOON + HOUR, note="", actor=cast.ana, at=NOON)
    with CaptureQueriesContext(connection) as one:
        schedule_of(ben)
    with CaptureQueriesContext(connection) as many:
        found = schedules_of([member.pk for member in (ben, *others)])
    assert len(one) == len(many) == 3
    assert {plan.windows for plan in found.values()} == {OFFICE}
    assert zone_of(ben) == NEW_YORK
    with tenant_scope(cast.ridge.pk):
        assert schedules_of([ben.pk]) == {ben.pk: Plan()}
    with platform_scope():
        assert schedules_of([ben.pk], since=NOON + DAY)[ben.pk] == Plan(OFFICE)

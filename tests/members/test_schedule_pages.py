"""The schedule's form as it is without JavaScript: what is typed is what is saved, and nothing typed is lost."""

import html
import re
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from imes.kernel.wall_clock import clock_changes
from members.admin.schedule import schedule_lines
from members.models import Member, Schedule, ScheduleException, TimeOff
from members.operations import add_exception, set_week
from members.schedules.week import Window
from tenants.models import AuditEntry
from tenants.scope import tenant_scope
from tests.cast import Cast

LOS_ANGELES = ZoneInfo("America/Los_Angeles")
NINE_TO_FIVE = [[day, "09:00", "17:00"] for day in range(5)]


@pytest.fixture
def page(cast: Cast) -> str:
    with tenant_scope(cast.harbor.pk):
        cast.ben.time_zone = LOS_ANGELES.key
        cast.ben.save(update_fields=["time_zone"])
    return f"/admin/members/member/{cast.ben.pk}/schedule/"


def typed(*windows: tuple[int, str, str], do: str = "save", **more: str) -> dict[str, Any]:
    """What the form posts: every day has at least one pair, which may be empty."""
    sent: dict[str, Any] = {"do": do, "when": "week", "seen": "none", **more}
    for day in range(7):
        ours = [window for window in windows if window[0] == day] or [(day, "", "")]
        sent[f"from{day}"], sent[f"to{day}"] = [one[1] for one in ours], [one[2] for one in ours]
    return sent


def said(client: Client, url: str, sent: dict[str, Any] | None = None, *, by_get: bool = False) -> str:
    response = client.get(url, sent, follow=True) if by_get or sent is None else client.post(url, sent, follow=True)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", html.unescape(response.content.decode()))


def words(shown: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", shown))


def seen(client: Client, url: str) -> str:
    found = re.search(r'name="seen" value="(\w+)"', said(client, url))
    assert found is not None
    return found[1]


def weekly(cast: Cast) -> list[Any] | None:
    with tenant_scope(cast.harbor.pk):
        return Schedule.objects.filter(member=cast.ben).values_list("weekly", flat=True).first()


def test_what_is_typed_is_saved_and_shown_in_words_with_its_zone(ana: Client, cast: Cast, page: str) -> None:
    assert "No schedule: always paged" in said(ana, page)
    shown = said(ana, page, typed((0, "9", "5pm"), (4, "22:00", "06:00"), (6, "00:00", "24:00")))
    assert weekly(cast) == [[0, "09:00", "17:00"], [4, "22:00", "06:00"], [6, "00:00", "00:00"]]
    assert "Mon 09:00-17:00, Fri 22:00-06:00, Sun all day, America/Los_Angeles" in shown
    assert "America/Los_Angeles (UTC-" in shown
    assert "It is their own" in shown
    assert "ends Sat 06:00" in shown
    assert "Ana changed the schedule last" in shown
    assert "Mon 09:00-17:00, Fri 22:00-06:00, Sun all day" in words(said(ana, "/admin/members/member/"))
    assert "America/Los_Angeles" in said(ana, f"/admin/members/member/{cast.ben.pk}/change/")


def test_what_is_wrong_names_the_field_and_the_fix_and_keeps_what_was_typed(ana: Client, cast: Cast, page: str) -> None:
    shown = said(
        ana,
        page,
        typed(
            (0, "09:07", "17:00"),
            (1, "09:00", ""),
            (2, "soon", "17:00"),
            (3, "22:00", "06:00"),
            (4, "05:00", "08:00"),
            (5, "11:00", "12:00"),
        ),
    )
    assert "Monday, from: 09:07 is not on a quarter of an hour. Enter 09:00 or 09:15." in shown
    assert "Tuesday: “to” is empty. Enter a time such as 09:00, or clear both." in shown
    assert "Wednesday, from: “soon” is not a time. Enter it as 09:00 or 17:30." in shown
    assert "Thu 22:00-06:00 and Fri 05:00-08:00 overlap. Change one of them, or make them one." in shown
    for place in ("from-0-0", "from-1-0", "from-2-0", "from-4-0"):
        assert f'<a href="#{place}">' in shown
    for value in ("09:07", "soon", "22:00", "05:00", "11:00"):
        assert f'value="{value}"' in shown
    assert weekly(cast) is None


def test_buttons_fill_in_the_fields_and_save_nothing(ana: Client, cast: Cast, page: str) -> None:
    shown = said(ana, page, typed((5, "10:00", "12:00"), do="weekdays"))
    assert shown.count('value="09:00"') == 5
    assert 'value="10:00"' not in shown
    shown = said(ana, page, typed((0, "08:00", "12:00"), (0, "13:00", "15:00"), (6, "10:00", "11:00"), do="copy"))
    assert (shown.count('value="13:00"'), shown.count('value="10:00"')) == (5, 1)
    shown = said(ana, page, typed((0, "08:00", "12:00"), (1, "x", ""), do="more0"))
    assert shown.count('name="from0"') == 2
    assert 'value="x"' in shown
    assert 'value="08:00"' not in said(ana, page, typed((0, "08:00", "12:00"), do="clear"))
    assert "Not saved yet" in said(ana, page, typed((0, "08:00", "12:00"), do="nights"))
    assert weekly(cast) is None


def test_an_empty_week_is_asked_about_and_warned_of(ana: Client, cast: Cast, page: str) -> None:
    assert "Ben would never be paged." in said(ana, page, typed())
    assert weekly(cast) is None
    assert "Never paged" in said(ana, page, typed(sure="yes"))
    assert weekly(cast) == []
    assert "Ben is never paged." in said(ana, page)
    assert "Never paged" in said(ana, "/admin/members/member/")


def test_to_remove_the_schedule_is_asked_about(ana: Client, cast: Cast, page: str) -> None:
    said(ana, page, typed((0, "09:00", "17:00")))
    with tenant_scope(cast.harbor.pk):
        day, now = timezone.now().date() + timedelta(days=9), timezone.now()
        add_exception(cast.ben, on=day, is_free=False, opens=None, closes=None, note="", actor=cast.ana, at=now)
    sent = typed((0, "09:00", "17:00"), when="always", seen=seen(ana, page))
    assert "The hours of the week and 1 single date are deleted. It cannot be undone" in said(ana, page, sent)
    assert weekly(cast) == [[0, "09:00", "17:00"]]
    assert "The schedule is removed: always paged" in said(ana, page, {**sent, "sure": "yes"})
    assert weekly(cast) is None


def test_no_schedule_with_hours_beside_it_is_asked_about_before_anything_is_lost(
    ana: Client, cast: Cast, page: str
) -> None:
    shown = said(ana, page, typed((0, "09:00", "17:00"), when="always"))
    assert "You chose no schedule and entered hours." in shown
    assert 'value="17:00"' in shown
    assert weekly(cast) is None


def test_a_page_that_was_left_open_undoes_nothing_unseen(ana: Client, cast: Cast, page: str) -> None:
    stale = seen(ana, page)
    with tenant_scope(cast.harbor.pk):
        windows = [Window(2, time(8), time(9))]
        set_week(cast.ben, windows=windows, actor=cast.pat, at=timezone.now())
    shown = said(ana, page, typed((0, "09:00", "17:00"), seen=stale))
    assert "The week was changed meanwhile, to: Wed 08:00-09:00." in shown
    assert 'value="17:00"' in shown
    assert weekly(cast) == [[2, "08:00", "09:00"]]
    again = re.search(r'name="seen" value="(\w+)"', shown)
    assert again is not None
    said(ana, page, typed((0, "09:00", "17:00"), seen=again[1]))
    assert weekly(cast) == [[0, "09:00", "17:00"]]


def test_a_week_that_did_not_change_is_not_written_again(ana: Client, cast: Cast, page: str) -> None:
    week = typed(*[(day, "09:00", "17:00") for day in range(5)])
    said(ana, page, week)
    assert "Nothing was changed" in said(ana, page, {**week, "seen": seen(ana, page)})
    with tenant_scope(cast.harbor.pk):
        assert AuditEntry.objects.filter(code="schedule.changed").count() == 1


def test_a_moment_is_answered_with_what_is_typed_before_it_is_saved(ana: Client, cast: Cast, page: str) -> None:
    week = [(day, "09:00", "17:00") for day in range(5)]
    shown = said(ana, page, typed(*week, do="preview", on="2026-11-28", at="10:00"))
    assert "Not free: would be skipped" in shown
    assert "Saturday 28 November 2026, 10:00 in America/Los_Angeles (PST)" in shown
    assert "Outside the hours: Mon-Fri 09:00-17:00. Free next from Mon 30 Nov 2026 09:00." in shown
    assert "Free: would be paged" in said(ana, page, typed(*week, do="preview", on="2026-11-27", at="16:45"))
    assert weekly(cast) is None
    # Of what is saved, by its address alone.
    assert "There is no schedule: paged at any hour." in said(ana, f"{page}?on=2026-11-28&at=10:00")
    shown = said(ana, f"{page}?on=2026-02-30&at=noon")
    assert "The date to check is no date of this century. Enter it as 2026-12-25." in shown
    assert "The time to check is no time. Enter it as 09:00 or 17:30." in shown


def test_single_dates_hold_over_changes_of_the_clock(ana: Client, cast: Cast, page: str) -> None:
    now = timezone.now()
    forward = next(
        at
        for at in clock_changes(LOS_ANGELES, start=now + timedelta(days=2), stop=now + timedelta(days=500))
        if at.astimezone(LOS_ANGELES).dst()
    )
    sunday = forward.astimezone(LOS_ANGELES).date()
    said(ana, page, typed(*[(day, "09:00", "17:00") for day in range(5)]))
    date = {"on": f"{sunday}", "kind": "hours", "opens": "02:30", "closes": "", "note": "Drill"}
    shown = said(ana, f"{page}date/", date)
    assert 'paged 02:30-00:00 only <span class="sch-soft">Drill' in shown
    # From 02:30 by the clock on the wall: which shows 03:00 after 01:59 on that day.
    assert "Not free" in said(ana, f"{page}?on={sunday}&at=01:45").split('id="sch-answer"')[1]
    shown = said(ana, f"{page}?on={sunday}&at=02:30").split('id="sch-answer"')[1]
    assert "02:30 does not exist on that day: the clocks go forward. This is 03:30." in shown
    assert f"Decided by a single date: on {sunday:%a %d %b %Y} 02:30-00:00." in shown
    # An overlap with it is refused, at the field, and what was typed stays.
    shown = said(ana, f"{page}date/", {**date, "opens": "01:00", "closes": "04:00", "note": "Second"})
    assert "Nothing was added." in shown
    assert "There is an exception already" in shown
    assert 'value="Second"' in shown


#: What cannot be entered as a single date, and what the page says to that.
WRONG_DATES: list[tuple[dict[str, str], str]] = [
    ({"on": "", "kind": "off"}, "Date: Enter a date."),
    ({"on": "25/12", "kind": "off"}, "This is no date. Enter it as 2026-12-25."),
    ({"on": "2020-12-25", "kind": "off"}, "25 Dec 2020 is over for Ben"),
    ({"on": "2090-12-25", "kind": "off"}, "is too far ahead"),
    ({"kind": "off", "opens": "09:00"}, "You entered hours as well: choose “Paged in these hours only”"),
    ({"kind": "hours"}, "Enter from when they are paged on this date, or choose “Paged all day”."),
    ({"kind": "hours", "opens": "9:05"}, "09:05 is not on a quarter of an hour. Enter 09:00 or 09:15."),
]


def test_a_single_date_that_cannot_be_says_what_to_enter(ana: Client, cast: Cast, page: str) -> None:
    said(ana, page, typed((0, "09:00", "17:00")))
    day = f"{timezone.now().date() + timedelta(days=9)}"
    for sent, says in WRONG_DATES:
        shown = said(ana, f"{page}date/", {"on": day, "note": "Kept note", **sent})
        assert says in shown
        assert 'value="Kept note"' in shown
    with tenant_scope(cast.harbor.pk):
        assert ScheduleException.objects.count() == 0


def test_without_a_schedule_there_are_no_single_dates_but_time_off(ana: Client, cast: Cast, page: str) -> None:
    assert "Without a schedule every date is paged. Enter time off." in said(ana, f"{page}date/")
    first = timezone.now().astimezone(LOS_ANGELES).date() + timedelta(days=3)
    last = first + timedelta(days=2)
    shown = said(ana, f"{page}time-off/", {"first_day": f"{first}", "last_day": f"{last}", "note": "Sailing"})
    with tenant_scope(cast.harbor.pk):
        row = TimeOff.objects.get()
    assert row.starts_at == datetime.combine(first, time(), LOS_ANGELES).astimezone(UTC)
    assert row.ends_at == datetime.combine(last + timedelta(days=1), time(), LOS_ANGELES).astimezone(UTC)
    assert 'time off <span class="sch-soft">Sailing' in shown
    assert "Ana entered time off last" in shown
    shown = said(ana, f"{page}?on={last}&at=23:45")
    assert "Decided by time off until" in shown
    # To remove it is asked about, and done by POST alone.
    assert "It cannot be undone" in said(ana, f"{page}remove/?ref={row.public_id}")
    with tenant_scope(cast.harbor.pk):
        assert TimeOff.objects.count() == 1
    assert "Removed: " in said(ana, f"{page}remove/?ref={row.public_id}", {"yes": "1"})
    with tenant_scope(cast.harbor.pk):
        assert TimeOff.objects.count() == 0


def test_time_off_that_cannot_be_says_what_to_enter(ana: Client, cast: Cast, page: str) -> None:
    day = timezone.now().date() + timedelta(days=9)
    before = {"first_day": f"{day}", "last_day": f"{day - timedelta(days=1)}", "note": "Kept note"}
    shown = said(ana, f"{page}time-off/", before)
    assert "It is before the first day" in shown
    assert 'value="Kept note"' in shown
    hours = {"first_day": f"{day}", "starts": "12:00", "last_day": f"{day}", "ends": "11:00"}
    assert "It is not later than the beginning." in said(ana, f"{page}time-off/", hours)
    with tenant_scope(cast.harbor.pk):
        assert TimeOff.objects.count() == 0


def test_what_is_over_is_folded_away(ana: Client, cast: Cast, page: str) -> None:
    now = timezone.now()
    with tenant_scope(cast.harbor.pk):
        TimeOff.objects.create(
            tenant=cast.harbor,
            member=cast.ben,
            starts_at=now - timedelta(days=9),
            ends_at=now - timedelta(days=8),
            note="Long ago",
        )
        row = TimeOff.objects.get()
    shown = said(ana, page)
    assert "Long ago" in shown.split("<summary>Past (1)</summary>")[1]
    assert "Long ago" not in shown.split("<summary>Past (1)</summary>")[0]
    assert ana.get(f"{page}remove/?ref={row.public_id}").status_code == 404


def test_lines_of_a_list_cost_three_queries_however_many(cast: Cast, django_assert_num_queries: Any) -> None:
    with tenant_scope(cast.harbor.pk):
        many = Member.objects.bulk_create(Member(tenant=cast.harbor, name=f"M{place}") for place in range(9))
        Schedule.objects.bulk_create(Schedule(tenant=cast.harbor, member=one, weekly=NINE_TO_FIVE) for one in many)
        for some in (many[:1], many):
            with django_assert_num_queries(3):
                lines = schedule_lines(some, now=timezone.now())
            assert {line.week for line in lines.values()} == {"Mon-Fri 09:00-17:00"}

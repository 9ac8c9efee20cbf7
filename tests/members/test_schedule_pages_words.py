"""A schedule in one line, and its next seven days, over nights, changes of the clock and what goes before the week."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from members.schedule_pages.date_forms import instant
from members.schedule_pages.strip import strip
from members.schedule_pages.week_form import PRESETS, clock
from members.schedule_pages.words import answer, line, zone_words
from members.schedules.plan import Away, Exceptional, Plan
from members.schedules.week import Window

ZONE = ZoneInfo("America/Los_Angeles")
WEEKDAYS = Plan(PRESETS["weekdays"][1])
FRIDAY = datetime(2026, 11, 20, 12, 0, tzinfo=ZONE)
SATURDAY = datetime(2026, 11, 21, 12, 0, tzinfo=ZONE)


def test_a_line_says_the_week_its_zone_and_how_it_stands() -> None:
    week = "Mon-Fri 09:00-17:00, America/Los_Angeles"
    assert str(line(WEEKDAYS, zone=ZONE, now=FRIDAY)) == f"{week}; free now until Fri 17:00"
    assert str(line(WEEKDAYS, zone=ZONE, now=SATURDAY)) == f"{week}; next free Mon 09:00"
    away = Plan(WEEKDAYS.windows, (), (Away(FRIDAY, datetime(2027, 1, 4, 0, 0, tzinfo=ZONE)),))
    assert str(line(away, zone=ZONE, now=SATURDAY)) == f"{week}; time off; next free Mon 4 Jan 2027 09:00"
    assert str(line(Plan(), zone=ZONE, now=FRIDAY)) == "No schedule: always paged; free now"
    never = line(Plan(()), zone=ZONE, now=FRIDAY)
    assert (str(never), never.is_never) == ("Never paged, America/Los_Angeles; not free, with no end in sight", True)
    assert zone_words(ZONE, now=FRIDAY) == "America/Los_Angeles (UTC-8), where it is Fri 12:00 now"


def test_an_answer_names_what_decided() -> None:
    off = Plan(WEEKDAYS.windows, (Exceptional(FRIDAY.date(), False),))
    told = answer(off, zone=ZONE, at=FRIDAY)
    assert not told.is_free
    assert told.because == "Decided by a single date: on Fri 20 Nov 2026 not at all."
    assert told.next == "Free next from Mon 23 Nov 2026 09:00."
    assert answer(Plan(), zone=ZONE, at=FRIDAY).next == ""


def test_seven_days_with_nights_and_time_off() -> None:
    nights = Plan((Window(4, time(22), time(6)),), (), (Away(FRIDAY, FRIDAY.replace(hour=23)),))
    days = strip(nights, zone=ZONE, now=FRIDAY)
    assert [(day.on, day.says) for day in days[:3]] == [
        (date(2026, 11, 20), "23:00-24:00"),
        (date(2026, 11, 21), "00:00-06:00"),
        (date(2026, 11, 22), "not paged"),
    ]
    assert [day.now for day in days] == [720, *[None] * 6]
    assert {day.says for day in strip(Plan(), zone=ZONE, now=FRIDAY)} == {"all day"}


def test_seven_days_over_both_changes_of_the_clock() -> None:
    for sunday in (datetime(2027, 3, 14, 12, tzinfo=ZONE), datetime(2026, 11, 1, 12, tzinfo=ZONE)):
        days = strip(Plan(PRESETS["nights"][1]), zone=ZONE, now=sunday)
        assert [day.says for day in days] == ["00:00-08:00 and 20:00-24:00"] * 7
        assert {day.says for day in strip(Plan(PRESETS["always"][1]), zone=ZONE, now=sunday)} == {"all day"}


def test_what_clocks_show_twice_or_never() -> None:
    back, forward = date(2026, 11, 1), date(2027, 3, 14)
    assert instant(back, time(1, 30), zone=ZONE) == datetime(2026, 11, 1, 8, 30, tzinfo=UTC)
    assert instant(back, time(1, 30), zone=ZONE, is_end=True) == datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
    assert instant(forward, time(2, 30), zone=ZONE, is_end=True) == datetime(2027, 3, 14, 10, 30, tzinfo=UTC)


def test_times_as_people_write_them() -> None:
    good = {"9": 9, "09:00": 9, "0900": 9, "9.00": 9, "9 pm": 21, "9PM": 21, "12am": 0, "24:00": 0, "9:00 a.m.": 9}
    assert {text: clock(text) for text in good} == {text: time(hour) for text, hour in good.items()}
    assert [clock(text) for text in ("", "25", "9:60", "24:15", "13pm", "noon", "-1")] == [None] * 7

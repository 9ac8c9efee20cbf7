"""A week of windows in words, what is wrong with one, and that a stored one comes back as it went."""

from datetime import UTC, time

import pytest

from members.schedules.week import Window, as_json, defects, from_json, words

OFFICE = [Window(day, time(9), time(17)) for day in range(5)]
SATURDAY = [Window(5, time(14), time(16)), Window(5, time(10), time(12))]
NIGHTS = [Window(day, time(22), time(6)) for day in range(7)]


@pytest.mark.parametrize(
    ("windows", "said"),
    [
        (OFFICE, "Mon-Fri 09:00-17:00"),
        (OFFICE + SATURDAY, "Mon-Fri 09:00-17:00, Sat 10:00-12:00 and 14:00-16:00"),
        ([OFFICE[0], OFFICE[2]], "Mon 09:00-17:00, Wed 09:00-17:00"),
        (NIGHTS, "every day 22:00-06:00"),
        ([Window(6, time(), time())], "Sun all day"),
        ([Window(day, time(), time()) for day in range(7)], "day and night"),
        ([], "never"),
    ],
)
def test_a_week_is_said_as_people_say_it_and_comes_back_from_storage(windows: list[Window], said: str) -> None:
    assert words(windows) == said
    assert from_json(as_json(windows)) == tuple(sorted(windows))
    assert defects(windows) == []


@pytest.mark.parametrize(
    ("windows", "wrong"),
    [
        ([Window(0, time(9), time(12)), Window(0, time(11), time(13))], "Mon 09:00-12:00 and Mon 11:00-13:00 overlap."),
        ([Window(0, time(9), time(12)), Window(0, time(9), time(12))], "Mon 09:00-12:00 and Mon 09:00-12:00 overlap."),
        ([Window(6, time(22), time(6)), Window(0, time(5), time(7))], "Mon 05:00-07:00 and Sun 22:00-06:00 overlap."),
        ([Window(2, time(3), time(3)), Window(3, time(2), time(4))], "Wed 03:00-03:00 and Thu 02:00-04:00 overlap."),
        ([Window(7, time(9), time(12))], "There is no day 7."),
        ([Window(0, time(9, 0, 30), time(12))], "Mon 09:00-12:00: give whole minutes, such as 09:30."),
        ([Window(0, time(9, tzinfo=UTC), time(12))], "Mon 09:00-12:00: give whole minutes, such as 09:30."),
        ([Window(0, time(hour), time(hour, 30)) for hour in range(7)], "Mon has more than 6 windows."),
    ],
)
def test_what_is_wrong_with_a_week_is_named(windows: list[Window], wrong: str) -> None:
    assert defects(windows) == [wrong]


def test_windows_that_touch_do_not_overlap() -> None:
    nights = [Window(6, time(22), time(6)), Window(0, time(6), time(22)), Window(0, time(22), time(6))]
    assert defects(nights) == []


@pytest.mark.parametrize("stored", [[8, "09:00", "17:00"], [0, "nine", "17:00"], [0, "09:00"], None, "0", [0, 9, 17]])
def test_what_cannot_be_read_is_no_time_at_which_to_page_somebody(stored: object) -> None:
    assert from_json([stored, [0, "09:00", "17:00"]]) == (OFFICE[0],)  # type: ignore[list-item]

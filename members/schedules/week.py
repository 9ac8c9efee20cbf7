"""A week of windows: how it is stored, what is wrong with it, and how it is said in words.

A window is wall-clock time and belongs to the day on which it opens. Which instants lie inside is for reading.py.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import time
from itertools import groupby
from typing import Any

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
#: More windows in a day than anybody's rota has.
MOST_A_DAY = 6
_DAY, _WEEK = 24 * 60, 7 * 24 * 60


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """From `opens` on `day` (0 is Monday) until `closes`: on the next day if that is no later; the same is 24 hours."""

    day: int
    opens: time
    closes: time

    def __str__(self) -> str:
        return f"{_day(self.day)} {span(self.opens, self.closes)}"


def from_json(stored: Iterable[Sequence[Any]]) -> tuple[Window, ...]:
    """The windows that `as_json` wrote, in order; one that cannot be read is no time at which to page somebody."""
    return tuple(sorted(window for one in stored if (window := _window(one)) is not None))


def as_json(windows: Iterable[Window]) -> list[list[int | str]]:
    """As `Schedule.weekly` keeps them, in order."""
    return [[one.day, f"{one.opens:%H:%M}", f"{one.closes:%H:%M}"] for one in sorted(windows)]


def defects(windows: Sequence[Window]) -> list[str]:
    """What must be put right before the week is saved, a sentence each: no such day, odd times, too many, overlaps.

    Windows that touch are fine. Overlaps are named and not merged: one of the two is likely to be a slip.
    """
    wrong = [f"There is no day {one.day}." for one in windows if one.day not in range(7)]
    wrong += [f"{one}: give whole minutes, such as 09:30." for one in windows if not _is_whole(one)]
    known = sorted(one for one in windows if one.day in range(7))
    for day, ones in groupby(known, key=lambda one: one.day):
        if len(list(ones)) > MOST_A_DAY:
            wrong.append(f"{_day(day)} has more than {MOST_A_DAY} windows.")
    return wrong + _overlaps(known)


def words(windows: Iterable[Window]) -> str:
    """The week as people say it: “Mon-Fri 09:00-17:00, Sat 10:00-12:00 and 14:00-16:00”; “never” without a window."""
    spans = {day: [span(one.opens, one.closes) for one in ones] for day, ones in _by_day(windows)}
    if not spans:
        return "never"
    alike = [(list(days), said) for said, days in groupby(range(7), key=lambda day: _joined(spans.get(day, [])))]
    if len(alike) == 1:
        return "day and night" if alike[0][1] == "all day" else f"every day {alike[0][1]}"
    return ", ".join(f"{_days(days)} {said}" for days, said in alike if said)


def span(opens: time, closes: time) -> str:
    """The hours of one window: “09:00-17:00”; “all day” where it is midnight to midnight."""
    return "all day" if opens == closes == time() else f"{opens:%H:%M}-{closes:%H:%M}"


def minutes_of(window: Window) -> int:
    """How long the window is by the wall clock."""
    return (_minute(window.closes) - _minute(window.opens)) % _DAY or _DAY


def _window(one: Sequence[Any]) -> Window | None:
    try:
        day, opens, closes = one
        window = Window(int(day), time.fromisoformat(opens), time.fromisoformat(closes))
    except (TypeError, ValueError):
        return None
    return window if window.day in range(7) and _is_whole(window) else None


def _is_whole(window: Window) -> bool:
    return all(not (end.second or end.microsecond or end.tzinfo) for end in (window.opens, window.closes))


def _overlaps(windows: Sequence[Window]) -> list[str]:
    """Each pair that overlaps, in a week that goes round: Sunday's night reaches into Monday."""
    return [
        f"{one} and {other} overlap."
        for place, one in enumerate(windows)
        for other in windows[place + 1 :]
        if (_start(other) - _start(one)) % _WEEK < minutes_of(one)
        or (_start(one) - _start(other)) % _WEEK < minutes_of(other)
    ]


def _start(window: Window) -> int:
    return window.day * _DAY + _minute(window.opens)


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _by_day(windows: Iterable[Window]) -> Iterable[tuple[int, Iterable[Window]]]:
    return groupby(sorted(windows), key=lambda one: one.day)


def _day(day: int) -> str:
    return DAYS[day] if day in range(7) else f"day {day}"


def _days(days: Sequence[int]) -> str:
    first, last = DAYS[days[0]], DAYS[days[-1]]
    return first if len(days) == 1 else f"{first}-{last}"


def _joined(spans: Sequence[str]) -> str:
    return spans[0] if len(spans) == 1 else " and ".join([", ".join(spans[:-1]), spans[-1]]) if spans else ""

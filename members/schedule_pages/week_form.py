"""The hours of a week as the page posts them: from-to pairs, any number a day, read without losing what was typed.

The grid over these fields is drawn by schedule.js and posts nothing of its own.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import time
from itertools import zip_longest

from django.http import QueryDict

from members.schedules.week import DAYS, MOST_A_DAY, Window, defects, minutes_of

NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
STEP = 15
_CLOCK = re.compile(r"(\d{1,2})(?:[:.]?(\d{2}))?(?::00)? ?([ap])?\.?m?\.?", re.IGNORECASE)
_NOON = 12
_MIDNIGHT = 24
_HOUR = 60
#: A form with more pairs than this is not one of ours.
_MOST_READ = MOST_A_DAY * 2

#: Weeks to begin with, each under its name.
PRESETS: dict[str, tuple[str, tuple[Window, ...]]] = {
    "weekdays": ("Weekdays 9-17", tuple(Window(day, time(9), time(17)) for day in range(5))),
    "always": ("Day and night", tuple(Window(day, time(), time()) for day in range(7))),
    "nights": ("Nights 20-8", tuple(Window(day, time(20), time(8)) for day in range(7))),
}
MORE, COPY, CLEAR = "more", "copy", "clear"


@dataclass
class Pair:
    """One from-to pair as it was typed, and the window that it means where it can be read."""

    day: int
    place: int
    opens: str = ""
    closes: str = ""
    window: Window | None = None
    errors: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        return f"{self.day}-{self.place}"

    @property
    def is_blank(self) -> bool:
        return not (self.opens or self.closes)

    @property
    def ends(self) -> str:
        """When it ends, where that is another day or a whole one."""
        if self.window is None or self.window.closes > self.window.opens:
            return ""
        if self.window.opens == self.window.closes == time():
            return "the whole day"
        if self.window.closes == time():
            return "until midnight"
        return f"ends {DAYS[(self.day + 1) % 7]} {self.window.closes:%H:%M}"


@dataclass
class Day:
    """The pairs of one day of the week; there is always one to fill in."""

    day: int
    pairs: list[Pair]

    @property
    def name(self) -> str:
        return NAMES[self.day]


class WeekForm:
    """Seven days of pairs. `windows` is what they say; `errors` names each field with what to do about it."""

    def __init__(self, days: Sequence[Sequence[tuple[str, str]]]) -> None:
        self.days = [
            Day(at, [Pair(at, place, *typed) for place, typed in enumerate(ones)]) for at, ones in enumerate(days)
        ]
        for pair in self.pairs:
            _read(pair)
        self._judge()
        for day in self.days:
            if not day.pairs:
                day.pairs.append(Pair(day.day, 0))

    @classmethod
    def of(cls, windows: Iterable[Window]) -> "WeekForm":
        """The fields filled in with a week."""
        known = sorted(windows)
        return cls(
            [[(f"{one.opens:%H:%M}", f"{one.closes:%H:%M}") for one in known if one.day == day] for day in range(7)]
        )

    @classmethod
    def posted(cls, data: QueryDict, *, act: str = "") -> "WeekForm":
        """The fields as they were posted; `act` is what a button changes in them: a preset, copy, clear, one more."""
        days = [_typed(data, day) for day in range(7)]
        if act in PRESETS:
            return cls.of(PRESETS[act][1])
        if act == CLEAR:
            return cls.of(())
        if act == COPY:
            days[1:5] = [list(days[0]) for _ in range(4)]
        form = cls(days)
        if act.removeprefix(MORE).isdigit() and (at := int(act.removeprefix(MORE))) in range(7):
            day = form.days[at]
            day.pairs.append(Pair(at, len(day.pairs)))
        return form

    @property
    def pairs(self) -> list[Pair]:
        return [pair for day in self.days for pair in day.pairs]

    @property
    def windows(self) -> tuple[Window, ...]:
        return tuple(sorted(pair.window for pair in self.pairs if pair.window is not None))

    @property
    def errors(self) -> list[tuple[str, str]]:
        """What is wrong, each with the id of the field where it is put right."""
        return [(f"from-{pair.id}", says) for pair in self.pairs for says in pair.errors]

    def _judge(self) -> None:
        """Put what is wrong between windows at the later one of them."""
        for says in defects(self.windows):
            touched = [pair for pair in self.pairs if pair.window is not None and str(pair.window) in says]
            at = touched[-1] if touched else next(pair for pair in self.pairs if f"{DAYS[pair.day]} " in says)
            fix = " Change one of them, or make them one." if "overlap" in says else " Join or clear some."
            at.errors.append(f"{says}{fix}")


def length(windows: Iterable[Window]) -> int:
    """How many minutes of the week the windows take."""
    return sum(minutes_of(window) for window in windows)


def clock(text: str) -> time | None:
    """A time of day as people write it: 9, 9:30, 0930, 9 pm; 24:00 is midnight. None where it is none."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
    if half:
        if not 1 <= hour <= _NOON:
            return None
        hour = hour % _NOON + (_NOON if half == "p" else 0)
    if (hour, minute) == (_MIDNIGHT, 0):
        return time()
    return time(hour, minute) if hour < _MIDNIGHT and minute < _HOUR else None


def quarter_error(at: time) -> str:
    """What to write instead of a time between quarters of an hour; empty on a quarter."""
    over = at.minute % STEP
    if not over:
        return ""
    before = at.hour * _HOUR + at.minute - over
    return f"{at:%H:%M} is not on a quarter of an hour. Enter {_said(before)} or {_said(before + STEP)}."


def _typed(data: QueryDict, day: int) -> list[tuple[str, str]]:
    both = zip_longest(data.getlist(f"from{day}"), data.getlist(f"to{day}"), fillvalue="")
    typed = [(opens.strip()[:20], closes.strip()[:20]) for opens, closes in both]
    return [one for one in typed if any(one)][:_MOST_READ]


def _read(pair: Pair) -> None:
    """Find the window of a pair, or say at it what is missing."""
    name = NAMES[pair.day]
    if pair.is_blank:
        return
    ends: list[time] = []
    for text, which in ((pair.opens, "from"), (pair.closes, "to")):
        at = clock(text)
        if not text:
            pair.errors.append(f"{name}: “{which}” is empty. Enter a time such as 09:00, or clear both.")
        elif at is None:
            pair.errors.append(f"{name}, {which}: “{text}” is not a time. Enter it as 09:00 or 17:30.")
        elif wrong := quarter_error(at):
            pair.errors.append(f"{name}, {which}: {wrong}")
        else:
            ends.append(at)
    if not pair.errors:
        pair.window = Window(pair.day, *ends)
        pair.opens, pair.closes = (f"{at:%H:%M}" for at in ends)


def _said(minutes: int) -> str:
    return f"{minutes // _HOUR % _MIDNIGHT:02}:{minutes % _HOUR:02}"

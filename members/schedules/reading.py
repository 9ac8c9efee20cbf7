"""Whether a member may be paged at an instant, what decides it, and when that changes.

A window, and the hours of an exception, belong to the date on which they open: an exception replaces everything that
opens on its date, the part after midnight included, and nothing that opened the day before. Time off goes before both.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from imes.kernel.wall_clock import first_instant, shown
from members.schedules.plan import Away, Exceptional, Plan
from members.schedules.week import Window, span, words

Because = Literal["no_schedule", "window", "outside", "exception", "time_off"]

_DAY = timedelta(days=1)
#: How far ahead an end is looked for; what goes on for longer has no end in sight.
AHEAD = timedelta(days=15)
#: A week that has a window has one within this time, whatever the clocks skip.
_SOON = timedelta(days=15)


@dataclass(frozen=True, slots=True)
class Reading:
    """How a member stands at an instant.

    `local` is the wall clock of their zone, `window` the rule in words. `next_free_at` is None where they may be paged
    now, or at no time in sight; `until` is when what holds now ends, None where no end is in sight.
    """

    is_free: bool
    because: Because
    local: datetime
    window: str
    next_free_at: datetime | None
    until: datetime | None


def reading(plan: Plan, *, zone: ZoneInfo, at: datetime, with_end: bool = True) -> Reading:
    """How a member with this plan stands at `at`; never raises.

    :param with_end: look for the end of what is free too, which costs most of the time, and which dispatch never asks.
    """
    calendar = _Calendar(plan, zone)
    local = at.astimezone(zone)
    free = calendar.is_free(at)
    next_free_at = None if free else calendar.first(is_free=True, start=at)
    until = calendar.first(is_free=False, start=at) if free and with_end else next_free_at
    because = calendar.because(at, is_free=free)
    return Reading(free, because, local, calendar.rule(at, because=because), next_free_at, until)


def is_free(plan: Plan, *, zone: ZoneInfo, at: datetime) -> bool:
    """Whether a member with this plan may be paged at `at`."""
    return _Calendar(plan, zone).is_free(at)


class _Calendar:
    """A plan laid over dates in one zone."""

    def __init__(self, plan: Plan, zone: ZoneInfo) -> None:
        self.plan, self.zone = plan, zone
        self.week: dict[int, list[Window]] = defaultdict(list)
        for window in plan.windows or ():
            self.week[window.day].append(window)
        self.dates: dict[date, list[Exceptional]] = defaultdict(list)
        for one in plan.exceptions if plan.windows is not None else ():
            self.dates[one.on].append(one)

    def is_free(self, at: datetime) -> bool:
        if self.away(at) is not None:
            return False
        return self.plan.windows is None or self._is_inside(at)

    def away(self, at: datetime) -> Away | None:
        """The time off at that instant that lasts longest."""
        here = [one for one in self.plan.time_off if one.starts_at <= at < one.ends_at]
        return max(here, key=lambda one: one.ends_at, default=None)

    def because(self, at: datetime, *, is_free: bool) -> Because:
        if not is_free and self.away(at) is not None:
            return "time_off"
        if self.plan.windows is None:
            return "no_schedule"
        if is_free != self._is_inside(at, with_exceptions=False):
            return "exception"
        return "window" if is_free else "outside"

    def first(self, *, is_free: bool, start: datetime) -> datetime | None:
        """The first instant from `start` on at which the member may be paged, or may not."""
        while is_free and (away := self.away(start)) is not None:
            start = away.ends_at
        if self.plan.windows is None and (is_free or not self.plan.time_off):
            return start if is_free else None
        ends = [one.ends_at for one in self.plan.time_off]
        ends += [datetime.combine(on, time(), self.zone) + 2 * _DAY for on in self.dates]
        return first_instant(
            lambda at: self.is_free(at) is is_free,
            zones=(self.zone,),
            edges=self._edges,
            start=start,
            stop=max([start, *ends]) + _SOON if is_free else start + AHEAD,
            also=(edge for one in self.plan.time_off for edge in (one.starts_at, one.ends_at)),
        )

    def rule(self, at: datetime, *, because: Because) -> str:
        """What decides, in words."""
        away, on = self.away(at), shown(at, zone=self.zone).date()
        if because == "time_off" and away is not None:
            return f"time off until {away.ends_at.astimezone(self.zone):%a %d %b %Y %H:%M}"
        if because == "no_schedule":
            return "no schedule"
        decided = [one for one in (on, on - _DAY) if one in self.dates]
        if because == "exception" and decided:
            # The night before reaches into this date: whichever of the two dates has the exception that decided.
            on = next((one for one in decided if self._decides(one, at)), decided[0])
        if on in self.dates:
            spans = [_said(one) for one in self.dates[on] if one.is_free]
            only = " and ".join(spans) if all(one.is_free for one in self.dates[on]) else ""
            return f"on {on:%a %d %b %Y} {only or 'not at all'}"
        return words(self.plan.windows or ())

    def _decides(self, on: date, at: datetime) -> bool:
        local = shown(at, zone=self.zone)
        covered = {
            with_exceptions: any(begins <= local < ends for begins, ends in self._spans(on, with_exceptions))
            for with_exceptions in (True, False)
        }
        return covered[True] != covered[False]

    def _is_inside(self, at: datetime, *, with_exceptions: bool = True) -> bool:
        local = shown(at, zone=self.zone)
        today = local.date()
        return any(
            begins <= local < ends for on in (today, today - _DAY) for begins, ends in self._spans(on, with_exceptions)
        )

    def _edges(self, on: date) -> Iterator[datetime]:
        for opening in (on, on - _DAY):
            for edges in self._spans(opening, True):
                yield from (edge for edge in edges if edge.date() == on)

    def _spans(self, on: date, with_exceptions: bool) -> Iterator[tuple[datetime, datetime]]:
        """What opens on that date, from and until when, by the clock on the wall."""
        exceptions = self.dates.get(on) if with_exceptions else None
        if exceptions is None:
            for window in self.week.get(on.weekday(), ()):
                yield _span(on, window.opens, window.closes)
        elif all(one.is_free for one in exceptions):
            for one in exceptions:
                yield _span(on, one.opens or time(), one.closes or time())


def _span(on: date, opens: time, closes: time) -> tuple[datetime, datetime]:
    begins, ends = datetime.combine(on, opens), datetime.combine(on, closes)
    return begins, ends if ends > begins else ends + _DAY


def _said(one: Exceptional) -> str:
    return span(one.opens or time(), one.closes or time())


def overlap(one: Exceptional, other: Exceptional) -> bool:
    """Whether the hours of two exceptions of one date have an instant in common."""
    (begins, ends), (starts, stops) = (
        _span(each.on, each.opens or time(), each.closes or time()) for each in (one, other)
    )
    return begins < stops and starts < ends

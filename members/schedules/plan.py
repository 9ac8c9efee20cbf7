"""A member's schedule as plain values: the week, what holds on single dates, and time off."""

from dataclasses import dataclass
from datetime import date, datetime, time

from members.schedules.week import Window


@dataclass(frozen=True, slots=True)
class Exceptional:
    """What holds on one date in place of the windows that open on it; an end that is None is the end of the day."""

    on: date
    is_free: bool
    opens: time | None = None
    closes: time | None = None


@dataclass(frozen=True, slots=True)
class Away:
    """Time off, half-open."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that decides when a member may be paged. `windows` is None without a schedule: free at any hour."""

    windows: tuple[Window, ...] | None = None
    exceptions: tuple[Exceptional, ...] = ()
    time_off: tuple[Away, ...] = ()

"""The next seven days of a schedule as bars along the clock, and each in words for those who do not see them."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from members.schedules.plan import Plan
from members.schedules.reading import reading

DAYS = 7
_ALL = 24 * 60
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of a day in minutes by the wall clock."""

    start: int
    width: int

    def __str__(self) -> str:
        end = self.start + self.width
        return f"{self.start // 60:02}:{self.start % 60:02}-{end // 60:02}:{end % 60:02}"


@dataclass(frozen=True, slots=True)
class StripDay:
    """One date: when the member is free on it. `now` is the present minute on today's."""

    on: date
    bars: tuple[Bar, ...]
    now: int | None

    @property
    def says(self) -> str:
        if not self.bars:
            return "not paged"
        return "all day" if self.bars == (Bar(0, _ALL),) else " and ".join(str(bar) for bar in self.bars)


def strip(plan: Plan, *, zone: ZoneInfo, now: datetime) -> list[StripDay]:
    """Today and the six days after it, as the member's zone has them."""
    today = now.astimezone(zone).date()
    first, last = _midnight(today, zone), _midnight(today + DAYS * _DAY, zone)
    free = _free(plan, zone=zone, start=first, stop=last)
    days = []
    for on in (today + place * _DAY for place in range(DAYS)):
        begins, ends = _midnight(on, zone), _midnight(on + _DAY, zone)
        bars = [_bar(max(one, begins), min(two, ends), ends, zone) for one, two in free if one < ends and two > begins]
        minute = _minute(now, zone) if on == today else None
        days.append(StripDay(on, tuple(bar for bar in bars if bar.width > 0), minute))
    return days


def _free(plan: Plan, *, zone: ZoneInfo, start: datetime, stop: datetime) -> list[tuple[datetime, datetime]]:
    """When the member is free between two instants, going from one change to the next."""
    found = []
    at = start
    while at < stop:
        stands = reading(plan, zone=zone, at=at)
        until = min(stands.until or stop, stop)
        if stands.is_free:
            found.append((at, until))
        at = until
    return found


def _bar(begins: datetime, ends: datetime, midnight: datetime, zone: ZoneInfo) -> Bar:
    start = _minute(begins, zone)
    return Bar(start, (_ALL if ends >= midnight else _minute(ends, zone)) - start)


def _midnight(on: date, zone: ZoneInfo) -> datetime:
    # Instants are compared across changes of the clock, which datetimes of one zone are not.
    return datetime.combine(on, time(), zone).astimezone(_UTC)


def _minute(at: datetime, zone: ZoneInfo) -> int:
    local = at.astimezone(zone)
    return local.hour * 60 + local.minute


_UTC = ZoneInfo("UTC")

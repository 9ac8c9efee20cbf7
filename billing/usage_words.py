"""A month's use in words: how much of each limit is taken, what is left, and when it runs out at this pace."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from billing.queries.usage import MonthUse

Tone = Literal["success", "warning", "danger"]

#: From here on a limit is worth a look; the tenant's admins are told at the same part.
WORTH_A_LOOK = 80
REACHED = 100


@dataclass(frozen=True, slots=True)
class Meter:
    """One limit of one month. `by_the_end` is None as long as too little of the month has passed."""

    name: str
    used: int
    reserved: int
    limit: int | None
    topped_up: int
    by_the_end: int | None
    runs_out_on: date | None
    starts_on: date
    resets_on: date

    @property
    def taken(self) -> int:
        """Used and under way together: what the limit is compared with."""
        return self.used + self.reserved

    @property
    def left(self) -> int | None:
        return None if self.limit is None else max(0, self.limit - self.taken)

    @property
    def percent(self) -> int | None:
        """How much of the limit is taken; over 100 where the limit was lowered. None without a limit."""
        if self.limit is None:
            return None
        return self.taken * 100 // self.limit if self.limit else REACHED

    @property
    def used_width(self) -> int:
        """How much of a bar of 100 is used."""
        return min(100, self.used * 100 // self.limit) if self.limit else 100 * bool(self.used)

    @property
    def reserved_width(self) -> int:
        """How much of it is under way, beside what is used."""
        return min(100, self.percent or 0) - self.used_width

    @property
    def tone(self) -> Tone:
        percent = self.percent or 0
        return "danger" if percent >= REACHED else "warning" if percent >= WORTH_A_LOOK else "success"

    @property
    def is_tight(self) -> bool:
        """It is reached, nearly reached, or will be at this pace."""
        return self.tone != "success" or self.runs_out_on is not None

    @property
    def says(self) -> str:
        """How much is taken of how much."""
        return f"{self.taken:,} of {self.limit:,}" if self.limit is not None else f"{self.taken:,}, without limit"

    @property
    def pace(self) -> str:
        """What the month will come to, in one sentence."""
        if self.limit is not None and self.taken >= self.limit:
            return f"The limit is reached: the next go from {day_words(self.resets_on)} on, or after a top-up."
        if self.taken == 0:
            return "Nothing used yet this month."
        if self.by_the_end is None:
            return "The month is too young to say what it will come to."
        if self.limit is None:
            return f"At this pace {self.by_the_end:,} by the end of {self.starts_on:%B}."
        if self.runs_out_on is not None:
            about = day_words(self.runs_out_on)
            return f"At this pace {self.by_the_end:,} of {self.limit:,}: runs out about {about}."
        return f"At this pace {self.by_the_end:,} of {self.limit:,} by the end of {self.starts_on:%B}."


def meters_of(month: MonthUse, *, at: datetime) -> tuple[Meter, Meter, Meter]:
    """Notifications, SMS segments and calls of this month, in this order."""
    names = ("Notifications", "SMS segments", "Calls")
    notifications, segments, calls = (
        _meter(month, name=name, kind=kind, at=at)
        for name, kind in zip(names, ("notifications", "segments", "calls"), strict=True)
    )
    return notifications, segments, calls


def fullest(meters: tuple[Meter, ...]) -> Meter:
    """The one nearest to its limit, or the first where none has any."""
    return max(meters, key=lambda meter: meter.percent if meter.percent is not None else -1)


def day_words(day: date) -> str:
    """Such as 24 November; with the year only where somebody could take it for another one."""
    return f"{day.day} {day:%B}"


def _meter(month: MonthUse, *, name: str, kind: str, at: datetime) -> Meter:
    used, reserved = getattr(month.used, kind), getattr(month.reserved, kind)
    limit: int | None = getattr(month.limits, kind)
    by_the_end: int | None = getattr(month.projection, kind)
    over = limit is not None and by_the_end is not None and used + reserved < limit < by_the_end
    return Meter(
        name=name,
        used=used,
        reserved=reserved,
        limit=limit,
        topped_up=getattr(month.topped_up, kind),
        by_the_end=by_the_end,
        runs_out_on=_runs_out_on(month, taken=used + reserved, limit=limit or 0, at=at) if over else None,
        starts_on=month.starts_on,
        resets_on=month.resets_on,
    )


def _runs_out_on(month: MonthUse, *, taken: int, limit: int, at: datetime) -> date:
    """The day on which the limit is reached if the month goes on as it began."""
    begins = datetime.combine(month.starts_on, datetime.min.time())
    passed: timedelta = at.astimezone(ZoneInfo(month.zone)).replace(tzinfo=None) - begins
    return min((begins + passed * limit / taken).date(), month.resets_on - timedelta(days=1))

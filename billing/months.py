"""Which calendar month, and which day of it, an instant belongs to where a tenant is. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month of a zone: its first day, the first day of the next one, and the day that it is now."""

    starts_on: date
    resets_on: date
    today: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.resets_on - self.starts_on).days


def month_at(at: datetime, *, zone: str) -> Month:
    """The month and the day of `at` in this zone; one month ends where the next begins, on its first midnight."""
    return month_of_day(at.astimezone(ZoneInfo(zone)).date())


def month_of_day(day: date) -> Month:
    """The month of this day."""
    return Month(day.replace(day=1), next_month(day), day)


def next_month(day: date) -> date:
    """The first day of the month after that of `day`."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)

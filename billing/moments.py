"""How billing writes an instant for people: in the zone that is open, which is named."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format


def moment(at: datetime) -> str:
    """Such as 3 Dec 2026, 12:00 CET."""
    return date_format(timezone.localtime(at), "j M Y, H:i T")


def in_days(until: datetime, *, at: datetime) -> str:
    """How far off it is, by the calendar of the zone that is open: today, tomorrow, in 5 days."""
    days = (timezone.localtime(until).date() - timezone.localtime(at).date()).days
    return "today" if days <= 0 else "tomorrow" if days == 1 else f"in {days} days"

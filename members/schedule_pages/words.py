"""A schedule in words: in one line for lists, as an answer about one moment, and the zone in which it is told.

Times are those of the member's zone, whoever reads: a schedule means nothing in another.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from members.models import Member
from members.schedules.plan import Plan
from members.schedules.reading import AHEAD, Reading, reading
from members.schedules.week import words

_NEAR = timedelta(days=6)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Answer:
    """How a member stands at one moment, for people: when it is there, what follows, why, and what comes next."""

    is_free: bool
    local: str
    verdict: str
    because: str
    next: str


@dataclass(frozen=True, slots=True)
class Line:
    """A schedule in one line: the week and its zone, and how the member stands now."""

    week: str
    zone: str
    now: str
    is_free: bool
    is_never: bool

    def __str__(self) -> str:
        return f"{self.week}{f', {self.zone}' if self.zone else ''}; {self.now}"


def line(plan: Plan, *, zone: ZoneInfo, now: datetime) -> Line:
    """The schedule in one line, as of now."""
    stands = reading(plan, zone=zone, at=now)
    is_never = plan.windows == ()
    week = "No schedule: always paged" if plan.windows is None else _capital(words(plan.windows))
    if is_never:
        week = "Never paged by the week" if plan.exceptions else "Never paged"
    return Line(week, "" if plan.windows is None else zone.key, _now(stands, zone, now), stands.is_free, is_never)


def answer(plan: Plan, *, zone: ZoneInfo, at: datetime) -> Answer:
    """Whether the member would be paged at that moment, what decides it, and when that changes."""
    found = reading(plan, zone=zone, at=at)
    return Answer(
        is_free=found.is_free,
        local=f"{found.local:%A} {found.local.day} {found.local:%B %Y, %H:%M} in {zone.key} ({found.local:%Z})",
        verdict="Free: would be paged" if found.is_free else "Not free: would be skipped",
        because=_because(found),
        next=_next(found, zone, at),
    )


def zone_words(zone: ZoneInfo, *, now: datetime) -> str:
    """The zone by name, and what its clocks show now."""
    local = now.astimezone(zone)
    return f"{zone.key} ({_offset(local)}), where it is {local:%a %H:%M} now"


def zone_is_from(member: Member) -> str:
    """Whose setting the zone is."""
    return "their own" if member.time_zone else f"that of {member.tenant.name}"


def short(at: datetime, *, zone: ZoneInfo, now: datetime) -> str:
    """A moment as near as it is: the day of the week, with the date where that would not do, and the time."""
    local, today = at.astimezone(zone), now.astimezone(zone)
    if abs(at - now) < _NEAR:
        return f"{local:%a %H:%M}"
    return f"{dated(at, zone=zone)}" if local.year != today.year else f"{local:%a} {local.day} {local:%b %H:%M}"


def dated(at: datetime, *, zone: ZoneInfo) -> str:
    """A moment with its whole date: Fri 25 Dec 2026 09:00."""
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %Y %H:%M}"


def _now(stands: Reading, zone: ZoneInfo, now: datetime) -> str:
    if stands.is_free:
        ends = f" until {short(stands.until, zone=zone, now=now)}" if stands.until is not None else ""
        return f"free now{ends}"
    away = "time off; " if stands.because == "time_off" else ""
    if stands.next_free_at is None:
        return f"{away}not free, with no end in sight"
    return f"{away}next free {short(stands.next_free_at, zone=zone, now=now)}"


def _because(found: Reading) -> str:
    match found.because:
        case "no_schedule":
            return "There is no schedule: paged at any hour."
        case "time_off":
            return f"Decided by {found.window}."
        case "exception":
            return f"Decided by a single date: {found.window}."
        case "window":
            return f"Inside the hours: {found.window}."
        case "outside":
            return f"Outside the hours: {found.window}."


def _next(found: Reading, zone: ZoneInfo, at: datetime) -> str:
    if found.is_free:
        if found.because == "no_schedule" and found.until is None:
            return ""
        if found.until is None:
            return f"Free for the next {AHEAD.days} days at least."
        return f"Free until {dated(found.until, zone=zone)}."
    if found.next_free_at is None:
        return "Free at no time in sight: pages go to others, or to nobody."
    return f"Free next from {dated(found.next_free_at, zone=zone)}."


def _offset(local: datetime) -> str:
    minutes = int((local.utcoffset() or timedelta()).total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

"""The single dates and the times off of one member, as lines of one list: what is ahead, and what is over."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from members.models import Member, ScheduleException, TimeOff
from members.queries import zone_of
from members.schedule_pages.words import dated
from members.schedules.week import span

#: A page shows this many of those that are over.
MOST_PAST = 30
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the list: when, what holds then, why; `row` is what would be removed."""

    row: ScheduleException | TimeOff
    when: str
    says: str
    order: datetime
    is_past: bool

    @property
    def ref(self) -> str:
        return self.row.public_id

    @property
    def note(self) -> str:
        return self.row.note


def lines(member: Member, *, now: datetime) -> tuple[list[Line], list[Line]]:
    """What is ahead, soonest first; and what is over, newest first. Two queries; needs the tenant's scope."""
    found = [_exception(row, member, now=now) for row in ScheduleException.objects.filter(schedule__member=member)]
    found += [_time_off(row, member, now=now) for row in TimeOff.objects.filter(member=member)]
    found.sort(key=lambda line: line.order)
    past = [line for line in found if line.is_past]
    return [line for line in found if not line.is_past], past[::-1][:MOST_PAST]


def line_of(member: Member, *, ref: str, now: datetime) -> Line | None:
    """One line of this very member; anybody else's is None."""
    exceptions = ScheduleException.objects.filter(schedule__member=member, public_id=ref)
    exception = exceptions.select_related("schedule__member__tenant").first()
    if exception is not None:
        return _exception(exception, member, now=now)
    time_off = TimeOff.objects.filter(member=member, public_id=ref).select_related("member__tenant").first()
    return None if time_off is None else _time_off(time_off, member, now=now)


def day(on: date) -> str:
    """A date with its day of the week: Fri 25 Dec 2026."""
    return f"{on:%a} {on.day} {on:%b %Y}"


def _exception(row: ScheduleException, member: Member, *, now: datetime) -> Line:
    zone = zone_of(member)
    hours = span(row.opens or time(), row.closes or time())
    says = "not paged at all" if not row.is_free else f"paged {hours}{'' if hours == 'all day' else ' only'}"
    is_past = row.on < now.astimezone(zone).date()
    return Line(row, day(row.on), says, datetime.combine(row.on, time(), zone), is_past)


def _time_off(row: TimeOff, member: Member, *, now: datetime) -> Line:
    zone = zone_of(member)
    starts, ends = row.starts_at.astimezone(zone), row.ends_at.astimezone(zone)
    if starts.time() == ends.time() == time():
        last = (ends - _DAY).date()
        when = day(starts.date()) if last == starts.date() else f"{day(starts.date())} – {day(last)}"
    else:
        when = f"{dated(starts, zone=zone)} – {dated(ends, zone=zone)}"
    return Line(row, when, "time off", row.starts_at, row.ends_at <= now)

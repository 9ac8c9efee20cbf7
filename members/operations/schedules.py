"""Keeps when a member may be paged: their week, what holds on single dates, and time off.

Each needs the tenant's scope. A page that was skipped stays skipped: what is changed here counts from the next page on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from imes.kernel.wall_clock import shown
from members.models import Member, Schedule, ScheduleException, TimeOff
from members.schedule_queries import schedule_of, zone_of
from members.schedules.plan import Exceptional
from members.schedules.reading import overlap
from members.schedules.week import Window, as_json, defects, from_json, span, words
from tenants.audit import Act, record
from tenants.models import User

#: Further ahead nobody plans: such a date is a slip.
FARTHEST = timedelta(days=3 * 366)
MOST_NOTE = 80


@dataclass(frozen=True, slots=True)
class ScheduleRefused:
    """Nothing was written, and why, in whole sentences."""

    says: str


def set_week(member: Member, *, windows: Sequence[Window], actor: User, at: datetime) -> Schedule | ScheduleRefused:
    """Put these windows in place of the member's week; the first ones make the schedule. None at all means never."""
    wrong = defects(windows)
    if wrong:
        return ScheduleRefused(" ".join(wrong))
    before = schedule_of(member).windows
    schedule, _ = Schedule.objects.update_or_create(
        member=member, defaults={"tenant_id": member.tenant_id, "weekly": as_json(windows), "changed_at": at}
    )
    about = {"before": "no schedule" if before is None else words(before), "after": words(windows)}
    record(Act.SCHEDULE_CHANGED, tenant_id=member.tenant_id, actor=actor, subject=member, at=at, data=about)
    return schedule


def remove_schedule(member: Member, *, actor: User, at: datetime) -> bool:
    """Remove the week and its exceptions: the member is free at any hour but in time off. False: there was none."""
    schedule = Schedule.objects.select_for_update().filter(member=member).first()
    if schedule is None:
        return False
    about = {"before": words(from_json(schedule.weekly)), "exceptions": schedule.exceptions.count()}
    schedule.delete()
    record(Act.SCHEDULE_REMOVED, tenant_id=member.tenant_id, actor=actor, subject=member, at=at, data=about)
    return True


def add_exception(
    member: Member,
    *,
    on: date,
    is_free: bool,
    opens: time | None,
    closes: time | None,
    note: str,
    actor: User,
    at: datetime,
) -> ScheduleException | ScheduleRefused:
    """Have this hold on that date in place of the windows that open on it; several stretches are several exceptions."""
    schedule = Schedule.objects.select_for_update().filter(member=member).first()
    if schedule is None:
        return ScheduleRefused(
            f"{member.name} has no schedule, so every day is free. Set the week first, or enter time off."
        )
    wanted = Exceptional(on, is_free, opens, closes)
    wrong = _wrong_date(member, on, at=at) or _wrong_hours(wanted) or _clash(schedule, wanted)
    if wrong:
        return ScheduleRefused(wrong)
    row = ScheduleException.objects.create(
        tenant_id=member.tenant_id,
        schedule=schedule,
        on=on,
        is_free=is_free,
        opens=opens,
        closes=closes,
        note=note.strip()[:MOST_NOTE],
    )
    Schedule.objects.filter(pk=schedule.pk).update(changed_at=at)
    about = {"exception_added": _said(wanted)}
    record(Act.SCHEDULE_CHANGED, tenant_id=member.tenant_id, actor=actor, subject=member, at=at, data=about)
    return row


def remove_exception(exception: ScheduleException, *, actor: User, at: datetime) -> None:
    """Have the week hold again on the exception's date."""
    schedule = exception.schedule
    member = schedule.member
    about = {
        "exception_removed": _said(Exceptional(exception.on, exception.is_free, exception.opens, exception.closes))
    }
    exception.delete()
    Schedule.objects.filter(pk=schedule.pk).update(changed_at=at)
    record(Act.SCHEDULE_CHANGED, tenant_id=member.tenant_id, actor=actor, subject=member, at=at, data=about)


def add_time_off(
    member: Member, *, starts_at: datetime, ends_at: datetime, note: str, actor: User, at: datetime
) -> TimeOff | ScheduleRefused:
    """Page the member not at all from one instant to another, whatever their schedule says."""
    wrong = _wrong_stretch(starts_at, ends_at, at=at)
    if wrong:
        return ScheduleRefused(wrong)
    other = TimeOff.objects.filter(member=member, starts_at__lt=ends_at, ends_at__gt=starts_at).first()
    if other is not None:
        return ScheduleRefused(
            f"{member.name} has time off {_stretch(member, other.starts_at, other.ends_at)}, which overlaps. "
            "Remove that one first."
        )
    row = TimeOff.objects.create(
        tenant_id=member.tenant_id,
        member=member,
        starts_at=starts_at,
        ends_at=ends_at,
        note=note.strip()[:MOST_NOTE],
    )
    _audit_time_off(Act.TIME_OFF_ADDED, row, member=member, actor=actor, at=at)
    return row


def remove_time_off(time_off: TimeOff, *, actor: User, at: datetime) -> None:
    """Let the member's schedule decide again in that stretch."""
    _audit_time_off(Act.TIME_OFF_REMOVED, time_off, member=time_off.member, actor=actor, at=at)
    time_off.delete()


def _wrong_date(member: Member, on: date, *, at: datetime) -> str:
    today = shown(at, zone=zone_of(member)).date()
    if on < today:
        return f"{on:%d %b %Y} is over for {member.name}: there it is {today:%d %b %Y}."
    return f"{on:%d %b %Y} is too far ahead." if on > today + FARTHEST else ""


def _wrong_hours(wanted: Exceptional) -> str:
    if not wanted.is_free and (wanted.opens or wanted.closes):
        return "Not to be paged is for the whole day. To be paged for a part of it, say so and give its hours."
    ends = [one for one in (wanted.opens, wanted.closes) if one is not None]
    return "Give whole minutes, such as 09:30." if any(one.second or one.microsecond for one in ends) else ""


def _clash(schedule: Schedule, wanted: Exceptional) -> str:
    for row in schedule.exceptions.filter(on=wanted.on):
        other = Exceptional(row.on, row.is_free, row.opens, row.closes)
        if not (wanted.is_free and other.is_free) or overlap(wanted, other):
            return f"There is an exception already: {_said(other)}. Remove it first."
    return ""


def _wrong_stretch(starts_at: datetime, ends_at: datetime, *, at: datetime) -> str:
    if ends_at <= starts_at:
        return "Time off must end later than it begins."
    if ends_at <= at:
        return "This time off is over already."
    return "This time off ends too far ahead." if ends_at > at + FARTHEST else ""


def _said(one: Exceptional) -> str:
    hours = f"to be paged {span(one.opens or time(), one.closes or time())}" if one.is_free else "not to be paged"
    return f"{one.on:%a %d %b %Y}, {hours}"


def _stretch(member: Member, starts_at: datetime, ends_at: datetime) -> str:
    zone = zone_of(member)
    return f"from {starts_at.astimezone(zone):%a %d %b %Y %H:%M} to {ends_at.astimezone(zone):%a %d %b %Y %H:%M}"


def _audit_time_off(act: Act, row: TimeOff, *, member: Member, actor: User, at: datetime) -> None:
    about = {"from": row.starts_at.isoformat(), "until": row.ends_at.isoformat()}
    record(act, tenant_id=member.tenant_id, actor=actor, subject=member, at=at, data=about)

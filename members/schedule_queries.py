"""Members' schedules, their exceptions and their time off, as plans that members/schedules can read."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from imes.kernel.wall_clock import zone_named
from members.models import Member, Schedule, ScheduleException, TimeOff
from members.schedules.plan import Away, Exceptional, Plan
from members.schedules.week import from_json

# An exception of yesterday may reach into today, and yesterday is another date elsewhere.
_STILL_FELT = timedelta(days=3)


def zone_of(member: Member) -> ZoneInfo:
    """The zone in which the member's schedule is told: their own, else the tenant's."""
    return zone_named(member.time_zone or member.tenant.time_zone)


def schedule_of(member: Member, *, since: datetime | None = None) -> Plan:
    """When the member may be paged; a plan without windows says: at any hour. Needs the tenant's scope."""
    return schedules_of([member.pk], since=since)[member.pk]


def schedules_of(member_ids: Iterable[int], *, since: datetime | None = None) -> Mapping[int, Plan]:
    """The plan of every one of these members. At most three queries.

    :param since: what was over by then is left out.
    """
    wanted = set(member_ids)
    if not wanted:
        return {}
    schedules = {row.member_id: row for row in Schedule.objects.filter(member_id__in=wanted)}
    exceptions = _exceptions({row.pk for row in schedules.values()}, since=since)
    time_off = _time_off(wanted, since=since)
    return {
        member_id: Plan(
            windows=from_json(schedules[member_id].weekly) if member_id in schedules else None,
            exceptions=tuple(exceptions[schedules[member_id].pk]) if member_id in schedules else (),
            time_off=tuple(time_off[member_id]),
        )
        for member_id in wanted
    }


def _exceptions(schedule_ids: set[int], *, since: datetime | None) -> dict[int, list[Exceptional]]:
    found: dict[int, list[Exceptional]] = defaultdict(list)
    if not schedule_ids:
        return found
    rows = ScheduleException.objects.filter(schedule_id__in=schedule_ids).order_by("on", "opens", "id")
    if since is not None:
        rows = rows.filter(on__gte=(since - _STILL_FELT).date())
    for row in rows:
        found[row.schedule_id].append(Exceptional(row.on, row.is_free, row.opens, row.closes))
    return found


def _time_off(member_ids: set[int], *, since: datetime | None) -> dict[int, list[Away]]:
    found: dict[int, list[Away]] = defaultdict(list)
    rows = TimeOff.objects.filter(member_id__in=member_ids).order_by("starts_at", "id")
    if since is not None:
        rows = rows.filter(ends_at__gt=since)
    for row in rows:
        found[row.member_id].append(Away(row.starts_at, row.ends_at))
    return found

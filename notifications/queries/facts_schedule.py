"""Whether members may be paged at this hour by their own schedules, and which messaging hours hold for a message."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from functools import cache

from imes.kernel.phone import zones
from imes.kernel.wall_clock import zone_named
from members import queries as members
from members.schedules.plan import Plan
from members.schedules.reading import Reading, reading
from notifications.core.hours import Hours, Place, Rule, hours_fact, rule_for
from notifications.core.limit_facts import HoursFact, ScheduleFact
from notifications.core.states import Channel, Purpose
from notifications.models import Flow, Notification

#: A rule in words is cut at this length; the member's page shows all of it.
_MOST_WORDS = 200


def schedule_facts(rows: Sequence[Notification], *, now: datetime) -> Mapping[int, ScheduleFact]:
    """How each page's member stands by their own schedule, by the message's id; needs the platform's scope."""
    pages = [(row, row.member_id) for row in rows if row.purpose == Purpose.PAGE.value and row.member_id is not None]
    plans = members.schedules_of((member_id for _, member_id in pages), since=now)
    read = {member_id: _schedule_fact(row, plans[member_id], now=now) for row, member_id in pages}
    return {row.pk: read[member_id] for row, member_id in pages}


def hours_facts(rows: Sequence[Notification], *, now: datetime) -> Mapping[int, HoursFact]:
    """The rule about hours of each message and whether it is met, by the message's id."""
    facts = hours_of(rows, now=now)
    return {row.pk: fact for row, fact in zip(rows, facts, strict=True) if fact is not None}


def hours_of(rows: Sequence[Notification], *, now: datetime) -> list[HoursFact | None]:
    """As `hours_facts`, in the order of the rows, which may be unsaved; None where hours have no say.

    It costs no query: the rows carry their tenants, their members with their phones, and their flows.
    """
    judged = cache(lambda rule, place: hours_fact(rule, place=place, now=now))
    rules = [(row, _rule(row)) for row in rows]
    return [None if rule is None else judged(rule, _place(row)) for row, rule in rules]


def _schedule_fact(row: Notification, plan: Plan, *, now: datetime) -> ScheduleFact:
    member = row.member
    name = (member.time_zone if member else "") or row.tenant.time_zone
    zone = zone_named(name)
    seen = reading(plan, zone=zone, at=now, with_end=False)
    return ScheduleFact(
        is_free=seen.is_free,
        because=seen.because,
        zone=zone.key,
        local=f"{seen.local:%a %d %b %Y %H:%M}",
        window=_window(seen),
        next_free_at=seen.next_free_at,
    )


def _window(seen: Reading) -> str:
    """The rule that decided, as it stands on the row that it stops. It names nobody: the row does."""
    rule = seen.window if len(seen.window) <= _MOST_WORDS else f"{seen.window[:_MOST_WORDS]}…"
    if seen.because in ("time_off", "no_schedule"):
        return rule
    return "the schedule has no window" if rule == "never" else f"the schedule says {rule}"


def _rule(row: Notification) -> Rule | None:
    tenant, flow = row.tenant, row.alert.flow if row.alert else None
    return rule_for(
        Purpose(row.purpose),
        is_routine=flow is not None and flow.urgency == Flow.Urgency.ROUTINE,
        of_tenant=Hours(tenant.hours_open, tenant.hours_close),
        of_direct=_both(tenant.direct_hours_open, tenant.direct_hours_close),
        of_flow=_both(flow.hours_open, flow.hours_close) if flow else None,
    )


def _place(row: Notification) -> Place:
    """Where the recipient may be; an e-mail goes where the member's texts go."""
    own, number = (row.member.time_zone if row.member else ""), row.number
    if not own and row.channel == Channel.EMAIL.value and row.member is not None:
        phones = sorted(row.member.phones.all(), key=lambda phone: (not phone.is_sms_primary, phone.pk))
        number = phones[0].number if phones else ""
    return Place(own=own, of_number=() if own or not number else zones(number), of_tenant=row.tenant.time_zone)


def _both(opens: time | None, closes: time | None) -> Hours | None:
    return None if opens is None or closes is None else Hours(opens, closes)

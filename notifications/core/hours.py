"""Messaging hours: which rule holds for a message, where its phone may be, and when it may go.

Pure. A number range is a proxy for a place: with several zones, the hours must hold in every one of them. Pages of
urgent flows are exempt, and that is said too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from imes.kernel.wall_clock import first_instant, shown, zone_named
from notifications.core.limit_facts import HoursFact, HoursRule, ZoneFrom
from notifications.core.states import Purpose

#: Zones that share no hour within this time never do: the number says too little about where its phone is.
TOGETHER_WITHIN = timedelta(hours=48)
#: How soon a message is ruled again that no hour suits.
ASK_AGAIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """From `opens` until `closes` by the clock on the wall: over midnight if that is earlier, always if the same."""

    opens: time
    closes: time

    def __str__(self) -> str:
        return f"{self.opens:%H:%M}-{self.closes:%H:%M}" if self.opens != self.closes else "day and night"

    def hold(self, at: datetime, *, zone: ZoneInfo) -> bool:
        clock = shown(at, zone=zone).time()
        if self.opens < self.closes:
            return self.opens <= clock < self.closes
        return self.opens == self.closes or clock >= self.opens or clock < self.closes


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule that holds for a message, and its hours."""

    name: HoursRule
    hours: Hours


@dataclass(frozen=True, slots=True)
class Place:
    """Where a recipient may be: the zone they set; else every zone of their number's range; else the tenant's."""

    own: str
    of_number: tuple[str, ...]
    of_tenant: str

    @property
    def zones(self) -> tuple[str, ...]:
        return (self.own,) if self.own else self.of_number or (self.of_tenant,)

    @property
    def zone_from(self) -> ZoneFrom:
        return "member" if self.own else "number" if self.of_number else "tenant"


def rule_for(
    purpose: Purpose, *, is_routine: bool, of_tenant: Hours, of_direct: Hours | None, of_flow: Hours | None
) -> Rule | None:
    """The rule about hours for a message of this purpose; None where hours have no say, as for codes and answers."""
    if purpose is Purpose.DIRECT_MESSAGE:
        return Rule("direct_messages", of_direct) if of_direct else Rule("tenant", of_tenant)
    if purpose is not Purpose.PAGE:
        return None
    if not is_routine:
        return Rule("urgent_exempt", of_tenant)
    return Rule("flow", of_flow) if of_flow else Rule("tenant", of_tenant)


def hours_fact(rule: Rule, *, place: Place, now: datetime) -> HoursFact:
    """Whether the rule is met at `now` wherever the recipient may be, and otherwise when it will be.

    Where the hours never hold in all zones of a number range at once, as for toll-free numbers, the tenant's zone
    decides if it is one of them; if it is not, no hour is known to be right: it waits for a zone to be entered.
    """
    names, zone_from = place.zones, place.zone_from
    if rule.name == "urgent_exempt":
        return _fact(rule, names, zone_from, is_open=True, opens_at=None, now=now)
    opens_at = _opens_at(rule.hours, names, now=now)
    if opens_at is None:
        if _is_one_of(place.of_tenant, names, now=now):
            names, zone_from = (place.of_tenant,), "tenant"
            opens_at = _opens_at(rule.hours, names, now=now)
        else:
            zone_from = "nowhere"
    is_open = opens_at is not None and opens_at <= now
    later = None if is_open else opens_at or now + ASK_AGAIN
    return _fact(rule, names, zone_from, is_open=is_open, opens_at=later, now=now)


def _opens_at(hours: Hours, names: tuple[str, ...], *, now: datetime) -> datetime | None:
    zones = [zone_named(name) for name in names]
    return first_instant(
        lambda at: all(hours.hold(at, zone=zone) for zone in zones),
        zones=zones,
        edges=partial(_edges, hours),
        start=now,
        stop=now + TOGETHER_WITHIN,
    )


def _edges(hours: Hours, on: date) -> Iterator[datetime]:
    yield datetime.combine(on, hours.opens)
    yield datetime.combine(on, hours.closes)


def _is_one_of(name: str, names: tuple[str, ...], *, now: datetime) -> bool:
    """Whether clocks in the zone show what those in one of the zones show; a zone has several names."""
    there = shown(now, zone=zone_named(name))
    return any(shown(now, zone=zone_named(other)) == there for other in names)


def _fact(
    rule: Rule,
    names: tuple[str, ...],
    zone_from: ZoneFrom,
    *,
    is_open: bool,
    opens_at: datetime | None,
    now: datetime,
) -> HoursFact:
    zones = [(name, zone_named(name)) for name in names]
    # Those in which it is shut come first: they are what people ask about.
    zones.sort(key=lambda one: rule.hours.hold(now, zone=one[1]))
    return HoursFact(
        rule=rule.name,
        is_open=is_open,
        hours=str(rule.hours),
        zones=tuple(name for name, _ in zones),
        local=tuple(f"{shown(now, zone=zone):%a %d %b %H:%M}" for _, zone in zones),
        opens_at=opens_at,
        zone_from=zone_from,
    )

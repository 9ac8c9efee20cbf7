"""The gates about how much and when: quota, allowance, the member's schedule, messaging hours.

Pure like the others (gates.py). Each says its exact figures, which are kept on the row that it stops.
"""

from collections.abc import Sequence
from datetime import date, datetime

from notifications.core.gate_facts import GateFacts
from notifications.core.gate_reading import GateReading, Opening
from notifications.core.limit_facts import AllowanceFact, HoursFact, QuotaFact
from notifications.core.reasons import Reason
from notifications.core.states import Channel, NotificationStatus, Purpose

#: Of a number that may be anywhere in a country, this many zones are named.
MOST_ZONES = 5


def quota(facts: GateFacts, _now: datetime) -> GateReading:
    """The month's limits have room for this message; asked for what counts and was not charged yet (reading 11)."""
    month = facts.quota
    if month is None:
        return GateReading("quota", Opening.NOT_APPLICABLE)
    for reason, limit, taken, need, what in _limits(month, facts.channel):
        if limit is not None and taken + need > limit:
            says = (
                f"The monthly limit of {limit:,} {what} is reached: {taken:,} are used, and this message needs {need}. "
                f"It starts anew on {day_in_words(month.resets_on)}."
            )
            return GateReading("quota", Opening.BLOCK, reason, closes_as=NotificationStatus.QUOTA_EXCEEDED, says=says)
    return GateReading("quota", Opening.OPEN)


def _limits(month: QuotaFact, channel: Channel) -> tuple[tuple[Reason, int | None, int, int, str], ...]:
    headline = (Reason.QUOTA_REACHED, month.notifications_limit, month.notifications_taken, 1, "notifications")
    if channel is Channel.VOICE:
        return headline, (Reason.CALLS_REACHED, month.calls_limit, month.calls_taken, 1, "calls")
    segments = (Reason.SEGMENTS_REACHED, month.segments_limit, month.segments_taken, month.segments, "SMS segments")
    return headline, segments


def allowance(facts: GateFacts, _now: datetime) -> GateReading:
    """Who sends by hand has an allowance left today; blank and 0 mean that they cannot send (reading 6)."""
    own = facts.allowance
    if own is None:
        return GateReading("allowance", Opening.NOT_APPLICABLE)
    reason = _allowance_reason(own)
    if reason is None:
        return GateReading("allowance", Opening.OPEN)
    says = {
        Reason.LIMITS_MISSING: "The tenant's plan does not have SMS Limits, so nobody can send by hand.",
        Reason.ALLOWANCE_BLANK: f"The daily allowance of {own.who} is blank, which means that they cannot send.",
        Reason.ALLOWANCE_ZERO: f"The daily allowance of {own.who} is 0, which means that they cannot send.",
        Reason.ALLOWANCE_USED: f"{own.who} has used up the daily allowance: {own.used} of {own.daily} sent today.",
    }[reason]
    return GateReading("allowance", Opening.BLOCK, reason, closes_as=NotificationStatus.SKIPPED, says=says)


def _allowance_reason(own: AllowanceFact) -> Reason | None:
    if not own.module:
        return Reason.LIMITS_MISSING
    if own.kind == "unlimited":
        return None
    if own.kind == "blank" or own.daily is None:
        return Reason.ALLOWANCE_BLANK
    if own.daily == 0:
        return Reason.ALLOWANCE_ZERO
    return Reason.ALLOWANCE_USED if own.used >= own.daily else None


_NOT_FREE = {"time_off": Reason.TIME_OFF, "exception": Reason.SCHEDULE_EXCEPTION}


def schedule(facts: GateFacts, _now: datetime) -> GateReading:
    """The member may be paged at this hour by their own schedule; outside it the next in order is tried (reading 4)."""
    own = facts.schedule
    if own is None or facts.purpose is not Purpose.PAGE:
        return GateReading("schedule", Opening.NOT_APPLICABLE)
    if own.is_free:
        return GateReading("schedule", Opening.OPEN)
    says = f"Not to be paged at this hour: {own.window}. It was {own.local} in {own.zone}."
    reason = _NOT_FREE.get(own.because, Reason.OUTSIDE_SCHEDULE)
    return GateReading("schedule", Opening.BLOCK, reason, closes_as=NotificationStatus.SKIPPED, says=says)


def hours(facts: GateFacts, _now: datetime) -> GateReading:
    """Direct messages and routine flows wait for messaging hours where the phone is; urgent pages do not."""
    rule = facts.hours
    if rule is None:
        return GateReading("hours", Opening.NOT_APPLICABLE)
    if rule.is_open:
        return GateReading("hours", Opening.OPEN)
    whose = {"flow": "this flow", "direct_messages": "direct messages"}.get(rule.rule, "the tenant")
    says = f"The hours of {whose} are {rule.hours}; it was {told_in(rule)}."
    if rule.zone_from == "nowhere":
        says = f"{says} These hours never hold there all at once: enter the member's own time zone."
    return GateReading("hours", Opening.HOLD, Reason.OUTSIDE_HOURS, until=rule.opens_at, says=says)


def told_in(rule: HoursFact) -> str:
    """What the clocks showed where the phone may be: a few zones by name, those in which it was shut first."""
    places: dict[str, list[str]] = {}
    for local, zone in list(zip(rule.local, rule.zones, strict=False))[:MOST_ZONES]:
        places.setdefault(local, []).append(zone)
    said = [f"{local} in {_and(zones)}" for local, zones in places.items()]
    more = len(rule.zones) - MOST_ZONES
    return _and([*said, f"so on in {more} more zones"] if more > 0 else said)


def _and(words: Sequence[str]) -> str:
    return " and ".join(part for part in (", ".join(words[:-1]), "".join(words[-1:])) if part)


def day_in_words(text: str) -> str:
    """A stored date as people read it; what is no date is shown as it stands."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text or "the next month"
    return f"{day.day} {day:%B %Y}"

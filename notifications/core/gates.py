"""May this message go now, must it wait, or is it blocked for good; and for which reason.

Every gate is asked, in the order in which people look for causes, and the first one that is shut gives the reason.
Pure: dispatch asks it when a message is claimed, diagnosis asks it again for now. There is no emergency exemption.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from notifications.core.gate_facts import GateFacts, StandingFact
from notifications.core.gate_reading import GateReading, Opening
from notifications.core.limit_gates import allowance, hours, quota, schedule
from notifications.core.reasons import Reason
from notifications.core.route_gate import route
from notifications.core.states import Channel, NotificationStatus, Purpose
from notifications.core.throttle_gates import phone_pace, sender_pace

__all__ = ["GATES", "GateFacts", "GateReading", "Opening", "Ruling", "StandingFact", "Verdict", "ruling"]

# How long a message waits for a sender before it is ruled again.
SENDER_WAIT = timedelta(seconds=60)
# How soon a page is ruled again that waits for the opt-in confirmation before it; that one ends by itself.
CONFIRMATION_WAIT = timedelta(seconds=2)
# How soon something that is no page is ruled again while a doubtful reply waits for a person.
REVIEW_WAIT = timedelta(minutes=15)


class Verdict(StrEnum):
    """What all gates together decide."""

    GO = "go"
    HOLD = "hold"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Ruling:
    """The decision and why: `closes_as` is the status of a blocked row, `until` when a held one is ruled again."""

    verdict: Verdict
    reason: Reason | None
    until: datetime | None
    closes_as: NotificationStatus | None
    gates: tuple[GateReading, ...]
    says: str = ""
    """Why, with the exact figures; empty where it goes."""

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values, for the row or attempt that the ruling decided."""
        return {
            "verdict": self.verdict.value,
            "reason": self.reason and self.reason.value,
            "until": self.until and self.until.isoformat(),
            "closes_as": self.closes_as and self.closes_as.value,
            "says": self.says,
            "gates": [
                {
                    "gate": reading.gate,
                    "opening": reading.opening.value,
                    "reason": reading.reason and reading.reason.value,
                }
                for reading in self.gates
            ],
        }


def ruling(facts: GateFacts, *, now: datetime) -> Ruling:
    """Go, hold or block, with the reading of every gate; never raises."""
    readings = tuple(gate(facts, now) for gate in GATES)
    for opening, verdict in ((Opening.BLOCK, Verdict.BLOCK), (Opening.HOLD, Verdict.HOLD)):
        for reading in readings:
            if reading.opening is opening:
                says = reading.says or (reading.reason.says if reading.reason else "")
                return Ruling(verdict, reading.reason, reading.until, reading.closes_as, readings, says)
    return Ruling(Verdict.GO, None, None, None, readings)


def _on_phone(facts: GateFacts) -> bool:
    return facts.channel in (Channel.SMS, Channel.VOICE)


def _answers_them(facts: GateFacts) -> bool:
    """The one answer to STOP, START, HELP or an acknowledgement: they wrote first."""
    return facts.purpose is Purpose.KEYWORD_REPLY and facts.answers_inbound


def _asked_for(facts: GateFacts) -> bool:
    """The code that a person asks for on the very form on which they consent."""
    return facts.purpose is Purpose.VERIFICATION_CODE and facts.verification_on_consent_form


def _block(gate: str, reason: Reason, closes_as: NotificationStatus = NotificationStatus.SKIPPED) -> GateReading:
    return GateReading(gate, Opening.BLOCK, reason, closes_as=closes_as)


def acknowledged(facts: GateFacts, _now: datetime) -> GateReading:
    """A page is not needed once a sibling was acknowledged, or its alert was resolved."""
    if facts.purpose is not Purpose.PAGE:
        return GateReading("acknowledged", Opening.NOT_APPLICABLE)
    if facts.alert_acknowledged_at is not None:
        return _block("acknowledged", Reason.ACKNOWLEDGED_ELSEWHERE, NotificationStatus.CANCELLED)
    if facts.alert_resolved_at is not None:
        return _block("acknowledged", Reason.RESOLVED, NotificationStatus.CANCELLED)
    return GateReading("acknowledged", Opening.OPEN)


def validity(facts: GateFacts, now: datetime) -> GateReading:
    """Nothing goes at or after its end of validity."""
    if facts.expires_at is None:
        return GateReading("validity", Opening.NOT_APPLICABLE)
    if facts.expires_at <= now:
        return _block("validity", Reason.EXPIRED, NotificationStatus.EXPIRED)
    return GateReading("validity", Opening.OPEN)


def flow(facts: GateFacts, _now: datetime) -> GateReading:
    """A page of a flow that was disabled since is not needed."""
    if facts.purpose is not Purpose.PAGE or facts.flow_enabled is None:
        return GateReading("flow", Opening.NOT_APPLICABLE)
    if not facts.flow_enabled:
        return _block("flow", Reason.FLOW_DISABLED, NotificationStatus.CANCELLED)
    return GateReading("flow", Opening.OPEN)


def number(facts: GateFacts, _now: datetime) -> GateReading:
    """There is a number, written so that it can be paged; or an address, where it goes by e-mail."""
    if facts.channel is Channel.EMAIL:
        return GateReading("number", Opening.OPEN) if facts.address else _block("number", Reason.ADDRESS_MISSING)
    if not facts.number:
        return _block("number", Reason.NUMBER_MISSING)
    if facts.number_defects:
        return _block("number", Reason.NUMBER_DEFECT)
    return GateReading("number", Opening.OPEN)


def member(facts: GateFacts, _now: datetime) -> GateReading:
    """Only active members are paged; who answers a form or has texted us need not be one yet."""
    if _answers_them(facts) or _asked_for(facts):
        return GateReading("member", Opening.NOT_APPLICABLE)
    return GateReading("member", Opening.OPEN) if facts.member_active else _block("member", Reason.MEMBER_INACTIVE)


_SWITCHED_OFF = {
    "off": Reason.SMS_OFF,
    "never_on": Reason.SMS_NEVER_ON,
    "number_changed": Reason.SMS_NUMBER_CHANGED,
    "seat_changed": Reason.SMS_SEAT_CHANGED,
    "no_seat": Reason.SMS_NO_SEAT,
}


def enabled(facts: GateFacts, _now: datetime) -> GateReading:
    """The administrators' own switch is on for this number and seat; it is asked for SMS alone."""
    if facts.channel is not Channel.SMS or _answers_them(facts) or _asked_for(facts):
        return GateReading("enabled", Opening.NOT_APPLICABLE)
    reason = _SWITCHED_OFF.get(facts.sms_switch)
    return GateReading("enabled", Opening.OPEN) if reason is None else _block("enabled", reason)


def suppression(facts: GateFacts, _now: datetime) -> GateReading:
    """A platform-wide opt-out binds, unless this member agreed anew, in this tenant, strictly after it.

    It is asked before the tenant's own consent: where both are shut, the wider fact has the other way back.
    """
    if not _on_phone(facts) or _answers_them(facts):
        return GateReading("suppression", Opening.NOT_APPLICABLE)
    since = facts.suppressed_since
    if since is None:
        return GateReading("suppression", Opening.OPEN)
    # A code never goes to a suppressed number: such a number is proved by a text from it.
    agreed_anew = (
        facts.purpose is not Purpose.VERIFICATION_CODE
        and facts.standing.state == "opted_in"
        and facts.standing.since is not None
        and facts.standing.since > since
    )
    return GateReading("suppression", Opening.OPEN) if agreed_anew else _block("suppression", Reason.SUPPRESSED)


_WITHOUT_CONSENT = {
    "opted_out": Reason.OPTED_OUT,
    "declined": Reason.DECLINED,
    "stale": Reason.STALE,
    "pending": Reason.NOT_PROVED,
}


def consent(facts: GateFacts, _now: datetime) -> GateReading:
    """Only a standing consent lets a message go; the exceptions are an answer to them and a code they ask for."""
    if not _on_phone(facts) or _answers_them(facts) or _asked_for(facts):
        return GateReading("consent", Opening.NOT_APPLICABLE)
    if facts.standing.state == "opted_in":
        return GateReading("consent", Opening.OPEN)
    return _block("consent", _WITHOUT_CONSENT.get(facts.standing.state, Reason.NEVER_CONSENTED))


def provider_block(facts: GateFacts, _now: datetime) -> GateReading:
    """The provider does not block the sender for this number; a voice call knows no such list."""
    if facts.channel is not Channel.SMS or _answers_them(facts):
        return GateReading("provider_block", Opening.NOT_APPLICABLE)
    if facts.block_scope is not None:
        return _block("provider_block", Reason.PROVIDER_BLOCK)
    return GateReading("provider_block", Opening.OPEN)


def review(facts: GateFacts, now: datetime) -> GateReading:
    """What is not a page waits while a text that may be an opt-out waits for a person."""
    if facts.purpose not in (Purpose.DIRECT_MESSAGE, Purpose.TEST):
        return GateReading("review", Opening.NOT_APPLICABLE)
    if facts.review_open:
        return GateReading("review", Opening.HOLD, Reason.REVIEW_OPEN, until=now + REVIEW_WAIT)
    return GateReading("review", Opening.OPEN)


def confirmation(facts: GateFacts, now: datetime) -> GateReading:
    """The one opt-in confirmation goes before any other text. Source: CTIA Messaging Principles 5.1.2."""
    if facts.channel is not Channel.SMS or facts.purpose not in (Purpose.PAGE, Purpose.DIRECT_MESSAGE, Purpose.TEST):
        return GateReading("confirmation", Opening.NOT_APPLICABLE)
    if facts.confirmation_waits:
        return GateReading("confirmation", Opening.HOLD, Reason.CONFIRMATION_FIRST, until=now + CONFIRMATION_WAIT)
    return GateReading("confirmation", Opening.OPEN)


def line(facts: GateFacts, _now: datetime) -> GateReading:
    """The number can take this channel; what an admin or a fault proved of it outweighs its type."""
    if not _on_phone(facts) or _answers_them(facts):
        return GateReading("line", Opening.NOT_APPLICABLE)
    if facts.capability == "yes":
        return GateReading("line", Opening.OPEN)
    if facts.channel is Channel.SMS and facts.line_type == "landline":
        return _block("line", Reason.LANDLINE)
    if facts.capability == "no":
        return _block("line", Reason.INCAPABLE)
    return GateReading("line", Opening.OPEN)


_TENANT_REASONS = {
    "past_due": Reason.PAST_DUE,
    "suspended": Reason.SUSPENDED,
    "cancelled": Reason.CANCELLED,
}


def tenant(facts: GateFacts, now: datetime) -> GateReading:
    """The tenant may send; a trial or a grace that has ended is past due. Answers to them go in any case."""
    if _answers_them(facts):
        return GateReading("tenant", Opening.NOT_APPLICABLE)
    until = facts.tenant_standing_until
    ended = facts.tenant_standing in ("trial", "payment_due") and until is not None and until <= now
    reason = Reason.PAST_DUE if ended else _TENANT_REASONS.get(facts.tenant_standing)
    return GateReading("tenant", Opening.OPEN) if reason is None else _block("tenant", reason)


def sender(facts: GateFacts, now: datetime) -> GateReading:
    """There is something to send from: a sender for another channel never helps, a missing one may come."""
    if not _on_phone(facts):
        return GateReading("sender", Opening.NOT_APPLICABLE)
    if not facts.sender_available:
        return GateReading("sender", Opening.HOLD, Reason.NO_SENDER, until=now + SENDER_WAIT)
    if facts.channel.value not in facts.sender_channels:
        return _block("sender", Reason.SENDER_LACKS_CHANNEL)
    return GateReading("sender", Opening.OPEN)


Gate = Callable[[GateFacts, datetime], GateReading]

# The order of the diagnosis: the row, the number, the switch, the person's word, the line, the tenant, how much, when,
# how often, the sender and its provider.
GATES: tuple[Gate, ...] = (
    acknowledged,
    validity,
    flow,
    number,
    member,
    enabled,
    suppression,
    consent,
    provider_block,
    review,
    confirmation,
    line,
    tenant,
    quota,
    allowance,
    schedule,
    hours,
    phone_pace,
    sender,
    route,
    sender_pace,
)

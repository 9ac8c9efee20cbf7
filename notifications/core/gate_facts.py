"""Everything that a ruling may know of one message, frozen at one instant and storable as JSON.

Holds no clock and no rule. What is not in here cannot decide, so a stored copy explains a ruling for good.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from notifications.core.limit_facts import AllowanceFact, HoursFact, PaceFact, QuotaFact, ScheduleFact
from notifications.core.routing import CandidateFact, PassedOver, RouteFact
from notifications.core.states import Channel, Purpose

StandingWord = Literal["none", "pending", "opted_in", "opted_out", "declined", "stale"]
SwitchWord = Literal["on", "off", "never_on", "number_changed", "seat_changed", "no_seat"]
LineType = Literal["mobile", "landline", "voip", "toll_free", "unknown"]
Capability = Literal["yes", "no", "unknown"]
TenantStanding = Literal["trial", "active", "payment_due", "past_due", "suspended", "cancelled"]


@dataclass(frozen=True, slots=True)
class StandingFact:
    """What the consent ledger said of the member's number on the channel, and the event it rests on."""

    state: StandingWord
    since: datetime | None
    event_ref: str | None
    source: str | None


@dataclass(frozen=True, slots=True)
class GateFacts:
    """The facts of one message; what is not known is None, "unknown" or empty, and never guessed.

    `capability` is that of the number for this channel. `answers_inbound`: this is the one answer to a text of theirs.
    `sms_switch` is the administrators' own switch, `block_scope` the number or service that the provider blocks for it.
    `address` is where an e-mail goes.
    `confirmation_waits`: the opt-in confirmation of this number has not gone yet. `review_open`: a text from
    this number that may be an opt-out was not looked at yet. `route` is None where no sender fits; then, and
    where no route is usable, `sender_ref` and `provider` are those of the first in line, if there is one.
    `phone_pace` is how often the number was tried of late for this tenant, `sender_pace` how often that sender was
    used; None where there is no limit. A page that carries others is needed as long as one of their alerts is: what
    is said of its alert is then said of that one.
    """

    purpose: Purpose
    channel: Channel
    number: str | None
    number_defects: tuple[str, ...]
    number_source: str
    member_id: int | None
    member_active: bool
    standing: StandingFact
    suppressed_since: datetime | None
    suppression_source: str | None
    sms_switch: SwitchWord
    sms_switch_at: datetime | None
    block_scope: str | None
    block_since: datetime | None
    review_open: bool
    confirmation_waits: bool
    line_type: LineType
    capability: Capability
    tenant_standing: TenantStanding
    tenant_standing_until: datetime | None
    flow_enabled: bool | None
    alert_acknowledged_at: datetime | None
    acknowledged_by: str | None
    expires_at: datetime | None
    answers_inbound: bool
    sender_available: bool
    sender_ref: str | None
    sender_channels: tuple[str, ...]
    provider: str | None
    verification_on_consent_form: bool
    address: str | None = None
    alert_resolved_at: datetime | None = None
    quota: QuotaFact | None = None
    allowance: AllowanceFact | None = None
    schedule: ScheduleFact | None = None
    hours: HoursFact | None = None
    route: RouteFact | None = None
    phone_pace: PaceFact | None = None
    sender_pace: PaceFact | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values; instants as ISO 8601."""
        return {name: _plain(getattr(self, name)) for name in self.__dataclass_fields__}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "GateFacts":
        """The facts that `as_json` wrote.

        :raises KeyError: when a fact is missing, which is never filled in by a guess. Facts of before there were
            limits have none of them, as a message has none to which they do not apply.
        """
        values = {
            field.name: data[field.name] for field in fields(cls) if field.name not in (*_LIMITS, *_NEWER, "route")
        }
        values |= {name: data.get(name) for name in _NEWER}
        values |= {name: _limit(kind, data.get(name)) for name, kind in _LIMITS.items()}
        values["route"] = _route(data.get("route"))
        for name in _INSTANTS:
            values[name] = _instant(values[name])
        for name in ("number_defects", "sender_channels"):
            values[name] = tuple(values[name])
        values["purpose"] = Purpose(values["purpose"])
        values["channel"] = Channel(values["channel"])
        values["standing"] = StandingFact(**{**values["standing"], "since": _instant(values["standing"]["since"])})
        return cls(**values)


_LIMITS: dict[str, type[Any]] = {
    "quota": QuotaFact,
    "allowance": AllowanceFact,
    "schedule": ScheduleFact,
    "hours": HoursFact,
    "phone_pace": PaceFact,
    "sender_pace": PaceFact,
}
#: Of a message of before there were any, they are None.
_NEWER = ("address", "alert_resolved_at")
_INSTANTS = (
    "suppressed_since",
    "sms_switch_at",
    "block_since",
    "tenant_standing_until",
    "alert_acknowledged_at",
    "alert_resolved_at",
    "expires_at",
)

_PLAIN = frozenset({str, int, bool, float, type(None)})


def _plain(value: Any) -> Any:
    # Written for every message: dataclasses.asdict, which copies deeply, took ten times as long.
    if type(value) in _PLAIN:
        return value
    if is_dataclass(value):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    return [_plain(inner) for inner in value] if isinstance(value, tuple) else value


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _limit(kind: type[Any], data: Mapping[str, Any] | None) -> Any:
    if data is None:
        return None
    values: dict[str, Any] = {}
    for key, value in data.items():
        values[key] = tuple(value) if isinstance(value, list) else value
    for name in ("next_free_at", "opens_at", "frees_at"):
        if name in values:
            values[name] = _instant(values[name])
    return kind(**values)


def _route(data: Mapping[str, Any] | None) -> RouteFact | None:
    if data is None:
        return None
    candidates = (_candidate(one) for one in data["candidates"])
    return RouteFact(**{**data, "candidates": tuple(candidates), "opens_at": _instant(data["opens_at"])})


def _candidate(data: Mapping[str, Any]) -> CandidateFact:
    passed_over = data["passed_over"]
    why = None if passed_over is None else PassedOver(passed_over)
    return CandidateFact(**{**data, "passed_over": why, "until": _instant(data["until"])})

"""Keeps what kind of line a number is: entered or corrected by a person, looked up, or learned from a fault.

What a provider says is a fact of the number, and is kept for everybody who has it; what a person says is about one
phone. Every change is dated and audited with what stood before. Which word counts is decided in members/lines.py.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from imes.kernel.phone import mask
from members.lines import LineState, LineWord, after
from members.models import Capability, LineType, Phone
from members.models.phone import Origin
from tenants.audit import Act, record
from tenants.models import User
from tenants.scope import platform_scope

_FIELDS = ("line_type", "sms_capability", "voice_capability")


@dataclass(frozen=True, slots=True)
class Asked:
    """Who had the number looked up: where its type was entered by hand, the answer takes its place for them alone."""

    tenant_id: int
    actor: User


def learn_line(word: LineWord, *, number: str, at: datetime, asked: Asked | None = None) -> int:
    """Keep what a provider said of `number`, for every member who has it; how many phones it changed.

    Opens the platform's scope and locks the phones in the order of their ids; nobody learns who else has the number.
    """
    with platform_scope():
        changed = 0
        for phone in Phone.objects.select_for_update().filter(number=number).order_by("id"):
            mine = asked if asked is not None and asked.tenant_id == phone.tenant_id else None
            before = state_of(phone)
            now = after(word, before, was_asked_for=mine is not None)
            if now == before:
                continue
            _keep(phone, now)
            if (now.line_type, now.sms) != (before.line_type, before.sms):
                changed += 1
                record(
                    Act.LINE_LEARNED,
                    tenant_id=phone.tenant_id,
                    actor=mine.actor if mine else None,
                    subject=phone,
                    at=at,
                    data={
                        "number": mask(phone.number),
                        "from": word.source,
                        "said": word.said,
                        "before": {"line_type": before.line_type, "sms_capability": before.sms},
                        "after": {"line_type": now.line_type, "sms_capability": now.sms},
                    },
                )
        return changed


def correct_line(
    phone: Phone,
    *,
    line_type: LineType,
    sms: Capability,
    voice: Capability,
    why: str,
    actor: User,
    at: datetime,
) -> None:
    """Keep what a person says of this phone's line; it outweighs what providers said before. Needs a scope.

    SMS yes or no is an override: no look-up and no fault changes it again. `why` is kept in the audit log.
    """
    before = Phone.objects.select_for_update().get(pk=phone.pk)
    stood = {name: str(getattr(before, name)) for name in _FIELDS}
    phone.line_type, phone.sms_capability, phone.voice_capability = line_type, sms, voice
    date_entry(phone, at=at)
    phone.save(update_fields=[*_FIELDS, "line_type_origin", "line_type_at", "line_type_said"])
    audit_entry(phone, before=stood, why=why, actor=actor, at=at)


def date_entry(phone: Phone, *, at: datetime, origin: Origin = Origin.ADMIN) -> None:
    """Mark the line's fields as a person's word of now; saving them is the caller's.

    What a look-up said is kept beside it; a fault is told by the messages that met it.
    """
    if phone.line_type_origin == Origin.FAULT or phone.looked_up_at is None:
        phone.line_type_said = ""
    phone.line_type_origin, phone.line_type_at = origin, at


def audit_entry(phone: Phone, *, before: Mapping[str, str], why: str, actor: User, at: datetime) -> None:
    """Write down that a person entered the line's fields, which stand in `phone` now."""
    record(
        Act.LINE_CORRECTED,
        tenant_id=phone.tenant_id,
        actor=actor,
        subject=phone,
        at=at,
        data={
            "number": mask(phone.number),
            "before": dict(before),
            "after": {name: str(getattr(phone, name)) for name in _FIELDS},
            "why": why,
        },
    )


def entered_fields(fields: Iterable[str]) -> bool:
    """Whether a form's changed fields are about the line."""
    return any(name in _FIELDS for name in fields)


def line_fields(phone: Phone) -> dict[str, str]:
    """The line's fields as they stand in `phone`."""
    return {name: str(getattr(phone, name)) for name in _FIELDS}


def forget_line(phone: Phone, *, keep: frozenset[str], origin: Origin) -> None:
    """Forget what was known of a number that is another one now, but for fields entered together with it.

    Saving is the caller's.
    """
    for field, unknown in (
        ("line_type", LineType.UNKNOWN),
        ("sms_capability", Capability.UNKNOWN),
        ("voice_capability", Capability.UNKNOWN),
    ):
        if field not in keep:
            setattr(phone, field, unknown)
    phone.line_type_origin, phone.line_type_at, phone.line_type_said = origin, None, ""
    phone.looked_up_at = None


def state_of(phone: Phone) -> LineState:
    """What is known of a phone's line."""
    return LineState(
        line_type=phone.line_type,
        sms=phone.sms_capability,
        source=phone.line_type_origin,
        at=phone.line_type_at,
        said=phone.line_type_said,
        looked_up_at=phone.looked_up_at,
    )


def _keep(phone: Phone, now: LineState) -> None:
    Phone.objects.filter(pk=phone.pk).update(
        line_type=now.line_type,
        sms_capability=now.sms,
        line_type_origin=now.source,
        line_type_at=now.at,
        line_type_said=now.said[:80],
        looked_up_at=now.looked_up_at,
    )

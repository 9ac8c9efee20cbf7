"""The member, their numbers' history and their consent as facts; of another tenant only what counts everywhere."""

from notifications.core.states import Channel
from notifications.diagnosis.facts import (
    ConsentFact,
    ConsentLine,
    MemberFact,
    NumberChange,
    PhoneFact,
    SeatFact,
    TurnFact,
)
from notifications.queries.diagnosis import DiagnosisRows
from tenants.models import User


def member_fact(rows: DiagnosisRows) -> MemberFact:
    """The member as they stand now, and what became of their number, switch and seats; the row has a member."""
    member = rows.notification.member
    if member is None:
        raise ValueError(f"{rows.notification.public_id} has no member")
    phones = sorted(member.phones.all(), key=lambda phone: phone.pk)
    return MemberFact(
        pk=member.pk,
        public_id=member.public_id,
        name=member.name,
        active=member.is_active,
        phones=tuple(
            PhoneFact(
                public_id=phone.public_id,
                number=phone.number,
                line_type=phone.line_type,
                sms_capability=phone.sms_capability,
                voice_capability=phone.voice_capability,
                takes_sms=phone.is_sms_primary,
                takes_calls=phone.is_voice_primary,
                proved_at=phone.proved_at,
                created_at=phone.created_at,
                line_type_origin=phone.line_type_origin,
                line_type_at=phone.line_type_at,
                line_type_said=phone.line_type_said,
                looked_up_at=phone.looked_up_at,
                pk=phone.pk,
            )
            for phone in phones
        ),
        changes=tuple(
            NumberChange(row.at, row.before, row.after, "", row.get_door_display(), _name(row.by))
            for row in rows.number_changes
        ),
        turns=tuple(
            TurnFact(row.public_id, row.is_on, row.number, row.seat_ref, row.at, _name(row.by), row.why)
            for row in rows.turns
        ),
        seats=tuple(
            SeatFact(
                seat.public_id,
                seat.assigned_at,
                _name(seat.assigned_by),
                seat.removed_at,
                _name(seat.removed_by),
                seat.why_removed,
            )
            for seat in rows.seats
        ),
    )


def _name(user: User | None) -> str:
    return (user.name or user.email) if user else ""


def consent_fact(rows: DiagnosisRows) -> ConsentFact:
    """The ledger's lines about this number and member in this tenant, and the opt-out that counts everywhere."""
    row, now = rows.notification, rows.gate_facts
    lines = tuple(
        ConsentLine(
            ref=line.public_id,
            act=line.act,
            channel=line.channel,
            reach=line.reach,
            effective_at=line.effective_at,
            source=line.source,
            method=line.method,
            sender_address=line.sender_address,
        )
        for line in rows.consent_lines
        if line.member_id in (row.member_id, None)
    )
    texted = next((line.sender_address for line in reversed(lines) if line.act == "revoke" and line.sender_address), "")
    active = (one for one in rows.senders if one.is_active and Channel.SMS.value in one.channels)
    own_first = sorted(active, key=lambda one: (one.tenant_id is None, one.priority, one.pk))
    return ConsentFact(
        lines=lines,
        suppressed_since=now.suppressed_since if now else None,
        suppression_source=now.suppression_source if now else None,
        start_to=texted or (own_first[0].address if own_first else None),
    )

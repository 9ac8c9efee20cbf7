"""Turns a member's SMS switch, which administrators hold besides the member's own consent."""

from datetime import datetime

from django.db.models import QuerySet

from members import ports
from members.consent.choices import standing_now
from members.consent.standing import StandingState
from members.models import Member, NumberChange, SmsSwitch
from members.ports import NoSeatFree
from tenants.audit import Act, record
from tenants.models import User


def switch_on(member: Member, *, number: str, actor: User | None, why: str, at: datetime) -> SmsSwitch | NoSeatFree:
    """Switch SMS on for this number, with a seat; needs the tenant's scope. No consent follows from it."""
    seat = ports.seats().give_seat(tenant=member.tenant, member_id=member.pk, actor=actor, at=at)
    if isinstance(seat, NoSeatFree):
        return seat
    turn = _turn(member, is_on=True, number=number, seat_ref=seat, actor=actor, why=why, at=at)
    _confirm_if_owed(member, number=number, at=at)
    return turn


def switch_off(member: Member, *, actor: User | None, why: str, at: datetime) -> SmsSwitch:
    """Switch SMS off, whatever the member agreed to; needs the tenant's scope."""
    return _turn(member, is_on=False, number="", seat_ref="", actor=actor, why=why, at=at)


def take_seat_back(member: Member, *, actor: User | None, why: str, at: datetime) -> str | None:
    """Take the member's seat back, without which no SMS goes; needs the tenant's scope. None where they hold none."""
    return ports.seats().take_seat(tenant=member.tenant, member_id=member.pk, actor=actor, why=why, at=at)


def switch_on_first(member: Member, *, number: str, actor: User | None, at: datetime) -> None:
    """Switch SMS on for a member's first number; any later number needs an administrator (checklist row 63)."""
    if SmsSwitch.objects.filter(member=member).exists():
        return
    if len(_changes(member)[:2]) == 1:
        switch_on(member, number=number, actor=actor, why="their first number", at=at)


def _confirm_if_owed(member: Member, *, number: str, at: datetime) -> None:
    """Send the one opt-in confirmation where consent stands already, and the switch alone was in its way."""
    stands = standing_now(tenant=member.tenant, member=member, number=number, channel="sms", at=at)
    if stands.state is not StandingState.OPTED_IN or stands.grant is None:
        return
    if not ports.messenger().confirmed_since(stands.grant.effective_at, member=member, number=number):
        ports.messenger().confirm_opt_in(member=member, number=number, tenant=member.tenant, at=at)


def _changes(member: Member) -> QuerySet[NumberChange]:
    """What became of the number that the member's texts go to, newest first."""
    return NumberChange.objects.filter(member_id=member.pk, channel=NumberChange.Channel.SMS).order_by("-id")


def _turn(
    member: Member, *, is_on: bool, number: str, seat_ref: str, actor: User | None, why: str, at: datetime
) -> SmsSwitch:
    turn = SmsSwitch.objects.create(
        tenant_id=member.tenant_id,
        member=member,
        is_on=is_on,
        number=number,
        number_change=_changes(member).values_list("pk", flat=True).first() if is_on else None,
        seat_ref=seat_ref,
        by=actor,
        at=at,
        why=why,
    )
    about = {"on": is_on, "why": why, "turn": turn.public_id}
    record(Act.SMS_SWITCHED, tenant_id=member.tenant_id, actor=actor, subject=member, at=at, data=about)
    return turn

"""Turns a member's SMS switch, which administrators hold besides the member's own consent."""

from datetime import datetime

from members import ports
from members.models import Member, SmsSwitch
from members.ports import NoSeatFree
from tenants.audit import Act, record
from tenants.models import User


def switch_on(member: Member, *, number: str, actor: User | None, why: str, at: datetime) -> SmsSwitch | NoSeatFree:
    """Switch SMS on for this number, with a seat; needs the tenant's scope. No consent follows from it."""
    seat = ports.seats().give_seat(tenant=member.tenant, member_id=member.pk, actor=actor, at=at)
    if isinstance(seat, NoSeatFree):
        return seat
    return _turn(member, is_on=True, number=number, seat_ref=seat, actor=actor, why=why, at=at)


def switch_off(member: Member, *, actor: User | None, why: str, at: datetime) -> SmsSwitch:
    """Switch SMS off, whatever the member agreed to; needs the tenant's scope."""
    return _turn(member, is_on=False, number="", seat_ref="", actor=actor, why=why, at=at)


def switch_on_first(member: Member, *, number: str, actor: User | None, at: datetime) -> None:
    """Switch SMS on for a member's first number; any later number needs an administrator (checklist row 63)."""
    if not SmsSwitch.objects.filter(member=member).exists():
        switch_on(member, number=number, actor=actor, why="their first number", at=at)


def _turn(
    member: Member, *, is_on: bool, number: str, seat_ref: str, actor: User | None, why: str, at: datetime
) -> SmsSwitch:
    turn = SmsSwitch.objects.create(
        tenant_id=member.tenant_id,
        member=member,
        is_on=is_on,
        number=number,
        seat_ref=seat_ref,
        by=actor,
        at=at,
        why=why,
    )
    about = {"on": is_on, "why": why, "turn": turn.public_id}
    record(Act.SMS_SWITCHED, tenant_id=member.tenant_id, actor=actor, subject=member, at=at, data=about)
    return turn

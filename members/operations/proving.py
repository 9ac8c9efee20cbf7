"""What follows an accepted invite until its number is proved: the first code, and another number for a mistyped one."""

from collections.abc import Mapping
from datetime import datetime

from imes.kernel.phone import LineHint, line_hint
from members.consent.boxes import Box, Visit, decide
from members.consent.choices import Channel, standing_now
from members.consent.codes import ask_for_code, end_codes
from members.consent.ledger import lock_numbers
from members.consent.standing import StandingState
from members.models import Capability, Invite, LineType, Member, Phone
from members.models.phone import Origin
from members.operations.phones import add_phone, remove_phone
from members.operations.switch import switch_on
from members.sms_state import own_state
from members.sms_switch import SwitchState
from tenants.models import Tenant, User
from tenants.scope import platform_scope

_CHANNELS: tuple[Channel, ...] = ("sms", "voice")


def waits_for_proof(member: Member, *, phone: Phone, tenant: Tenant, at: datetime) -> tuple[Channel, ...]:
    """The channels whose box was ticked and does not count yet; needs the tenant's scope."""
    return tuple(
        channel
        for channel in _CHANNELS
        if standing_now(tenant=tenant, member=member, number=phone.number, channel=channel, at=at).state
        is StandingState.PENDING
    )


def takes_texts(phone: Phone) -> bool:
    """Whether a code can be texted to the number, as far as its range and its record say."""
    if phone.sms_capability == Capability.YES:
        return True
    is_landline = phone.line_type == LineType.LANDLINE or line_hint(phone.number) is LineHint.LANDLINE
    return not is_landline and phone.sms_capability != Capability.NO


def send_first_code(member: Member, *, phone: Phone, tenant: Tenant, user: User, ip: str, at: datetime) -> bool:
    """Have the number proved where a box waits for it; whether it has to be. A refusal is for the page to show."""
    if not waits_for_proof(member, phone=phone, tenant=tenant, at=at):
        return False
    if takes_texts(phone):
        ask_for_code(tenant=tenant, member=member, number=phone.number, user=user, ip=ip, at=at)
    return True


def correct_number(
    phone: Phone,
    *,
    number: str,
    boxes: Mapping[Channel, Box],
    invite: Invite,
    user: User,
    visit: Visit,
    at: datetime,
) -> Phone:
    """Put the right number in place of one that was mistyped and never proved; needs the tenant's scope.

    Its consent ends with the old number, and the boxes were ticked anew beside the new one. Nobody was ever texted at
    the old number, so the administrator's "yes" to a first number holds for the right one.
    """
    tenant, member, before = invite.tenant, phone.member, phone.number
    with platform_scope():
        lock_numbers([before, number], exclusively=True)
    if number != before:
        end_codes(member, number=before, at=at)
        was_their_first = phone.origin == Origin.MEMBER and own_state(member) is SwitchState.ON
        remove_phone(phone, actor=user, at=at, source="page")
        phone = add_phone(member=member, number=number, origin=Origin.MEMBER, actor=invite.invited_by, at=at)
        if was_their_first:
            why = "their first number, corrected before it was proved"
            switch_on(member, number=number, actor=invite.invited_by, why=why, at=at)
    about = {"form": "invite number page", "invite": invite.public_id, "phone": phone.public_id}
    decide(boxes, tenant=tenant, member=member, number=number, user=user, visit=visit, evidence=about, at=at)
    return phone

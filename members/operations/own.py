"""What a member does with their own phones: adds one, changes one, says what goes where, removes one.

Consent stays with the number and never travels. A number that an administrator has not switched SMS on for gets none,
whoever entered it (members/sms_switch.py). Each writes one entry of the audit log; all need the tenant's scope.
"""

from datetime import datetime
from typing import Literal

from imes.kernel.phone import mask
from members.models import Member, Phone
from members.models.number_change import Door
from members.models.phone import Origin
from members.operations.number_door import number_door
from members.operations.phones import add_phone, change_number, meet_number, remove_phone
from members.own import who_invited
from tenants.audit import Act, record
from tenants.models import User

#: More phones than anybody carries, and few enough that nobody looks numbers up by adding them.
MOST_PHONES = 8


class AlreadyYours(ValueError):
    """The member has this number already."""


class TooManyPhones(ValueError):
    """The member has as many phones as one may have."""


def add_own_phone(member: Member, *, number: str, label: str, user: User, at: datetime) -> Phone:
    """Add a number of the member's own; the first one takes texts and calls, a later one nothing until it is chosen.

    :raises AlreadyYours: when they have it.
    :raises TooManyPhones: when they have MOST_PHONES.
    """
    meet_number(number)  # two tabs that add the same number wait for one another here
    numbers = set(Phone.objects.filter(member=member).values_list("number", flat=True))
    if number in numbers:
        raise AlreadyYours(number)
    if len(numbers) >= MOST_PHONES:
        raise TooManyPhones
    with number_door(Door.MEMBER, member_id=member.pk, actor=user, at=at):
        if not numbers:
            phone = add_phone(member=member, number=number, origin=Origin.MEMBER, actor=who_invited(member), at=at)
            phone.label = label
            phone.save(update_fields=["label"])
        else:
            phone = Phone.objects.create(
                tenant_id=member.tenant_id,
                member=member,
                number=number,
                label=label,
                origin=Origin.MEMBER,
                line_type_origin=Origin.MEMBER,
            )
    _audit(Act.OBJECT_ADDED, phone, user=user, at=at, fields=["number"])
    return phone


def change_own_number(phone: Phone, *, number: str, user: User, at: datetime) -> Phone:
    """Put another number in place of one; what was known of the old one, its consent included, does not come along.

    :raises AlreadyYours: when another phone of theirs has it.
    """
    before = phone.number
    if number == before:
        return phone
    meet_number(number)
    if Phone.objects.filter(member_id=phone.member_id, number=number).exists():
        raise AlreadyYours(number)
    with number_door(Door.MEMBER, member_id=phone.member_id, actor=user, at=at):
        phone.number = number
        phone.origin = phone.line_type_origin = Origin.MEMBER
        change_number(phone, before=before, actor=user, at=at, source="page")
        phone.save()
    _audit(Act.OBJECT_CHANGED, phone, user=user, at=at, fields=["number"], before=mask(before))
    return phone


def make_primary(phone: Phone, *, channel: Literal["sms", "voice"], user: User, at: datetime) -> None:
    """Send texts, or place calls, to this phone from now on, in place of the one before."""
    field = "is_sms_primary" if channel == "sms" else "is_voice_primary"
    with number_door(Door.MEMBER, member_id=phone.member_id, actor=user, at=at):
        for other in Phone.objects.select_for_update().filter(member_id=phone.member_id).order_by("id"):
            if getattr(other, field) and other.pk != phone.pk:
                setattr(other, field, False)
                other.save(update_fields=[field])
        setattr(phone, field, True)
        phone.save(update_fields=[field])
    _audit(Act.OBJECT_CHANGED, phone, user=user, at=at, fields=[field])


def remove_own_phone(phone: Phone, *, user: User, at: datetime) -> None:
    """Remove a phone; the ledger keeps what was said about its number, and its opt-out stands."""
    _audit(Act.OBJECT_DELETED, phone, user=user, at=at, fields=[])
    with number_door(Door.MEMBER, member_id=phone.member_id, actor=user, at=at):
        remove_phone(phone, actor=user, at=at, source="page")


def _audit(act: Act, phone: Phone, *, user: User, at: datetime, fields: list[str], before: str = "") -> None:
    about = {"fields": fields, "number": mask(phone.number), "by": "the member"}
    if before:
        about["before"] = before
    record(act, tenant_id=phone.tenant_id, actor=user, subject=phone, at=at, data=about)

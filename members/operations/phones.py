"""Keeps a member's numbers: adds one, changes one, removes one. Consent stays with the number and never travels."""

from datetime import datetime

from members.consent.choices import LossSource, lose_number
from members.consent.codes import end_codes
from members.consent.ledger import lock_numbers
from members.models import Door, Member, Phone
from members.models.phone import Origin
from members.operations.lines import forget_line
from members.operations.number_door import number_door
from members.operations.switch import switch_on_first
from tenants.models import User
from tenants.scope import platform_scope

_ORIGINS: dict[LossSource, Origin] = {"admin": Origin.ADMIN, "page": Origin.MEMBER}


def add_phone(*, member: Member, number: str, origin: Origin, actor: User | None, at: datetime) -> Phone:
    """Give the member this number for texts, and for calls where they have none; one they have is taken as it is.

    Their first number switches SMS on for them. `number` is exact E.164, as `examine` let it through. Needs the
    tenant's scope.

    :param actor: the administrator who wants them paged: who added the number, or who invited them.
    """
    meet_number(number)
    who = member.user if origin is Origin.MEMBER else actor
    with number_door(Door(origin), member_id=member.pk, actor=who, at=at):
        phone = _put(member, number=number, origin=origin)
    switch_on_first(member, number=number, actor=actor, at=at)
    return phone


def _put(member: Member, *, number: str, origin: Origin) -> Phone:
    phones = list(Phone.objects.filter(member=member).order_by("id"))
    phone = next((phone for phone in phones if phone.number == number), None)
    Phone.objects.filter(member=member, is_sms_primary=True).exclude(number=number).update(is_sms_primary=False)
    has_voice = any(other.is_voice_primary for other in phones)
    if phone is None:
        return Phone.objects.create(
            tenant_id=member.tenant_id,
            member=member,
            number=number,
            origin=origin,
            line_type_origin=origin,
            is_sms_primary=True,
            is_voice_primary=not has_voice,
        )
    phone.is_sms_primary = True
    phone.is_voice_primary = phone.is_voice_primary or not has_voice
    phone.save(update_fields=["is_sms_primary", "is_voice_primary"])
    return phone


def change_number(
    phone: Phone,
    *,
    before: str,
    actor: User,
    at: datetime,
    keep: frozenset[str] = frozenset(),
    source: LossSource = "admin",
    origin: Origin | None = None,
) -> None:
    """Save a change of `phone.number`: what was learned of the old number is forgotten, and so is its consent.

    SMS is off for the new number until an administrator switches it on (checklist row 63); nothing has to be done here.

    :param before: the number as it stood.
    :param keep: fields that were entered together with the new number, and so are about it.
    :param origin: the door it came through, where `source` does not say it: an import, or a sync with other systems.
    """
    meet_number(phone.number)
    phone.proved_at = None
    phone.origin = origin or _ORIGINS[source]
    forget_line(phone, keep=keep, origin=Origin(phone.origin))
    _lose(phone, number=before, actor=actor, at=at, source=source)
    with number_door(Door(phone.origin), member_id=phone.member_id, actor=actor, at=at):
        phone.save()


def remove_phone(phone: Phone, *, actor: User, at: datetime, source: LossSource = "admin") -> None:
    """Remove a phone; the ledger keeps what was said about its number, and consent does not come back with it."""
    _lose(phone, number=phone.number, actor=actor, at=at, source=source)
    with number_door(Door(_ORIGINS[source]), member_id=phone.member_id, actor=actor, at=at):
        phone.delete()


def _lose(phone: Phone, *, number: str, actor: User, at: datetime, source: LossSource) -> None:
    """Let the number go, and its open codes with it: one that comes back later proves nothing."""
    meet_number(number)
    end_codes(phone.member, number=number, at=at)
    lose_number(tenant=phone.tenant, member=phone.member, number=number, actor=actor, at=at, source=source)


def meet_number(number: str) -> None:
    """Have the row of `number` there that a STOP locks."""
    with platform_scope():
        lock_numbers([number], exclusively=True)

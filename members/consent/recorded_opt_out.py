"""Writes down an opt-out that a person said in words: by e-mail, phone, letter, or face to face.

It counts at once. An admin's binds the number in their tenant; support's, with the person's own words as evidence,
counts everywhere (product reading 2). Any reasonable way of saying it counts: 47 CFR 64.1200(a)(10).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal

from django.utils import timezone

from imes.kernel.phone import examine, mask
from members.consent.choices import Channel, standing_now
from members.consent.ledger import append, lock_numbers
from members.consent.settle import settle
from members.consent.standing import Standing
from members.consent.wordings import says_something
from members.models import ConsentEvent, Member
from tenants.audit import Act, record
from tenants.models import User
from tenants.scope import platform_scope

#: The law's limit, and ours: Monday to Friday; holidays are counted as if people worked, which is the stricter reading.
LEGAL_LIMIT = 10
OUR_LIMIT = 1

Reach = Literal["tenant", "platform"]


class HeardBy(StrEnum):
    """How the person said it."""

    EMAIL = "e-mail"
    CALL = "phone call"
    IN_PERSON = "in person"
    LETTER = "letter"
    OTHER = "other words"


@dataclass(frozen=True, slots=True)
class OptOutRefused:
    """What is missing; `field` names what to mend."""

    field: str
    says: str


@dataclass(frozen=True, slots=True)
class OptOutRecorded:
    """The line, how many business days after it was heard, and how the member stands now (None: no member named)."""

    event: ConsentEvent
    delay: int
    standings: dict[Channel, Standing]

    @property
    def is_late(self) -> bool:
        return self.delay > OUR_LIMIT


def record_opt_out(
    *,
    number: str,
    member: Member | None,
    channel: Literal["sms", "voice", "any"],
    reach: Reach,
    heard_at: datetime,
    heard_by: HeardBy,
    words: str,
    actor: User,
    at: datetime,
) -> OptOutRecorded | OptOutRefused:
    """Stop this number from `heard_at` on, before the caller's transaction commits.

    A platform-wide one stops texts and calls alike, in every tenant. Whether the actor may is for the caller to ask.

    :param heard_at: when the person's words were received, not when somebody read them.
    :raises ValueError: for an opt-out in a tenant that names no member of it.
    """
    if reach == "tenant" and member is None:
        raise ValueError("an opt-out in one tenant is about a member of it")
    refused = _refusal(number=number, is_known=member is not None, heard_at=heard_at, words=words, at=at)
    if refused is not None:
        return refused
    # What counts everywhere was said to the platform: it is nobody's line, and no tenant reads the words.
    owner = member if reach == "tenant" else None
    tenant_id = owner.tenant_id if owner is not None else None
    with platform_scope():
        lock_numbers([number], exclusively=True)
        delay = business_days(heard_at, at)
        event = append(
            act=ConsentEvent.Act.REVOKE,
            channel=ConsentEvent.Channel.ANY if reach == "platform" else ConsentEvent.Channel(channel),
            reach=ConsentEvent.Reach(reach),
            number=number,
            tenant_id=tenant_id,
            member_id=owner.pk if owner is not None else None,
            actor_id=actor.pk,
            source="support" if reach == "platform" else "admin",
            method=heard_by.value,
            effective_at=heard_at,
            at=at,
            details={"raw_text": words.strip(), "delay_business_days": delay, "is_late": delay > OUR_LIMIT},
        )
        about = {"number": mask(number), "channel": event.channel, "reach": reach, "delay_business_days": delay}
        record(Act.OPT_OUT_RECORDED, tenant_id=tenant_id, actor=actor, subject=event, at=at, data=about)
        settle(number, at=at)
    channels: tuple[Channel, ...] = ("sms", "voice") if event.channel == "any" else (channel,)  # type: ignore[assignment]
    standings: dict[Channel, Standing] = {}
    if member is not None:
        for each in channels:
            standings[each] = standing_now(tenant=member.tenant, member=member, number=number, channel=each, at=at)
    return OptOutRecorded(event, delay, standings)


def business_days(heard_at: datetime, at: datetime) -> int:
    """The business days that passed between two instants, Monday to Friday, in the zone that is open."""
    day, last = _date(heard_at), _date(at)
    passed = 0
    while day < last:
        day += timedelta(days=1)
        passed += day.weekday() < 5  # noqa: PLR2004 - Saturday
    return passed


def _date(at: datetime) -> date:
    return timezone.localtime(at).date()


def _refusal(*, number: str, is_known: bool, heard_at: datetime, words: str, at: datetime) -> OptOutRefused | None:
    # A number that is kept is taken as it stands, whatever may be wrong with it: an opt-out is never turned away.
    if not is_known and examine(number, region=None).defects:
        return OptOutRefused("number", "Enter the whole number with + and country code, such as +12065550142.")
    if heard_at > at:
        return OptOutRefused("heard_at", "When they said it lies in the future. Enter when their words were received.")
    if not says_something(words):
        return OptOutRefused("words", "Enter what they said or wrote, in their own words: it is the evidence.")
    return None

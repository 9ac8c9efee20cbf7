"""What a member sees of themselves: the tenants they are in, their phones, and where each stands with consent.

It reads for one login at a time and shows nobody else's rows. Of what was heard elsewhere it tells the fact and, for a
number that the member has proved, the date; never whose message it was about.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import Q, QuerySet

from members import ports
from members.consent.standing import Standing, StandingState
from members.models import ConsentEvent, Invite, Member, Phone
from members.own_words import ChannelWords, HistoryWords, channel_words, history_words
from members.queries import newest_number_changes, phone_for, sms_turns, standings, suppressions_of
from members.sms_switch import SwitchState, switch_state
from tenants.models import Tenant, User
from tenants.scope import platform_scope

Channel = Literal["sms", "voice"]
CHANNELS: tuple[Channel, Channel] = ("sms", "voice")
#: How many of their own lines a member reads back at once; all of them are in the evidence export.
MOST_LINES = 100
_ANYWHERE = ConsentEvent.Reach.PLATFORM
_BY_HANDSET = (ConsentEvent.Act.REVOKE, ConsentEvent.Act.RESTORE)


@dataclass(frozen=True, slots=True)
class OwnPlace:
    """One tenant that a login belongs to, and who they are there."""

    tenant: Tenant
    member: Member


@dataclass(frozen=True, slots=True)
class OwnChannel:
    """Texts or calls to one number: where consent stands, and what its owner may do about it here."""

    channel: Channel
    standing: Standing
    words: ChannelWords
    may_give: bool
    may_withdraw: bool


@dataclass(frozen=True, slots=True)
class OwnPhone:
    """One number of the member's own. `takes_sms` and `takes_calls` say what would go to it now, marked so or not."""

    phone: Phone
    is_proved: bool
    is_suppressed: bool
    takes_sms: bool
    takes_calls: bool
    channels: tuple[OwnChannel, OwnChannel]

    @property
    def waits_for_proof(self) -> bool:
        """Whether a box was ticked that counts once the number is proved."""
        return any(one.standing.state is StandingState.PENDING for one in self.channels)


def own_places(user: User) -> list[OwnPlace]:
    """The tenants in which this login is a member, by name. One query; opens the platform's scope itself."""
    with platform_scope():
        rows = _places(user)
        return [OwnPlace(row.tenant, row) for row in rows.order_by("tenant__name", "pk")]


def own_place(user: User, *, tenant_ref: str) -> OwnPlace | None:
    """Who this login is in one tenant, or None: a tenant that they are not in is nothing to them."""
    with platform_scope():
        row = _places(user).filter(tenant__public_id=tenant_ref).first()
    return None if row is None else OwnPlace(row.tenant, row)


def own_phone(place: OwnPlace, *, phone_ref: str) -> Phone | None:
    """One of the member's own phones; anybody else's is None. Needs the tenant's scope."""
    rows = Phone.objects.filter(member=place.member, public_id=phone_ref).select_related("tenant", "member")
    return rows.first()


def own_phones(place: OwnPlace, *, at: datetime) -> list[OwnPhone]:
    """The member's phones, oldest first, with what stands for each; needs the tenant's scope."""
    member, tenant = place.member, place.tenant
    phones = list(Phone.objects.filter(member=member).order_by("id"))
    keys = [(tenant.pk, member.pk, phone.number) for phone in phones]
    with platform_scope():
        found = {channel: standings(keys, channel=channel, at=at) for channel in CHANNELS}
        suppressed = suppressions_of(phone.number for phone in phones)
    goes_to = {channel: phone_for([member.pk], channel=channel).get(member.pk) for channel in CHANNELS}

    def shown(phone: Phone, channel: Channel) -> OwnChannel:
        standing = found[channel][(tenant.pk, member.pk, phone.number)]
        return _channel(phone, standing, place=place, channel=channel)

    return [
        OwnPhone(
            phone=phone,
            is_proved=phone.proved_at is not None,
            is_suppressed=phone.number in suppressed,
            takes_sms=phone == goes_to["sms"],
            takes_calls=phone == goes_to["voice"],
            channels=(shown(phone, "sms"), shown(phone, "voice")),
        )
        for phone in phones
    ]


def may_give(standing: Standing, *, phone: Phone, is_active: bool) -> bool:
    """Whether the box is offered: after an opt-out only on a number that the member has proved (product reading 1)."""
    if not is_active or standing.state in (StandingState.OPTED_IN, StandingState.PENDING):
        return False
    return standing.state is not StandingState.OPTED_OUT or phone.proved_at is not None


def may_withdraw(standing: Standing) -> bool:
    """Whether there is a consent to take back."""
    return standing.state in (StandingState.OPTED_IN, StandingState.PENDING)


def own_switch(place: OwnPlace, *, number: str) -> SwitchState:
    """How the administrators' SMS switch stands for the number that takes the member's texts; in the tenant's scope."""
    member_id = place.member.pk
    return switch_state(
        sms_turns([member_id]).get(member_id),
        number=number,
        number_change=newest_number_changes([member_id]).get(member_id),
        seat_ref=ports.seats().seats_of([member_id]).get(member_id),
    )


def own_history(place: OwnPlace, *, phones: list[OwnPhone]) -> list[HistoryWords]:
    """What is on record about this member, newest first: their own lines, and what their proved phones said anywhere.

    Needs the tenant's scope. A text of another tenant is told by its date alone.
    """
    proved = [one.phone.number for one in phones if one.is_proved]
    own = Q(tenant_id=place.tenant.pk, member_id=place.member.pk)
    spoken = Q(number__in=proved, reach=_ANYWHERE, act__in=_BY_HANDSET)
    with platform_scope():
        rows = ConsentEvent.objects.filter(own | spoken).order_by("-effective_at", "-id")[:MOST_LINES]
        return [history_words(row) for row in rows]


def who_invited(member: Member) -> User | None:
    """The administrator who wants this member paged: who sent the invite that they accepted last."""
    invites = Invite.objects.filter(member=member, accepted_at__isnull=False).select_related("invited_by")
    newest = invites.order_by("-accepted_at").first()
    return newest.invited_by if newest else None


def _places(user: User) -> QuerySet[Member]:
    # Both are needed: a membership is the right to be here, and a member is somebody who is paged.
    rows = Member.objects.filter(user=user, tenant__memberships__user=user)
    return rows.select_related("tenant").distinct()


def _channel(phone: Phone, standing: Standing, *, place: OwnPlace, channel: Channel) -> OwnChannel:
    words = channel_words(
        standing,
        channel=channel,
        tenant_name=place.tenant.name,
        member_id=place.member.pk,
        is_proved=phone.proved_at is not None,
    )
    return OwnChannel(
        channel=channel,
        standing=standing,
        words=words,
        may_give=may_give(standing, phone=phone, is_active=place.member.is_active),
        may_withdraw=may_withdraw(standing),
    )

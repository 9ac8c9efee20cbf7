"""What other apps may know of people: whom to page where, and whether they agreed. The only door into members.

Every function takes many rows and costs a constant number of queries. None of them hands out what another tenant wrote.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from members.consent.ledger import events_of
from members.consent.standing import Event, Standing, standing
from members.models import ConsentEvent, GroupPlace, Member, NumberChange, Phone, SmsSwitch, Suppression
from members.schedule_queries import schedule_of, schedules_of, zone_of
from members.sms_switch import Turn
from tenants.scope import platform_scope

__all__ = [
    "Channel",
    "Reachable",
    "StandingKey",
    "consent_lines",
    "members_named",
    "members_of_group",
    "newest_number_changes",
    "phone_for",
    "phones_with_number",
    "reachable",
    "schedule_of",
    "schedules_of",
    "sms_turns",
    "standing_of",
    "standings",
    "standings_under_lock",
    "suppressions_of",
    "zone_of",
]

Channel = Literal["sms", "voice"]
#: Tenant, member and number: whose standing, on what.
StandingKey = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Reachable:
    """One member's number for a channel and its standing; both are None where no number is kept."""

    phone: Phone | None
    standing: Standing | None


def phone_for(member_ids: Iterable[int], *, channel: Channel) -> dict[int, Phone]:
    """The phone of each member for the channel: the primary one, else the oldest. One query."""
    chosen: dict[int, Phone] = {}
    for phone in Phone.objects.filter(member_id__in=set(member_ids)).order_by("id"):
        current = chosen.get(phone.member_id)
        if current is None or (_is_primary(phone, channel) and not _is_primary(current, channel)):
            chosen[phone.member_id] = phone
    return chosen


def phones_with_number(number: str) -> list[Phone]:
    """Every phone in the open scope with this number, with its member, oldest first. One query."""
    return list(Phone.objects.filter(number=number).select_related("member").order_by("id"))


def standings(keys: Iterable[StandingKey], *, channel: Channel, at: datetime) -> dict[StandingKey, Standing]:
    """What the ledger said of each key at `at`, as it was known then. One query; needs `platform_scope`."""
    wanted = set(keys)
    events = events_of(number for _, _, number in wanted)
    return {key: _standing(events[key[2]], key=key, channel=channel, at=at) for key in wanted}


def standings_under_lock(keys: Iterable[StandingKey], *, channel: Channel, at: datetime) -> dict[StandingKey, Standing]:
    """As `standings`, but every committed line counts, even if another machine's clock wrote it just after `at`.

    For the transaction that commits an attempt, after `lock_numbers`: a STOP that is committed is never overlooked.
    """
    wanted = set(keys)
    events = events_of(number for _, _, number in wanted)
    return {
        key: _standing(events[key[2]], key=key, channel=channel, at=_not_before(events[key[2]], at)) for key in wanted
    }


def standing_of(member: Member, *, channel: Channel, at: datetime) -> Standing | None:
    """What the ledger said of one member's number at `at`; None without a number. For a tenant's or platform scope."""
    return reachable([member], channel=channel, at=at)[member.pk].standing


def reachable(members: Sequence[Member], *, channel: Channel, at: datetime) -> dict[int, Reachable]:
    """The phone and standing of each member; prefetched phones are used. For a tenant's or platform scope.

    What counts everywhere is read with the platform's eyes, and only what concerns these members comes back.
    """
    phones = _phones_of(members, channel=channel)
    keys = {
        member.pk: (member.tenant_id, member.pk, phones[member.pk].number) for member in members if member.pk in phones
    }
    with platform_scope():
        found = standings(keys.values(), channel=channel, at=at)
    return {
        member.pk: Reachable(phones[member.pk], found[keys[member.pk]])
        if member.pk in phones
        else Reachable(None, None)
        for member in members
    }


def suppressions_of(numbers: Iterable[str]) -> dict[str, Suppression]:
    """The opt-outs of these numbers that count everywhere; a tenant sees those of its own members' numbers alone."""
    return {row.number_id: row for row in Suppression.objects.filter(number_id__in=set(numbers))}


def sms_turns(member_ids: Iterable[int]) -> dict[int, Turn]:
    """The newest turn of each member's SMS switch, where there is one. One query."""
    wanted = set(member_ids)
    if not wanted:
        return {}
    newest = SmsSwitch.objects.filter(member_id__in=wanted).order_by("member_id", "-id").distinct("member_id")
    return {
        row.member_id: Turn(row.is_on, row.number, row.number_change, row.seat_ref, row.at, row.by_id, row.why)
        for row in newest
    }


def newest_number_changes(member_ids: Iterable[int]) -> dict[int, int]:
    """The newest change of the number that each member's texts go to, by its id. One query."""
    wanted = set(member_ids)
    if not wanted:
        return {}
    changes = NumberChange.objects.filter(member_id__in=wanted, channel=NumberChange.Channel.SMS)
    newest = changes.order_by("member_id", "-id").distinct("member_id")
    return dict(newest.values_list("member_id", "id"))


def members_of_group(group_ids: Iterable[int]) -> dict[int, list[Member]]:
    """The members of each group, in its order, inactive ones too: a page's row says why it skips them. One query."""
    wanted = set(group_ids)
    found: dict[int, list[Member]] = {group_id: [] for group_id in wanted}
    places = GroupPlace.objects.filter(group_id__in=wanted).select_related("member")
    for place in places.order_by("position", "id"):
        found[place.group_id].append(place.member)
    return found


def members_named(member_ids: Iterable[int]) -> dict[int, Member]:
    """These members, where they are in the open scope. One query."""
    return {member.pk: member for member in Member.objects.filter(pk__in=set(member_ids))}


def active_members(tenant_id: int) -> int:
    """How many members of the tenant are active. One query."""
    return Member.objects.filter(tenant_id=tenant_id, is_active=True).count()


def consent_lines(keys: Iterable[tuple[int, str]], *, newest: int) -> dict[tuple[int, str], list[ConsentEvent]]:
    """The ledger's lines that each tenant heard of each number, oldest first, at most the `newest`. One query."""
    wanted = {(tenant_id, number) for tenant_id, number in keys if number}
    if not wanted:
        return {}
    place = Window(RowNumber(), partition_by=[F("tenant_id"), F("number")], order_by=F("id").desc())
    heard = ConsentEvent.objects.filter(
        tenant_id__in={tenant_id for tenant_id, _ in wanted}, number__in={number for _, number in wanted}
    )
    found: dict[tuple[int, str], list[ConsentEvent]] = defaultdict(list)
    for line in heard.annotate(place=place).filter(place__lte=newest).order_by("effective_at", "id"):
        if line.tenant_id is not None:
            found[(line.tenant_id, line.number)].append(line)
    return found


def _phones_of(members: Sequence[Member], *, channel: Channel) -> dict[int, Phone]:
    prefetched = [member for member in members if "phones" in getattr(member, "_prefetched_objects_cache", {})]
    if len(prefetched) != len(members):
        return phone_for([member.pk for member in members], channel=channel)
    chosen: dict[int, Phone] = {}
    for member in members:
        phones = sorted(member.phones.all(), key=lambda phone: (not _is_primary(phone, channel), phone.pk))
        if phones:
            chosen[member.pk] = phones[0]
    return chosen


def _is_primary(phone: Phone, channel: Channel) -> bool:
    return phone.is_sms_primary if channel == "sms" else phone.is_voice_primary


def _standing(events: tuple[Event, ...], *, key: StandingKey, channel: Channel, at: datetime) -> Standing:
    tenant_id, member_id, _ = key
    found = standing(events, channel=channel, tenant_id=tenant_id, member_id=member_id, at=at)
    return replace(found, because=_unsigned(found.because, tenant_id), restored=_unsigned(found.restored, tenant_id))


def _unsigned(event: Event | None, tenant_id: int) -> Event | None:
    """An event without whose it was, where it was heard in another tenant."""
    if event is None or event.tenant_id == tenant_id:
        return event
    return replace(event, tenant_id=None, member_id=None)


def _not_before(events: tuple[Event, ...], at: datetime) -> datetime:
    return max([at, *(max(event.recorded_at, event.effective_at) for event in events)])

"""Who shares a number: inside a tenant by name, across tenants as a count, since an opt-out is by number.

It tells nobody of a number that none of their own members has.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from members import ports
from members.consent.standing import Standing, StandingState
from members.models import Member, Phone, Suppression
from members.queries import standings, suppressions_of
from tenants.models import Tenant
from tenants.scope import platform_scope


@dataclass(frozen=True, slots=True)
class Profile:
    """One member who has the number, and how they stand on it."""

    member: Member
    sms: Standing
    voice: Standing

    @property
    def has_opted_out(self) -> bool:
        return StandingState.OPTED_OUT in (self.sms.state, self.voice.state)


@dataclass(frozen=True, slots=True)
class Sharing:
    """One number: its profiles here by name, and how many there are elsewhere, of whom so many opted out there."""

    number: str
    here: tuple[Profile, ...]
    elsewhere: int
    opted_out_elsewhere: int
    suppression: Suppression | None

    @property
    def is_shared(self) -> bool:
        return len(self.here) + self.elsewhere > 1


def sharing(numbers: Iterable[str], *, tenant: Tenant | None, at: datetime) -> dict[str, Sharing]:
    """Who has each number, as `tenant` may know it (None: support and platform, by name everywhere).

    For the tenant's scope, or the platform's. A number that nobody of the tenant has is left out, known or not.
    """
    wanted = sorted(set(numbers))
    own = Phone.objects.filter(number__in=wanted).select_related("member", "tenant").order_by("member__name", "id")
    phones = list(own if tenant is None else own.filter(tenant=tenant))
    held = sorted({phone.number for phone in phones})
    others = _elsewhere(held, tenant=tenant, at=at) if tenant else {}
    profiles = _profiles(phones, at=at)
    stops = suppressions_of(held)
    return {
        number: Sharing(
            number=number,
            here=tuple(profile for phone, profile in profiles if phone.number == number),
            elsewhere=others.get(number, (0, 0))[0],
            opted_out_elsewhere=others.get(number, (0, 0))[1],
            suppression=stops.get(number),
        )
        for number in held
    }


def known_blocks(number: str) -> tuple[ports.Block, ...]:
    """What providers block for the number, as the open scope may know it."""
    return ports.messenger().blocks_of(number)


def _profiles(phones: list[Phone], *, at: datetime) -> list[tuple[Phone, Profile]]:
    keys = {phone.pk: (phone.tenant_id, phone.member_id, phone.number) for phone in phones}
    with platform_scope():
        sms = standings(keys.values(), channel="sms", at=at)
        voice = standings(keys.values(), channel="voice", at=at)
    return [(phone, Profile(phone.member, sms[keys[phone.pk]], voice[keys[phone.pk]])) for phone in phones]


def _elsewhere(numbers: list[str], *, tenant: Tenant, at: datetime) -> dict[str, tuple[int, int]]:
    """How many profiles of other tenants have each number, and how many opted out: nothing else leaves this scope."""
    with platform_scope():
        rows = Phone.objects.filter(number__in=numbers).exclude(tenant_id=tenant.pk)
        keys = list(rows.order_by("id").values_list("tenant_id", "member_id", "number"))
        stands = standings(keys, channel="sms", at=at)
    return {
        number: (
            sum(key[2] == number for key in keys),
            sum(key[2] == number and stands[key].state is StandingState.OPTED_OUT for key in keys),
        )
        for number in numbers
    }

"""What a person does about their consent: ticks the box, leaves it, texts STOP or START.

Each writes one line of the ledger and one entry of the audit log in the caller's transaction. Nothing here lets one
person consent for another, and no line lifts an opt-out but START from the handset.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from imes.kernel.phone import mask
from members.consent.disclosure import Disclosure
from members.consent.ledger import append, events_of, lock_numbers
from members.consent.standing import StandingState, standing, suppression
from members.models import ConsentEvent, Member, Phone, Suppression
from tenants.audit import Act, record
from tenants.models import Tenant, User
from tenants.scope import platform_scope

Channel = Literal["sms", "voice"]
#: How we know that a handset meant it: one of the keywords, other words, a key pressed in a call, the provider's word.
HandsetMethod = Literal["keyword", "free text", "key", "provider"]

_SUPPRESSED_BY: dict[str, Suppression.Source] = {
    "handset": Suppression.Source.HANDSET,
    "key": Suppression.Source.KEYPRESS,
    "provider": Suppression.Source.PROVIDER,
    "support": Suppression.Source.SUPPORT,
}


@dataclass(frozen=True, slots=True)
class StandsOptedOut:
    """Why a consent was not written: the number is opted out since then, and a box on a page does not lift that."""

    since: datetime


def give_consent(
    *,
    tenant: Tenant,
    member: Member,
    phone: Phone,
    channel: Channel,
    disclosure: Disclosure,
    source: str,
    ip: str,
    user_agent: str,
    evidence: Mapping[str, str],
    actor: User,
    at: datetime,
) -> ConsentEvent | StandsOptedOut:
    """Write that the member ticked the box on their own form; needs the tenant's scope.

    An opted-out number stays so: the page has not proved whose it is, so only the handset's START lifts it.

    :param evidence: which form and which invite, kept with the address and the browser in the erasable side row.
    """
    stopped = _opted_out_since(tenant=tenant, member=member, number=phone.number, channel=channel, at=at)
    if stopped is not None:
        return StandsOptedOut(stopped)
    event = append(
        act=ConsentEvent.Act.GRANT,
        channel=ConsentEvent.Channel(channel),
        reach=ConsentEvent.Reach.TENANT,
        number=phone.number,
        tenant_id=tenant.pk,
        member_id=member.pk,
        actor_id=actor.pk,
        source=source,
        method="box ticked",
        effective_at=at,
        at=at,
        disclosure=disclosure,
        details={"ip": ip, "user_agent": user_agent, "phone": phone.public_id, **evidence},
    )
    record(Act.CONSENT_GIVEN, tenant_id=tenant.pk, actor=actor, subject=event, at=at, data=_about(event))
    return event


def decline_consent(
    *,
    tenant: Tenant,
    member: Member,
    phone: Phone,
    channel: Channel,
    disclosure: Disclosure,
    source: str,
    ip: str,
    user_agent: str,
    evidence: Mapping[str, str],
    actor: User,
    at: datetime,
) -> ConsentEvent:
    """Write that the member saw the box and left it unticked; needs the tenant's scope."""
    with platform_scope():
        lock_numbers([phone.number], exclusively=True)
    event = append(
        act=ConsentEvent.Act.DECLINE,
        channel=ConsentEvent.Channel(channel),
        reach=ConsentEvent.Reach.TENANT,
        number=phone.number,
        tenant_id=tenant.pk,
        member_id=member.pk,
        actor_id=actor.pk,
        source=source,
        method="box left unticked",
        effective_at=at,
        at=at,
        disclosure=disclosure,
        details={"ip": ip, "user_agent": user_agent, "phone": phone.public_id, **evidence},
    )
    record(Act.CONSENT_DECLINED, tenant_id=tenant.pk, actor=actor, subject=event, at=at, data=_about(event))
    return event


def lose_number(*, tenant: Tenant, member: Member, number: str, actor: User, at: datetime) -> ConsentEvent | None:
    """Write that a number is no longer this member's, where the ledger knows them on it; needs the tenant's scope.

    Consent does not travel: neither to the new number, nor back to this one if it returns.
    """
    if not ConsentEvent.objects.filter(tenant_id=tenant.pk, member_id=member.pk, number=number).exists():
        return None
    with platform_scope():
        lock_numbers([number], exclusively=True)
    return append(
        act=ConsentEvent.Act.STALE,
        channel=ConsentEvent.Channel.ANY,
        reach=ConsentEvent.Reach.TENANT,
        number=number,
        tenant_id=tenant.pk,
        member_id=member.pk,
        actor_id=actor.pk,
        source="admin",
        method="number removed",
        effective_at=at,
        at=at,
        details={},
    )


def opt_out_from_handset(
    *,
    number: str,
    at: datetime,
    received_at: datetime,
    raw_text: str,
    method: HandsetMethod,
    provider: str,
    provider_message_id: str,
    sender_address: str,
    tenant_id: int | None,
    member_id: int | None,
) -> ConsentEvent | None:
    """Stop everything to `number`, in every tenant, texts and calls alike, before the caller's transaction commits.

    Idempotent: None when this provider message has already spoken. Needs `platform_scope` around it or opens its own.
    Source: 47 CFR 64.1200(a)(10); product reading 2.

    :param received_at: when the words reached us; what counts from then on. `at` is now.
    """
    return _from_handset(
        act=ConsentEvent.Act.REVOKE,
        number=number,
        at=at,
        received_at=received_at,
        raw_text=raw_text,
        method=method,
        provider=provider,
        provider_message_id=provider_message_id,
        sender_address=sender_address,
        tenant_id=tenant_id,
        member_id=member_id,
    )


def opt_in_from_handset(
    *,
    number: str,
    at: datetime,
    received_at: datetime,
    raw_text: str,
    method: HandsetMethod,
    provider: str,
    provider_message_id: str,
    sender_address: str,
    tenant_id: int | None,
    member_id: int | None,
) -> ConsentEvent | None:
    """Lift the opt-out of `number` (START): grants that stood before it stand again, and none is made.

    Idempotent: None when this provider message has already spoken.
    """
    return _from_handset(
        act=ConsentEvent.Act.RESTORE,
        number=number,
        at=at,
        received_at=received_at,
        raw_text=raw_text,
        method=method,
        provider=provider,
        provider_message_id=provider_message_id,
        sender_address=sender_address,
        tenant_id=tenant_id,
        member_id=member_id,
    )


def _from_handset(
    *,
    act: ConsentEvent.Act,
    number: str,
    at: datetime,
    received_at: datetime,
    raw_text: str,
    method: HandsetMethod,
    provider: str,
    provider_message_id: str,
    sender_address: str,
    tenant_id: int | None,
    member_id: int | None,
) -> ConsentEvent | None:
    with platform_scope():
        lock_numbers([number], exclusively=True)
        heard = ConsentEvent.objects.filter(provider=provider, provider_message_id=provider_message_id, act=act)
        if provider_message_id and heard.exists():
            return None
        event = append(
            act=act,
            channel=ConsentEvent.Channel.ANY,
            reach=ConsentEvent.Reach.PLATFORM,
            number=number,
            tenant_id=tenant_id,
            member_id=member_id,
            actor_id=None,
            source="key" if method == "key" else "handset",
            method=method,
            effective_at=received_at,
            at=at,
            details={"raw_text": raw_text},
            provider=provider,
            provider_message_id=provider_message_id,
            sender_address=sender_address,
        )
        _project(number, at=at)
        said = Act.OPTED_OUT if act is ConsentEvent.Act.REVOKE else Act.OPTED_IN
        record(said, tenant_id=tenant_id, actor=None, subject=event, at=at, data=_about(event))
    return event


def _project(number: str, *, at: datetime) -> None:
    """Bring the suppression of a locked number in line with the ledger, in whatever order its messages came in."""
    events = events_of([number])[number]
    stop = suppression(events, channel="sms", at=max(at, *(event.recorded_at for event in events)))
    if stop is None:
        Suppression.objects.filter(number_id=number).delete()
        return
    Suppression.objects.update_or_create(
        number_id=number,
        defaults={
            "since": stop.effective_at,
            "source": _SUPPRESSED_BY.get(stop.source, Suppression.Source.HANDSET),
            "event_public_id": stop.ref,
        },
    )


def _opted_out_since(*, tenant: Tenant, member: Member, number: str, channel: Channel, at: datetime) -> datetime | None:
    with platform_scope():
        lock_numbers([number], exclusively=True)
        events = events_of([number])[number]
    now = max([at, *(event.recorded_at for event in events)])
    stop = suppression(events, channel=channel, at=now)
    if stop is not None:
        return stop.effective_at
    stands = standing(events, channel=channel, tenant_id=tenant.pk, member_id=member.pk, at=now)
    return stands.since if stands.state is StandingState.OPTED_OUT else None


def _about(event: ConsentEvent) -> dict[str, str]:
    return {"number": mask(event.number), "channel": event.channel, "method": event.method}

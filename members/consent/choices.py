"""What a person decides on a page of their own: ticks a box, leaves it, withdraws; and the loss of a number.

Each writes one line of the ledger and one entry of the audit log in the caller's transaction. Nothing here lets one
person consent for another.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from imes.kernel.phone import mask
from members import ports
from members.consent.disclosure import Disclosure
from members.consent.ledger import append, events_of, lock_numbers
from members.consent.settle import settle
from members.consent.standing import Standing, StandingState, standing
from members.models import ConsentEvent, ConsentRecord, Member
from tenants.audit import Act, record
from tenants.models import Tenant, User
from tenants.scope import platform_scope

Channel = Literal["sms", "voice"]
#: The invite page, or the member's own page behind their login.
WebSource = Literal["invite", "page"]
LossSource = Literal["admin", "page"]


def choose(
    *,
    is_ticked: bool,
    tenant: Tenant,
    member: Member,
    number: str,
    channel: Channel,
    disclosure: Disclosure,
    source: WebSource,
    ip: str,
    user_agent: str,
    evidence: Mapping[str, str],
    actor: User,
    at: datetime,
) -> ConsentEvent:
    """Write what the member decided about one box on their own page; needs the tenant's scope.

    A tick counts once the number is proved to be theirs (product reading 10); after an opt-out it counts for this
    member in this tenant alone, and a provider's own block stays (reading 1).

    :param actor: the member's own login; the database refuses any other.
    :param evidence: which form and which invite, kept with the address and the browser in the erasable side row.
    """
    with platform_scope():
        lock_numbers([number], exclusively=True)
    before = standing_now(tenant=tenant, member=member, number=number, channel=channel, at=at)
    event = append(
        act=ConsentEvent.Act.GRANT if is_ticked else ConsentEvent.Act.DECLINE,
        channel=ConsentEvent.Channel(channel),
        reach=ConsentEvent.Reach.TENANT,
        number=number,
        tenant_id=tenant.pk,
        member_id=member.pk,
        actor_id=actor.pk,
        source=source,
        method="box ticked" if is_ticked else "box left unticked",
        effective_at=at,
        at=at,
        disclosure=disclosure,
        details={"ip": ip, "user_agent": user_agent, **evidence},
    )
    said = Act.CONSENT_GIVEN if is_ticked else Act.CONSENT_DECLINED
    record(said, tenant_id=tenant.pk, actor=actor, subject=event, at=at, data=about(event))
    after_change(tenant=tenant, member=member, number=number, channel=channel, before=before, at=at)
    return event


def withdraw(
    *,
    tenant: Tenant,
    member: Member,
    number: str,
    channel: Channel,
    source: WebSource,
    ip: str,
    user_agent: str,
    actor: User,
    at: datetime,
) -> ConsentEvent:
    """Write that the member withdrew their consent on their own page: it binds this number in this tenant."""
    with platform_scope():
        lock_numbers([number], exclusively=True)
    event = append(
        act=ConsentEvent.Act.REVOKE,
        channel=ConsentEvent.Channel(channel),
        reach=ConsentEvent.Reach.TENANT,
        number=number,
        tenant_id=tenant.pk,
        member_id=member.pk,
        actor_id=actor.pk,
        source=source,
        method="withdrawn on the page",
        effective_at=at,
        at=at,
        details={"ip": ip, "user_agent": user_agent},
    )
    record(Act.CONSENT_WITHDRAWN, tenant_id=tenant.pk, actor=actor, subject=event, at=at, data=about(event))
    with platform_scope():
        settle(number, at=at)
    return event


def lose_number(
    *, tenant: Tenant, member: Member, number: str, actor: User, at: datetime, source: LossSource = "admin"
) -> ConsentEvent | None:
    """Write that a number is no longer this member's, where consent is or may be on record; needs the tenant's scope.

    Consent does not travel: neither to the new number, nor back to this one if it returns. A recorded consent that
    waits for approval counts as on record: approved after the number's return, it would count from before its loss.

    :param source: who let it go: an administrator, or the member on their own page.
    """
    with platform_scope():
        lock_numbers([number], exclusively=True)
    lines = ConsentEvent.objects.filter(tenant_id=tenant.pk, member_id=member.pk, number=number)
    waiting = ConsentRecord.objects.filter(member=member, number=number, state=ConsentRecord.State.PENDING)
    if not lines.exists() and not waiting.exists():
        return None
    event = append(
        act=ConsentEvent.Act.STALE,
        channel=ConsentEvent.Channel.ANY,
        reach=ConsentEvent.Reach.TENANT,
        number=number,
        tenant_id=tenant.pk,
        member_id=member.pk,
        actor_id=actor.pk,
        source=source,
        method="number removed",
        effective_at=at,
        at=at,
        details={},
    )
    with platform_scope():
        settle(number, at=at)
    return event


def standing_now(*, tenant: Tenant, member: Member, number: str, channel: Channel, at: datetime) -> Standing:
    """The standing by every committed line of a locked number, even one that a faster clock wrote just after `at`."""
    with platform_scope():
        events = events_of([number])[number]
    now = max([at, *(max(event.recorded_at, event.effective_at) for event in events)])
    return standing(events, channel=channel, tenant_id=tenant.pk, member_id=member.pk, at=now)


def after_change(
    *, tenant: Tenant, member: Member, number: str, channel: Channel, before: Standing, at: datetime
) -> Standing:
    """Settle the number, and send the one opt-in confirmation where SMS counts from now on."""
    with platform_scope():
        settle(number, at=at)
    now = standing_now(tenant=tenant, member=member, number=number, channel=channel, at=at)
    counts = StandingState.OPTED_IN
    if channel == "sms" and now.state is counts and before.state is not counts:
        ports.messenger().confirm_opt_in(member=member, number=number, tenant=tenant, at=at)
    return now


def about(event: ConsentEvent) -> dict[str, str]:
    """What the audit log says of a line, without naming the number."""
    return {"number": mask(event.number), "channel": event.channel, "method": event.method}

"""How the people of the stories agree: by their own login, on a number that was proved, through the shipped ledger."""

from datetime import UTC, datetime, timedelta

from members.consent.disclosure import Disclosure, disclosure
from members.consent.ledger import append
from members.models import ConsentEvent, Member, NumberCode
from tenants.models import Tenant, User
from tenants.scope import tenant_scope

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def wording(tenant_name: str = "Harbor", *, channel: str = "sms") -> Disclosure:
    return disclosure(
        tenant_name,
        channel=channel,  # type: ignore[arg-type]
        support_contact="",
        public_url="https://imes.example",
    )


def login_of(member: Member) -> User:
    """The member's login; one is made and linked where there is none."""
    if member.user is None:
        member.user = User.objects.create_user(f"login-{member.public_id}@people.example", None, name=member.name)
        member.save(update_fields=["user"])
    return member.user


def proved(member: Member, *, tenant: Tenant, number: str | None = None, at: datetime = EPOCH) -> ConsentEvent:
    """Have the number proved by a code that came back."""
    with tenant_scope(tenant.pk):
        number = number or member.phones.get().number
        code = NumberCode.objects.create(
            tenant=tenant,
            member=member,
            number=number,
            direction=NumberCode.Direction.OUTBOUND,
            digest=b"d" * 32,
            created_at=at,
            expires_at=at + timedelta(minutes=15),
            spent_at=at,
            proved_at=at,
        )
        member.phones.filter(number=number).update(proved_at=at)
        return append(
            act=ConsentEvent.Act.PROVE,
            channel=ConsentEvent.Channel.ANY,
            reach=ConsentEvent.Reach.TENANT,
            number=number,
            tenant_id=tenant.pk,
            member_id=member.pk,
            actor_id=login_of(member).pk,
            source="page",
            method="code entered",
            effective_at=at,
            at=at,
            details={},
            evidence_ref=code.public_id,
        )


def agree(
    member: Member, *, tenant: Tenant, at: datetime = EPOCH, channel: str = "sms", number: str | None = None
) -> ConsentEvent:
    """Have the member agree on their proved number, without the messages that follow from it on the pages."""
    proved(member, tenant=tenant, number=number, at=at)
    with tenant_scope(tenant.pk):
        return append(
            act=ConsentEvent.Act.GRANT,
            channel=ConsentEvent.Channel(channel),
            reach=ConsentEvent.Reach.TENANT,
            number=number or member.phones.get().number,
            tenant_id=tenant.pk,
            member_id=member.pk,
            actor_id=login_of(member).pk,
            source="invite",
            method="box ticked",
            effective_at=at,
            at=at,
            disclosure=wording(tenant.name, channel=channel),
            details={},
        )

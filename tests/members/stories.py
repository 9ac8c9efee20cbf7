"""Short words for the acts of these stories: Ben ticks the box, a handset texts STOP or START."""

from datetime import UTC, datetime, timedelta

from members.consent.disclosure import Disclosure, disclosure
from members.consent.operations import (
    HandsetMethod,
    StandsOptedOut,
    decline_consent,
    give_consent,
    opt_in_from_handset,
    opt_out_from_handset,
)
from members.models import ConsentEvent, Member
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.cast import BEN_NUMBER, SENDER_NUMBER

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def wording(tenant: Tenant) -> Disclosure:
    return disclosure(tenant.name, channel="sms", support_contact="", public_url="https://imes.example")


def ticks(
    member: Member, *, tenant: Tenant, actor: User, at: datetime, shown: Disclosure | None = None
) -> ConsentEvent | StandsOptedOut:
    with tenant_scope(tenant.pk):
        return give_consent(
            tenant=tenant,
            member=member,
            phone=member.phones.get(),
            channel="sms",
            disclosure=shown or wording(tenant),
            source="invite",
            ip="192.0.2.7",
            user_agent="a browser",
            evidence={"form": "a story"},
            actor=actor,
            at=at,
        )


def leaves_unticked(member: Member, *, tenant: Tenant, actor: User, at: datetime) -> ConsentEvent:
    with tenant_scope(tenant.pk):
        return decline_consent(
            tenant=tenant,
            member=member,
            phone=member.phones.get(),
            channel="sms",
            disclosure=wording(tenant),
            source="invite",
            ip="192.0.2.7",
            user_agent="a browser",
            evidence={"form": "a story"},
            actor=actor,
            at=at,
        )


def stops(
    *,
    at: datetime,
    message: str = "SM1",
    tenant_id: int | None = None,
    number: str = BEN_NUMBER,
    received_at: datetime | None = None,
    method: HandsetMethod = "keyword",
) -> ConsentEvent | None:
    return opt_out_from_handset(
        number=number,
        at=at,
        received_at=received_at or at,
        raw_text="STOP",
        method=method,
        provider="twilio",
        provider_message_id=message,
        sender_address=SENDER_NUMBER,
        tenant_id=tenant_id,
        member_id=None,
    )


def starts(
    *, at: datetime, message: str = "SM2", number: str = BEN_NUMBER, received_at: datetime | None = None
) -> ConsentEvent | None:
    return opt_in_from_handset(
        number=number,
        at=at,
        received_at=received_at or at,
        raw_text="START",
        method="keyword",
        provider="twilio",
        provider_message_id=message,
        sender_address=SENDER_NUMBER,
        tenant_id=None,
        member_id=None,
    )

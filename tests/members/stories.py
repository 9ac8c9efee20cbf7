"""Short words for the acts of these stories: Ben ticks the box, a handset texts STOP or START."""

from datetime import UTC, datetime, timedelta

from members.consent.choices import choose
from members.consent.disclosure import Disclosure
from members.consent.handset import HandsetMethod, opt_in_from_handset, opt_out_from_handset
from members.models import ConsentEvent, Member, NumberCode
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.cast import BEN_NUMBER, SENDER_NUMBER
from tests.consenting import login_of, proved, wording

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def ticks(member: Member, *, tenant: Tenant, at: datetime, shown: Disclosure | None = None) -> ConsentEvent:
    """The member ticks the box under their own login; their number was proved before."""
    return _chooses(member, is_ticked=True, tenant=tenant, at=at, shown=shown)


def leaves_unticked(member: Member, *, tenant: Tenant, at: datetime) -> ConsentEvent:
    return _chooses(member, is_ticked=False, tenant=tenant, at=at, shown=None)


def _chooses(
    member: Member, *, is_ticked: bool, tenant: Tenant, at: datetime, shown: Disclosure | None
) -> ConsentEvent:
    with tenant_scope(tenant.pk):
        if not NumberCode.objects.filter(member=member, proved_at__isnull=False).exists():
            proved(member, tenant=tenant)
        return choose(
            is_ticked=is_ticked,
            tenant=tenant,
            member=member,
            number=member.phones.get().number,
            channel="sms",
            disclosure=shown or wording(tenant.name),
            source="invite",
            ip="192.0.2.7",
            user_agent="a browser",
            evidence={"form": "a story"},
            actor=login_of(member),
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

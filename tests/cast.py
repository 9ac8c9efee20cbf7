"""The people of every story: Harbor and Ridge, Ana, Ben, Cleo, Sam and Pat, made through the models."""

from dataclasses import dataclass
from datetime import time
from typing import Any

from django.utils import timezone

from billing.models import Allowance
from members.models import Member, Number, Phone
from members.operations import switch_on_first
from notifications.models import Flow, ProviderAccount, Sender, Step, StepRecipient
from tenants.models import Membership, PlatformRole, Role, Standing, Tenant, User
from tenants.scope import platform_scope, tenant_scope

#: Their messaging hours never end, so that no test depends on the hour at which it runs; tests of hours set their own.
_TENANT: dict[str, Any] = {"standing": Standing.ACTIVE, "region": "US", "hours_open": time(0), "hours_close": time(0)}
PASSWORD = "a-long-demo-password"
BEN_NUMBER = "+12065550142"
SENDER_NUMBER = "+12065550100"


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays. Ben has a phone and no consent yet; Ridge must never see Harbor.

    Ana, Cleo and Pat may send by hand without limit.
    """

    harbor: Tenant
    ridge: Tenant
    ana: User
    cleo: User
    vic: User
    sam: User
    pat: User
    ben: Member
    ridge_member: Member
    sender: Sender
    flow: Flow


def make_cast() -> Cast:
    """Write everybody into the database; call it where a test may touch the database."""
    with platform_scope():
        harbor = Tenant.objects.create(name="Harbor", slug="harbor", **_TENANT)
        ridge = Tenant.objects.create(name="Ridge", slug="ridge", **_TENANT)
        ana = User.objects.create_user("ana@harbor.example", PASSWORD, name="Ana")
        cleo = User.objects.create_user("cleo@ridge.example", PASSWORD, name="Cleo")
        vic = User.objects.create_user("vic@harbor.example", PASSWORD, name="Vic")
        sam = User.objects.create_user("sam@imes.example", PASSWORD, name="Sam", platform_role=PlatformRole.SUPPORT)
        pat = User.objects.create_user("pat@imes.example", PASSWORD, name="Pat", platform_role=PlatformRole.PLATFORM)
        Membership.objects.create(tenant=harbor, user=ana, role=Role.ADMIN)
        Membership.objects.create(tenant=harbor, user=vic, role=Role.VIEWER)
        Membership.objects.create(tenant=ridge, user=cleo, role=Role.ADMIN)
        senders = ((harbor, ana), (harbor, pat), (ridge, cleo), (ridge, pat))
        Allowance.objects.bulk_create(
            Allowance(tenant=tenant, user=user, kind=Allowance.Kind.UNLIMITED) for tenant, user in senders
        )
        account = ProviderAccount.objects.create(
            provider="twilio", name="Platform Twilio", account_id="AC" + "0" * 32, secret="token-of-the-tests"
        )
        sender = Sender.objects.create(account=account, address=SENDER_NUMBER)
        Number.objects.bulk_create([Number(e164=BEN_NUMBER)], ignore_conflicts=True)
    with tenant_scope(harbor.pk):
        ben = add_member(harbor, name="Ben", number=BEN_NUMBER)
        flow = add_flow(harbor, name="Pump down", members=[ben])
    with tenant_scope(ridge.pk):
        ridge_member = Member.objects.create(tenant=ridge, name="Rita")
    return Cast(harbor, ridge, ana, cleo, vic, sam, pat, ben, ridge_member, sender, flow)


def add_member(tenant: Tenant, *, name: str, number: str | None = None) -> Member:
    """Add a member of `tenant` with one mobile number that is primary for both channels; needs the tenant's scope."""
    member = Member.objects.create(tenant=tenant, name=name, email=f"{name.lower()}@{tenant.slug}.example")
    if number:
        with platform_scope():
            Number.objects.bulk_create([Number(e164=number)], ignore_conflicts=True)
        Phone.objects.create(
            tenant=tenant, member=member, number=number, line_type="mobile", is_sms_primary=True, is_voice_primary=True
        )
        switch_on_first(member, number=number, actor=None, at=timezone.now())
    return member


def add_flow(tenant: Tenant, *, name: str, members: list[Member], text: str = "{service} is down") -> Flow:
    """Add a flow with one step that pages `members` by SMS all at once; needs the tenant's scope."""
    flow = Flow.objects.create(tenant=tenant, name=name, slug=name.lower().replace(" ", "-"), text=text)
    step = Step.objects.create(tenant=tenant, flow=flow)
    for place, member in enumerate(members):
        StepRecipient.objects.create(tenant=tenant, step=step, member=member, position=place)
    return flow

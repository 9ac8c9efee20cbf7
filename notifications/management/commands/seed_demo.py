"""Fills an empty development installation with two small tenants, so that the first page takes three minutes.

A second run changes nothing. People consent by the same operation as on the accept page; nothing is written past it.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from billing.models import Plan
from billing.operations import subscribe
from billing.operations.allowances import set_allowance
from members.consent.boxes import Box, Visit
from members.consent.choices import Channel
from members.consent.codes import CodeRefused, CodeSent, ask_for_code, enter_code
from members.consent.disclosure import disclosure
from members.models import Group, GroupPlace, Member
from members.models.phone import Origin
from members.operations import Accepted, Answer, accept_invite, add_phone, invite
from notifications.models import Flow, Notification, ProviderAccount, Sender, Step, StepRecipient
from notifications.operations.breakers import make_routes
from notifications.operations.hooks import make_hook
from tenants.models import Membership, PlatformRole, Role, Standing, Tenant, User
from tenants.scope import platform_scope, tenant_scope

PASSWORD = "harbor-demo-2026"  # noqa: S105  a published development value
LOGINS = [
    ("ana@harbor.example", PASSWORD, "tenant admin of Harbor"),
    ("pat@imes.example", PASSWORD, "platform admin"),
    ("sam@imes.example", PASSWORD, "support, reads everything"),
    ("cleo@ridge.example", PASSWORD, "tenant admin of Ridge"),
]
HOOK_TOKEN = "whk_demo-only-harbor-pump-station"  # noqa: S105  fixed so that the README's line works

# The sandbox's published development credentials (notifications/sandbox/defaults.py); it is imported by nobody.
ACCOUNT_SID = "AC5a6db0c5a6db0c5a6db0c5a6db0c5a6d"
ACCOUNT_SECRET = "5eed0000c0ffee005eed0000c0ffee00"  # noqa: S105
SENDER = "+12065550100"
SUPPORT_PHONE = "+12065550199"
AZURE_HOST = "imes-sandbox.unitedstates.communication.azure.com"
AZURE_KEY = "c2FuZGJveC1hY2Nlc3Mta2V5LW9mLWRldmVsb3BtZW50IQ=="
AZURE_SENDER = "+12065550190"
AZURE_RESOURCE = "5a6db0c5-a6db-4c5a-8db0-c5a6db0c5a6d"
AZURE_SPEECH = "https://imes-sandbox.cognitiveservices.azure.com"

#: Whose last digits make the sandbox misbehave, so that there is something to diagnose.
CONSENTING = [("Dana Okafor", "+12065553006"), ("Eli Marsh", "+12065550143")]
NEVER_ASKED = ("Fay Lindqvist", "+12065550144")
WITHOUT_PHONE = "Gus Tran"
#: The plan of Harbor, small enough to be reached by trying things out.
TEAM: dict[str, Any] = {
    "name": "Team",
    "monthly_notifications": 500,
    "monthly_segments": 1000,
    "monthly_calls": 100,
    "member_limit": 25,
    "sms_seats": 25,
    "has_test_calling": True,
}
CHANNELS: tuple[Channel, ...] = ("sms", "voice")


class Command(BaseCommand):
    help = "Make the demo tenants, people and flow of a development installation. Running it again changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("seed_demo makes logins with a published password: it runs only with DEBUG on.")
        with platform_scope():
            if Tenant.objects.filter(slug="harbor").exists():
                self.stdout.write("The demo tenants are there already; nothing was changed.")
                return
            harbor = self._tenant("Harbor", "America/Los_Angeles")
            ridge = self._tenant("Ridge", "Europe/London")
            ana = self._login("ana@harbor.example", "Ana Reyes", tenant=harbor)
            self._login("cleo@ridge.example", "Cleo Hart", tenant=ridge)
            self._login("sam@imes.example", "Sam Ito", platform_role=PlatformRole.SUPPORT)
            self._login("pat@imes.example", "Pat Moreau", platform_role=PlatformRole.PLATFORM)
            account = ProviderAccount.objects.create(
                provider="twilio", name="Platform Twilio (sandbox)", account_id=ACCOUNT_SID, secret=ACCOUNT_SECRET
            )
            Sender.objects.create(account=account, address=SENDER, channels=[*CHANNELS])
            azure = ProviderAccount.objects.create(
                provider="azure",
                name="Platform Azure (sandbox)",
                account_id=AZURE_HOST,
                secret=AZURE_KEY,
                resource_id=AZURE_RESOURCE,
                speech_endpoint=AZURE_SPEECH,
            )
            # Second in line: it takes what Twilio cannot.
            Sender.objects.create(account=azure, address=AZURE_SENDER, channels=[*CHANNELS], priority=20)
            # Before there are members: their SMS seats belong to this subscription.
            subscribe(harbor, plan=Plan.objects.create(**TEAM), actor=None, at=timezone.now())
        make_routes(at=timezone.now())
        set_allowance(harbor, user=ana, kind="number", daily=50, actor=None, at=timezone.now())
        with tenant_scope(harbor.pk):
            self._harbor(harbor, ana=ana)
        with tenant_scope(ridge.pk):
            rita = Member.objects.create(tenant=ridge, name="Rita Solberg", email="rita@ridge.example")
            add_phone(member=rita, number="+12065550150", origin=Origin.ADMIN, actor=None, at=timezone.now())
        self.stdout.write("Made the tenants Harbor and Ridge. Ben's invite waits on the handset page, under E-mail.")

    def _tenant(self, name: str, zone: str) -> Tenant:
        return Tenant.objects.create(
            name=name,
            slug=name.lower(),
            time_zone=zone,
            standing=Standing.ACTIVE,
            support_email=f"help@{name.lower()}.example",
            support_phone=SUPPORT_PHONE,
        )

    def _login(
        self, email: str, name: str, *, tenant: Tenant | None = None, platform_role: PlatformRole = PlatformRole.NONE
    ) -> User:
        user = User.objects.create_user(email, PASSWORD, name=name, platform_role=platform_role)
        if tenant is not None:
            Membership.objects.create(tenant=tenant, user=user, role=Role.ADMIN)
        return user

    def _harbor(self, harbor: Tenant, *, ana: User) -> None:
        now = timezone.now()
        ben = Member.objects.create(tenant=harbor, name="Ben Adeyemi", email="ben@harbor.example")
        members = [ben, *(self._consenting(harbor, name, number, ana=ana) for name, number in CONSENTING)]
        fay = Member.objects.create(tenant=harbor, name=NEVER_ASKED[0], email="fay@harbor.example")
        add_phone(member=fay, number=NEVER_ASKED[1], origin=Origin.ADMIN, actor=ana, at=now)
        members += [fay, Member.objects.create(tenant=harbor, name=WITHOUT_PHONE, email="gus@harbor.example")]
        group = Group.objects.create(tenant=harbor, name="On call")
        GroupPlace.objects.bulk_create(
            GroupPlace(tenant=harbor, group=group, member=member, position=place)
            for place, member in enumerate(members)
        )
        flow = Flow.objects.create(
            tenant=harbor,
            name="Pump station",
            slug="pump-station",
            text="{service} stopped at {site}. Please look now.",
        )
        for position, channel in enumerate(CHANNELS):
            # Whoever does not answer the text within two minutes is called.
            step = Step.objects.create(
                tenant=harbor, flow=flow, position=position, channels=[channel], wait=timedelta(minutes=2)
            )
            StepRecipient.objects.create(tenant=harbor, step=step, group=group)
        make_hook(flow, actor=ana, at=now, token=HOOK_TOKEN)
        invite(tenant=harbor, email=ben.email, name=ben.name, role=Role.MEMBER, member=ben, actor=ana, at=now)

    def _consenting(self, harbor: Tenant, name: str, number: str, *, ana: User) -> Member:
        """Invite a person, accept as they would with both boxes ticked, and prove the number by its code."""
        now = timezone.now()
        email = f"{name.split(maxsplit=1)[0].lower()}@harbor.example"
        sent, _ = invite(tenant=harbor, email=email, name=name, role=Role.MEMBER, member=None, actor=ana, at=now)
        boxes: dict[Channel, Box] = {
            channel: Box(
                True,
                disclosure(
                    harbor.name, channel=channel, support_contact=harbor.support_email, public_url=settings.PUBLIC_URL
                ),
            )
            for channel in CHANNELS
        }
        visit = Visit(ip="127.0.0.1", user_agent="seed_demo")
        answer = Answer(name=name, password=PASSWORD, number=number, boxes=boxes, visit=visit)
        accepted = accept_invite(sent, answer=answer, at=now)
        if not isinstance(accepted, Accepted):
            raise CommandError(f"The demo invite of {name} was refused: {accepted.why}.")
        self._prove(harbor, accepted, number=number)
        return accepted.member

    def _prove(self, harbor: Tenant, accepted: Accepted, *, number: str) -> None:
        """Ask for a code and enter it, as read from the text that waits; the text then ends unsent with its code."""
        # No address is given, or the demo people would use up what one address may ask for in an hour.
        now = timezone.now()
        asked = ask_for_code(tenant=harbor, member=accepted.member, number=number, user=accepted.user, ip="", at=now)
        if not isinstance(asked, CodeSent):
            raise CommandError(f"No code was sent to {number}: {asked}.")
        text = Notification.objects.get(number_code=asked.code).sealed_body
        if isinstance(proved := enter_code(asked.code, digits=text, at=timezone.now()), CodeRefused):
            raise CommandError(f"The code of {number} was not taken: {proved.why}.")

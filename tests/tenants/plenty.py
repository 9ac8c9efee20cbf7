"""One row of everything that a tenant can have, so that tests can look for each of them where it must not be seen."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone

from billing.models import (
    Allowance,
    AllowanceDay,
    Charge,
    QuotaNotice,
    StandingChange,
    StripeCustomer,
    StripeEvent,
    TopUp,
    UsageDay,
    UsageMonth,
)
from imes.kernel.ids import token_digest
from members.consent.ledger import append
from members.models import (
    ConsentEvent,
    ConsentRecord,
    ConsentStanding,
    EvidenceFile,
    Group,
    GroupPlace,
    Invite,
    Member,
    NumberCode,
    Schedule,
    ScheduleException,
    TimeOff,
)
from notifications.models import (
    Alert,
    AlertStep,
    Attempt,
    Flow,
    Hook,
    InboundMessage,
    Notification,
    ProviderAccount,
    Receipt,
    Review,
    Sender,
    Trigger,
)
from tenants.audit import Act, record
from tenants.models import Membership, Role, Tenant, User
from tenants.scope import platform_scope, tenant_scope
from tests.cast import add_flow, add_member
from tests.consenting import wording


def owned_models() -> Iterator[type[models.Model]]:
    """Every model whose rows may belong to a tenant: those that have its key, history included."""
    for model in apps.get_models():
        if any(field.column == "tenant_id" for field in model._meta.local_concrete_fields):
            yield model


def make_plenty(tenant: Tenant, *, number: str) -> dict[type[models.Model], Any]:
    """Make at least one row of each of `owned_models` for `tenant`; return one row of those that are made by hand."""
    with platform_scope():
        account = ProviderAccount.objects.create(
            tenant=tenant, provider="azure", name=f"{tenant.name}'s own", account_id=f"own-{tenant.slug}", secret="s"
        )
        sender = Sender.objects.create(tenant=tenant, account=account, address=f"own-{tenant.slug}")
    recorder = User.objects.create_user(f"recorder@{tenant.slug}.example", None, name="Recorder")
    with tenant_scope(tenant.pk):
        Membership.objects.create(tenant=tenant, user=recorder, role=Role.ADMIN)
    with tenant_scope(tenant.pk):
        member = add_member(tenant, name=f"Mel of {tenant.slug}", number=number)
        phone = member.phones.get()
        # History is written when a row is made, and when it is changed.
        member.email = "mel@example.com"
        member.save()
        phone.label = "work"
        phone.save()
        group = Group.objects.create(tenant=tenant, name=f"Group of {tenant.slug}")
        place = GroupPlace.objects.create(tenant=tenant, group=group, member=member)
        flow = add_flow(tenant, name=f"Flow of {tenant.slug}", members=[member])
        flow.text = "{service} is down again"
        flow.save()
        step = flow.steps.get()
        step.position = 1
        step.save()
        made: list[models.Model] = [account, sender, member, phone, group, place, flow, step, step.recipients.get()]
        made += _happened(tenant, flow=flow, member=member, number=number, sender=sender)
        made += _consented(tenant, member=member, number=number, by=recorder)
        made += _free_at_times(tenant, member=member)
    with platform_scope():
        made += _billed(tenant, by=recorder)
    tenant.support_email = f"help@{tenant.slug}.example"
    with platform_scope():
        tenant.save()
    return {type(row): row for row in made}


def _consented(tenant: Tenant, *, member: Member, number: str, by: User) -> list[models.Model]:
    """Everything beside the ledger: a code, a recorded consent with its document, the projection, a doubtful reply."""
    now = timezone.now()
    words = wording(tenant.name)
    code = NumberCode.objects.create(
        tenant=tenant,
        member=member,
        number=number,
        direction=NumberCode.Direction.OUTBOUND,
        digest=b"d" * 32,
        expires_at=now + timedelta(minutes=15),
    )
    document = EvidenceFile.objects.create(
        tenant=tenant, name="form.pdf", content_type="application/pdf", size=1, sha256=b"d" * 32, content=b"x"
    )
    consent = ConsentRecord.objects.create(
        tenant=tenant,
        member=member,
        number=number,
        channels=["sms"],
        method=ConsentRecord.Method.PAPER,
        acted_at=now - timedelta(hours=1),
        disclosure_version=words.version,
        disclosure_text=words.text,
        disclosure_digest=words.digest,
        evidence_file=document,
        statement="They signed the form at the gate.",
        recorded_by=by,
    )
    standing, _ = ConsentStanding.objects.get_or_create(
        tenant=tenant, member=member, number=number, channel="sms", defaults={"state": "opted_out", "since": now}
    )
    review = Review.objects.create(tenant=tenant, kind=Review.Kind.LIKELY_STOP, number=number, because="stop by at 5")
    return [code, document, consent, standing, review]


def _free_at_times(tenant: Tenant, *, member: Member) -> list[models.Model]:
    """A schedule, changed once, with an exception, and time off."""
    now = timezone.now()
    schedule = Schedule.objects.create(tenant=tenant, member=member)
    schedule.weekly = [[0, "09:00", "17:00"]]
    schedule.save()
    exception = ScheduleException.objects.create(tenant=tenant, schedule=schedule, on=now.date())
    off = TimeOff.objects.create(tenant=tenant, member=member, starts_at=now, ends_at=now + timedelta(days=1))
    return [schedule, exception, off]


def _billed(tenant: Tenant, *, by: User) -> list[models.Model]:
    """A month with what was used and charged in it, an allowance, and how the standing moved."""
    now = timezone.now()
    day = now.date()
    month = UsageMonth.objects.create(tenant=tenant, starts_on=day, resets_on=day + timedelta(days=31))
    of_month: dict[str, Any] = {"tenant": tenant, "month": month}
    return [
        month,
        UsageDay.objects.create(tenant=tenant, day=day, channel="sms"),
        Charge.objects.create(
            **of_month, notification_id=tenant.pk, channel="sms", day=day, by_user=by, reserved_at=now
        ),
        TopUp.objects.create(**of_month, notifications=5, reason="asked for", actor=by),
        QuotaNotice.objects.create(**of_month, kind="notifications", percent=80, limit=10, made_at=now),
        Allowance.objects.create(tenant=tenant, user=by, kind="unlimited"),
        AllowanceDay.objects.create(tenant=tenant, user=by, day=day),
        StandingChange.objects.create(
            tenant=tenant, before="trial", after="active", source="by_hand", actor=by, reason="paid", at=now
        ),
        StripeCustomer.objects.create(tenant=tenant, customer_ref=f"cus_{tenant.slug}"),
        StripeEvent.objects.create(
            tenant=tenant, event_ref=f"evt_{tenant.slug}", kind="invoice.paid", made_at=now, outcome="moved"
        ),
    ]


def _happened(tenant: Tenant, *, flow: Flow, member: Member, number: str, sender: Sender) -> list[models.Model]:
    """Fire `flow` once by hand, with what may come of it."""
    now = timezone.now()
    hook = Hook.objects.create(tenant=tenant, flow=flow, token_digest=token_digest(tenant.slug), token_hint="hk_1")
    alert = Alert.objects.create(tenant=tenant, flow=flow, flow_snapshot={}, text="down", source=Alert.Source.HOOK)
    trigger = Trigger.objects.create(
        tenant=tenant, hook=hook, flow=flow, is_accepted=True, http_status=202, code="FIRED", alert=alert
    )
    step = AlertStep.objects.create(tenant=tenant, alert=alert, position=0, fired_at=now)
    page = Notification.objects.create(
        tenant=tenant,
        purpose="page",
        channel="sms",
        alert=alert,
        alert_step=step,
        member=member,
        number=number,
        body="down",
        expires_at=now + timedelta(minutes=30),
    )
    attempt = Attempt.objects.create(
        tenant=tenant,
        notification=page,
        ordinal=1,
        channel=page.channel,
        provider="twilio",
        sender=sender,
        sender_address=sender.address,
        number=number,
        body_digest=b"d" * 32,
        facts={},
        ruling={},
        committed_at=now,
        provider_message_id=f"SM-{tenant.slug}",
    )
    receipt = Receipt.objects.create(
        tenant=tenant, attempt=attempt, door=Receipt.Door.CALLBACK, word="sent", received_at=now
    )
    text = InboundMessage.objects.create(
        tenant=tenant,
        number=number,
        to_address=sender.address,
        sender=sender,
        provider="twilio",
        provider_message_id=f"SM-in-{tenant.slug}",
        body="1",
        received_at=now,
        reading="ACK",
        acknowledged=page,
    )
    invite = Invite.objects.create(
        tenant=tenant,
        email=f"new@{tenant.slug}.example",
        name="New",
        token_digest=token_digest(f"invite {tenant.slug}"),
        expires_at=now + timedelta(days=7),
    )
    line = append(
        act=ConsentEvent.Act.REVOKE,
        channel=ConsentEvent.Channel.SMS,
        reach=ConsentEvent.Reach.TENANT,
        number=number,
        tenant_id=tenant.pk,
        member_id=member.pk,
        actor_id=None,
        source="admin",
        method="form",
        effective_at=now,
        at=now,
        details={"note": "asked by e-mail"},
    )
    entry = record(Act.ALERT_OPENED, tenant_id=tenant.pk, actor=None, subject=alert, at=now, data={"text": "down"})
    return [hook, alert, trigger, step, page, attempt, receipt, text, invite, line, entry]

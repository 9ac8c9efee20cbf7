"""One row of the Notifications log: one person, one channel, one purpose, and what became of it."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from members.models import Member, NumberCode
from notifications.core.states import Channel, NotificationStatus, Purpose
from notifications.fields import EncryptedTextField
from notifications.models.alert import Alert, AlertStep
from notifications.models.sender import Sender
from tenants.fields import NumberField, PublicIdField
from tenants.models import OwnedModel
from tenants.scope import TenantManager

STATUSES = [(status.value, status.value.replace("_", " ").capitalize()) for status in NotificationStatus]
PURPOSES = [(purpose.value, purpose.value.replace("_", " ").capitalize()) for purpose in Purpose]
CHANNELS = [(Channel.SMS.value, "SMS"), (Channel.VOICE.value, "Voice"), (Channel.EMAIL.value, "E-mail")]

#: Rows that a worker may claim.
CLAIMABLE = [NotificationStatus.QUEUED.value, NotificationStatus.HELD.value]


class Notification(OwnedModel):
    """One message to one person. Its status claims only what is known (notifications/core/states.py)."""

    public_id = PublicIdField(prefix="ntf")
    purpose = models.CharField(max_length=24, choices=PURPOSES)
    channel = models.CharField(max_length=8, choices=CHANNELS)
    alert = models.ForeignKey(
        Alert, on_delete=models.PROTECT, null=True, related_name="notifications", db_constraint=False
    )
    alert_step = models.ForeignKey(
        AlertStep, on_delete=models.PROTECT, null=True, related_name="notifications", db_constraint=False
    )
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, related_name="notifications", db_constraint=False
    )
    number = NumberField(blank=True, help_text="Where it goes: as it stood when the row was written; empty if none.")
    address = models.EmailField(blank=True, help_text="Where an e-mail goes: as it stood when the row was written.")
    body = models.TextField(help_text="The text without the acknowledgement line.")
    ack_code = models.CharField(max_length=8, blank=True, db_collation="C", help_text="Reply with it to acknowledge.")
    status = models.CharField(max_length=16, choices=STATUSES, default=NotificationStatus.QUEUED.value)
    reason = models.CharField(max_length=24, blank=True, help_text="Stable code of why it stands as it stands.")
    reason_text = models.CharField(max_length=400, blank=True)
    tried_next = models.CharField(
        max_length=200, blank=True, help_text="Of a page that did not go: who was paged in its place, by name."
    )
    ruling = models.JSONField(null=True, help_text="The last ruling that let nothing go: facts, gates, reason.")
    ruled_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now, help_text="Not before this time.")
    expires_at = models.DateTimeField(null=True, help_text="Not sent any more from this time on.")
    lease_owner = models.CharField(max_length=64, blank=True, db_collation="C")
    lease_until = models.DateTimeField(null=True)
    reply_to = models.ForeignKey(
        "notifications.InboundMessage",
        on_delete=models.SET_NULL,
        null=True,
        related_name="replies",
        db_constraint=False,
        help_text="The text that this one answers.",
    )
    reply_from = models.ForeignKey(
        Sender, on_delete=models.SET_NULL, null=True, related_name="+", help_text="An answer leaves from where it came."
    )
    number_code = models.ForeignKey(
        NumberCode,
        on_delete=models.SET_NULL,
        null=True,
        related_name="notifications",
        db_constraint=False,
        help_text="The code that this message carries.",
    )
    sealed_body = EncryptedTextField(
        blank=True,
        default="",
        help_text="What is sent in place of the body, where the log may not show it; gone once it went.",
    )
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    resend_of = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="resends")
    merged_into = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="merged")
    cancelled_by = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="cancelled")
    handed_over_at = models.DateTimeField(null=True, help_text="When a provider first accepted it.")
    finished_at = models.DateTimeField(null=True, help_text="When its last word was known.")
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_via = models.CharField(max_length=16, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["tenant", "-created_at", "-id"], name="ntf_tenant_created"),
            models.Index(fields=["tenant", "status", "-created_at", "-id"], name="ntf_tenant_status"),
            models.Index(fields=["tenant", "channel", "-created_at", "-id"], name="ntf_tenant_channel"),
            models.Index(fields=["tenant", "purpose", "-created_at", "-id"], name="ntf_tenant_purpose"),
            models.Index(fields=["tenant", "member", "-created_at"], name="ntf_tenant_member"),
            models.Index(fields=["tenant", "number", "-created_at"], name="ntf_tenant_number"),
            models.Index(fields=["-created_at", "-id"], name="ntf_created"),
            models.Index(fields=["alert", "id"], name="ntf_alert"),
            models.Index(
                fields=["alert_step", "status"], condition=models.Q(alert_step__isnull=False), name="ntf_alert_step"
            ),
            models.Index(fields=["resend_of"], condition=models.Q(resend_of__isnull=False), name="ntf_resend_of"),
            models.Index(fields=["merged_into"], condition=models.Q(merged_into__isnull=False), name="ntf_merged_into"),
            models.Index(fields=["due_at", "id"], condition=models.Q(status__in=CLAIMABLE), name="ntf_due"),
            # Claims are fair over tenants: each tenant's oldest rows, without reading past another's backlog.
            models.Index(
                fields=["tenant", "due_at", "id"], condition=models.Q(status__in=CLAIMABLE), name="ntf_tenant_due"
            ),
            models.Index(
                fields=["expires_at"],
                condition=models.Q(status__in=CLAIMABLE, expires_at__isnull=False),
                name="ntf_expiring",
            ),
            models.Index(
                fields=["number", "-id"],
                condition=models.Q(purpose="page", acknowledged_at__isnull=True),
                name="ntf_open_by_number",
            ),
            models.Index(
                fields=["member"],
                condition=models.Q(purpose="consent_confirmation", status__in=["queued", "held", "sending"]),
                name="ntf_confirmation_waits",
            ),
            # By id and not by lease, although that is asked: a claim then changes no column of an index, and its rows
            # stay where they are (heap-only). Few are in flight at a time.
            models.Index(
                fields=["id"], condition=models.Q(status__in=["sending", "unconfirmed"]), name="ntf_in_flight_by_id"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=[status.value for status in NotificationStatus]),
                name="notification_status_known",
            ),
            models.CheckConstraint(
                condition=models.Q(purpose="page", alert__isnull=False)
                | (~models.Q(purpose="page") & models.Q(alert__isnull=True)),
                name="notification_only_pages_have_alerts",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class Transition(models.Model):
    """One change of a notification's status, written by a database trigger whichever way the change was made."""

    notification = models.ForeignKey(
        Notification, on_delete=models.DO_NOTHING, related_name="transitions", db_constraint=False
    )
    tenant_id = models.BigIntegerField()
    at = models.DateTimeField()
    from_status = models.CharField(max_length=16, blank=True)
    to_status = models.CharField(max_length=16)
    reason = models.CharField(max_length=24, blank=True)

    objects = TenantManager()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.from_status} → {self.to_status}"

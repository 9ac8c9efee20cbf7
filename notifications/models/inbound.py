"""What came in from providers: the raw request as it arrived, and the text message read from it."""

from django.db import models

from notifications.models.notification import Notification
from notifications.models.sender import PROVIDERS, Sender
from tenants.fields import NumberField, PublicIdField
from tenants.models import Tenant
from tenants.scope import TenantManager


class ProviderCallback(models.Model):
    """One request of a provider, kept as it came. Seen by the platform alone: it may hold anybody's words."""

    class Kind(models.TextChoices):
        STATUS = "status", "Receipt"
        INBOUND = "inbound", "Inbound message"
        CALL = "call", "Event of a call"

    provider = models.CharField(max_length=16, choices=PROVIDERS)
    kind = models.CharField(max_length=16, choices=Kind)
    received_at = models.DateTimeField()
    account_id = models.CharField(max_length=80, blank=True, db_collation="C")
    provider_message_id = models.CharField(max_length=64, blank=True, db_collation="C")
    attempt_public_id = models.CharField(max_length=24, blank=True, db_collation="C")
    idempotency_token = models.CharField(max_length=64, blank=True, db_collation="C")
    defect = models.CharField(max_length=40, blank=True, help_text="Why its signature was refused; empty: verified.")
    payload = models.JSONField(null=True, help_text="All parameters, unknown ones too; empty where refused.")
    joined_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["provider", "provider_message_id"], name="callback_message"),
            models.Index(fields=["received_at"], condition=models.Q(joined_at__isnull=True), name="callback_unjoined"),
            models.Index(fields=["-received_at"], condition=~models.Q(defect=""), name="callback_refused"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.kind} {self.id}"


class InboundMessage(models.Model):
    """A text from a handset, how it was read, and what followed from it."""

    public_id = PublicIdField(prefix="inb")
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, null=True, related_name="+")
    number = NumberField()
    to_address = models.CharField(max_length=64, db_collation="C")
    sender = models.ForeignKey(Sender, on_delete=models.SET_NULL, null=True, related_name="+")
    provider = models.CharField(max_length=16, choices=PROVIDERS)
    provider_message_id = models.CharField(max_length=64, db_collation="C")
    body = models.TextField()
    received_at = models.DateTimeField()
    reading = models.CharField(max_length=16, help_text="STOP, START, HELP, ACK or NONE.")
    because = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=40, blank=True, help_text="What followed, as a stable word.")
    acknowledged = models.ForeignKey(
        Notification, on_delete=models.SET_NULL, null=True, related_name="acknowledging_texts"
    )

    objects = TenantManager()

    class Meta:
        verbose_name = "reply"
        verbose_name_plural = "replies"
        ordering = ("-id",)
        constraints = [models.UniqueConstraint(fields=["provider", "provider_message_id"], name="inbound_once")]
        indexes = [
            models.Index(fields=["tenant", "-received_at"], name="inbound_tenant_at"),
            models.Index(fields=["number", "-received_at"], name="inbound_number_at"),
            models.Index(fields=["sender", "-received_at"], name="inbound_sender_at"),
        ]

    def __str__(self) -> str:
        return self.public_id

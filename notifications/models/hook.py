"""The webhook that fires a flow, and every request that came through it, refused ones included."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from notifications.models.flow import Flow
from tenants.fields import PublicIdField
from tenants.models import OwnedModel


class Hook(OwnedModel):
    """A secret address that fires one flow. The token is shown once and kept only as a SHA-256."""

    public_id = PublicIdField(prefix="hok")
    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="hooks", db_constraint=False)
    token_digest = models.BinaryField(max_length=32, unique=True, editable=False)
    token_hint = models.CharField(max_length=12, editable=False, help_text="How the token begins.")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.token_hint}…"


class Trigger(OwnedModel):
    """One request to fire a flow, and what it was answered; kept when it was refused, and shown to its tenant."""

    public_id = PublicIdField(prefix="trg")
    hook = models.ForeignKey(Hook, on_delete=models.SET_NULL, null=True, related_name="triggers")
    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="triggers", db_constraint=False)
    at = models.DateTimeField(default=timezone.now)
    is_accepted = models.BooleanField("accepted")
    http_status = models.PositiveSmallIntegerField("answered")
    code = models.CharField(max_length=24, help_text="Stable name of the answer, such as TRIGGER-4.")
    says = models.CharField(max_length=400, blank=True)
    idempotency_key = models.CharField(max_length=200, blank=True, db_collation="C")
    body_digest = models.BinaryField(max_length=32, null=True)
    remote_address = models.GenericIPAddressField(null=True)
    alert = models.ForeignKey(
        "notifications.Alert", on_delete=models.SET_NULL, null=True, related_name="triggers", db_constraint=False
    )

    class Meta:
        verbose_name = "webhook request"
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["tenant", "-at"], name="trigger_tenant_at"),
            models.Index(
                fields=["hook", "idempotency_key", "-at"],
                condition=~models.Q(idempotency_key=""),
                name="trigger_idempotency",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

"""A text, or a provider's word, that a person should look at: what it may mean for somebody's consent."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from notifications.models.inbound import InboundMessage
from tenants.fields import NumberField, PublicIdField
from tenants.models import Tenant
from tenants.scope import TenantManager


class Review(models.Model):
    """One open question and, later, its answer; of the tenant that the text belongs to, else of the platform alone."""

    class Kind(models.TextChoices):
        FREE_TEXT_STOP = "free_text_stop", "Opted out in their own words"
        LIKELY_STOP = "likely_stop", "May be an opt-out"
        BLOCK_AFTER_CONSENT = "block_after_consent", "Blocked by the provider although consent stands"

    class Decision(models.TextChoices):
        OPT_OUT = "opt_out", "It is an opt-out: recorded"
        NO_OPT_OUT = "no_opt_out", "It is no opt-out"
        SEEN = "seen", "Seen"

    public_id = PublicIdField(prefix="rev")
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=24, choices=Kind)
    number = NumberField()
    inbound = models.ForeignKey(
        InboundMessage, on_delete=models.PROTECT, null=True, related_name="reviews", db_constraint=False
    )
    score = models.PositiveSmallIntegerField(default=0, help_text="0 to 100: how likely it is an opt-out.")
    because = models.CharField(max_length=200)
    opened_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    decision = models.CharField(max_length=16, choices=Decision, blank=True)
    note = models.CharField(max_length=400, blank=True)

    objects = TenantManager()

    class Meta:
        ordering = ("-id",)
        verbose_name = "reply to review"
        verbose_name_plural = "replies to review"
        indexes = [
            models.Index(fields=["tenant", "decision", "-id"], name="review_tenant_decision"),
            models.Index(fields=["number"], condition=models.Q(decided_at__isnull=True), name="review_open_number"),
        ]

    def __str__(self) -> str:
        return self.public_id

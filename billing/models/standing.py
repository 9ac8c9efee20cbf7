"""How a tenant came to its standing, and what a payment provider said about it."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from tenants.fields import PublicIdField
from tenants.models import OwnedModel, Tenant
from tenants.models.tenant import Standing
from tenants.scope import TenantManager


class StandingChange(OwnedModel):
    """One move of a tenant's standing: from, to, until when, by whom and why. Append-only."""

    class Source(models.TextChoices):
        BY_HAND = "by_hand", "By a platform admin"
        CLOCK = "clock", "Its time ran out"
        STRIPE = "stripe", "Stripe"

    public_id = PublicIdField(prefix="std")
    before = models.CharField(max_length=16, choices=Standing)
    after = models.CharField(max_length=16, choices=Standing)
    until = models.DateTimeField(null=True)
    source = models.CharField(max_length=12, choices=Source)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, null=True, related_name="+")
    reason = models.CharField(max_length=200)
    event_ref = models.CharField(max_length=80, blank=True, db_collation="C", help_text="The event that moved it.")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)
        verbose_name = "change of standing"
        verbose_name_plural = "changes of standing"
        indexes = [models.Index(fields=["tenant", "-at"], name="standing_tenant_at")]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class StripeCustomer(OwnedModel):
    """Which customer of Stripe a tenant is, and the newest event that was heeded: older ones change nothing."""

    customer_ref = models.CharField(max_length=80, unique=True, db_collation="C", help_text="Begins with cus_.")
    heeded_until = models.DateTimeField(null=True, help_text="When the newest event was made that was heeded.")

    class Meta:
        ordering = ("id",)
        verbose_name = "customer of Stripe"
        verbose_name_plural = "customers of Stripe"
        constraints = [models.UniqueConstraint(fields=["tenant"], name="stripe_customer_once")]

    def __str__(self) -> str:
        return self.customer_ref


class StripeEvent(models.Model):
    """One signed event of Stripe, kept once however often it comes: what it says of a standing, and no payload."""

    class Outcome(models.TextChoices):
        MOVED = "moved", "Moved the standing"
        NO_CHANGE = "no_change", "Changed nothing"
        OLDER = "older", "Older than what was heeded"
        UNKNOWN_CUSTOMER = "unknown_customer", "A customer that no tenant is"
        NOT_OURS = "not_ours", "Of a kind that says nothing about a standing"
        REFUSED = "refused", "The move is not allowed"

    event_ref = models.CharField(max_length=80, unique=True, db_collation="C")
    kind = models.CharField(max_length=80)
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    customer_ref = models.CharField(max_length=80, blank=True, db_collation="C")
    subscription_ref = models.CharField(max_length=80, blank=True, db_collation="C")
    subscription_at = models.DateTimeField(null=True, help_text="When the subscription was made, where the event says.")
    standing = models.CharField(
        max_length=16, choices=Standing, blank=True, help_text="The standing that it means; empty: it says nothing."
    )
    standing_until = models.DateTimeField(null=True, help_text="When the trial ends that it speaks of.")
    received_at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=20, choices=Outcome)
    says = models.CharField(max_length=200, blank=True)

    objects = TenantManager()

    class Meta:
        ordering = ("-id",)
        verbose_name = "event of Stripe"
        verbose_name_plural = "events of Stripe"
        indexes = [models.Index(fields=["customer_ref", "made_at"], name="stripe_event_customer")]

    def __str__(self) -> str:
        return self.event_ref

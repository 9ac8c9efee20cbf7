"""An organisation whose people are paged, and its standing: what its bills allow it to do."""

import pghistory
from django.db import models
from django.utils import timezone

from tenants.fields import PublicIdField
from tenants.zones import validate_zone


class Standing(models.TextChoices):
    """Reading 5 of the product: what each allows is decided in billing/standing.py."""

    TRIAL = "trial", "Trial"
    ACTIVE = "active", "Active"
    PAYMENT_DUE = "payment_due", "Payment due"
    PAST_DUE = "past_due", "Past due"
    SUSPENDED = "suspended", "Suspended"
    CANCELLED = "cancelled", "Cancelled"


@pghistory.track()
class Tenant(models.Model):
    """An organisation. Its rows are seen by its own people and the platform alone."""

    public_id = PublicIdField(prefix="tnt")
    name = models.CharField(max_length=120, help_text="Named in every invite, consent text and message.")
    slug = models.SlugField(max_length=60, unique=True, db_collation="C", help_text="Short name in commands and links.")
    time_zone = models.CharField(
        max_length=64,
        default="UTC",
        validators=[validate_zone],
        help_text="Times are shown in this zone to people who have not set their own, such as Europe/London.",
    )
    region = models.CharField(
        max_length=2,
        default="US",
        help_text="Two-letter country of numbers written without a country code; used in suggestions only.",
    )
    standing = models.CharField(max_length=16, choices=Standing, default=Standing.TRIAL)
    standing_until = models.DateTimeField(
        null=True, blank=True, help_text="When the trial or the grace period ends; empty where it has no end."
    )
    support_email = models.EmailField(blank=True, help_text="Shown to members as the address to write to for help.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("name",)
        constraints = [
            models.CheckConstraint(condition=models.Q(standing__in=Standing.values), name="tenant_standing_known"),
        ]

    def __str__(self) -> str:
        return self.name

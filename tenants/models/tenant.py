"""An organisation whose people are paged, and its standing: what its bills allow it to do."""

from datetime import time

import pghistory
from django.db import models
from django.utils import timezone

from tenants.fields import NumberField, PublicIdField
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
    hours_open = models.TimeField(
        "messaging hours from",
        default=time(7),
        help_text="Direct messages and routine flows wait for these hours, in the zone of whoever gets them.",
    )
    hours_close = models.TimeField(
        "messaging hours until", default=time(21), help_text="The same time as “from” means day and night."
    )
    direct_hours_open = models.TimeField(
        "direct messages from", null=True, blank=True, help_text="Hours of direct messages alone; empty: as above."
    )
    direct_hours_close = models.TimeField("direct messages until", null=True, blank=True)
    standing = models.CharField(max_length=16, choices=Standing, default=Standing.TRIAL)
    standing_until = models.DateTimeField(
        null=True, blank=True, help_text="When the trial or the grace period ends; empty where it has no end."
    )
    support_email = models.EmailField(blank=True, help_text="Shown to members as the address to write to for help.")
    support_phone = NumberField(
        blank=True,
        help_text="A number at which people reach you, such as +12065550199: each call says it at its end "
        "(47 CFR 64.1200(b)(2)). It is not the number that calls.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("name",)
        constraints = [
            models.CheckConstraint(condition=models.Q(standing__in=Standing.values), name="tenant_standing_known"),
            models.CheckConstraint(
                condition=models.Q(direct_hours_open__isnull=True, direct_hours_close__isnull=True)
                | models.Q(direct_hours_open__isnull=False, direct_hours_close__isnull=False),
                name="tenant_direct_hours_both",
                violation_error_message="Give both ends of the hours of direct messages, or neither.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

"""What tenants subscribe to: how much they may send, how many of their people may get SMS, and what they may use."""

from django.db import models
from django.utils import timezone

from tenants.fields import PublicIdField
from tenants.models import OwnedModel


class Plan(models.Model):
    """An offer of the platform; the same for everybody."""

    public_id = PublicIdField(prefix="pln")
    name = models.CharField(max_length=80, unique=True)
    sms_seats = models.PositiveIntegerField(
        "SMS seats", null=True, blank=True, help_text="How many members may get SMS. Empty: as many as there are."
    )
    monthly_notifications = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="Pages, direct messages and tests by SMS and voice in a calendar month of the tenant's zone. "
        "Empty: no limit.",
    )
    monthly_segments = models.PositiveIntegerField(
        "monthly SMS segments",
        null=True,
        blank=True,
        help_text="A text of 160 plain or 70 other characters is one segment; a longer one has more. Empty: no limit.",
    )
    monthly_calls = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: no limit.")
    member_limit = models.PositiveIntegerField(
        "team members", null=True, blank=True, help_text="How many active members a tenant may have. Empty: no limit."
    )
    has_sms_limits = models.BooleanField(
        "SMS Limits",
        default=True,
        help_text="The page on which administrators say how much each user may send by hand. Without it nobody can "
        "send by hand.",
    )
    has_test_calling = models.BooleanField(
        "Test Calling", default=False, help_text="The page on which a number is called with a short test message."
    )
    is_default = models.BooleanField("given to new tenants", default=False)
    is_offered = models.BooleanField("offered", default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="plan_one_default"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Subscription(OwnedModel):
    """A tenant's plan from a day on. A change of plan ends one subscription and begins the next."""

    public_id = PublicIdField(prefix="sub")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="subscriptions")
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["tenant"], condition=models.Q(ended_at__isnull=True), name="subscription_one_current"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} since {self.started_at:%Y-%m-%d}"

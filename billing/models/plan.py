"""What tenants subscribe to: for now, how many of their people may get SMS."""

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

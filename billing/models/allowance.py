"""How much each user may send by hand in a day: blank, a number, or as an explicit choice unlimited (reading 6)."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from tenants.models import OwnedModel


class Allowance(OwnedModel):
    """A user's daily allowance in one tenant. No row, and blank, and 0: this user cannot send by hand."""

    class Kind(models.TextChoices):
        BLANK = "blank", "Blank: cannot send"
        NUMBER = "number", "A number a day"
        UNLIMITED = "unlimited", "Unlimited"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.BLANK)
    daily = models.PositiveIntegerField(null=True, help_text="Messages a day; set where the kind is a number.")
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["tenant", "user"], name="allowance_once"),
            models.CheckConstraint(
                condition=models.Q(kind="number", daily__isnull=False)
                | (~models.Q(kind="number") & models.Q(daily__isnull=True)),
                name="allowance_number_has_one",
            ),
        ]

    def __str__(self) -> str:
        return self.kind if self.daily is None else str(self.daily)


class AllowanceDay(OwnedModel):
    """What a user sent by hand on one day of the tenant's zone; moved by single conditional statements alone."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    used = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-day",)
        verbose_name = "day of sending by hand"
        verbose_name_plural = "days of sending by hand"
        constraints = [models.UniqueConstraint(fields=["tenant", "user", "day"], name="allowance_day_once")]

    def __str__(self) -> str:
        return f"{self.day}: {self.used}"

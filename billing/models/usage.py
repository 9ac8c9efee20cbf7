"""What a tenant used, and what each message was charged: the months' counters, the days', and one line a message.

The counters are moved by single conditional statements alone (billing/metering), never by reading and saving.
"""

from django.conf import settings
from django.db import models
from django.utils import timezone

from tenants.fields import PublicIdField
from tenants.models import OwnedModel

METERED = [("sms", "SMS"), ("voice", "Voice")]


class UsageMonth(OwnedModel):
    """One calendar month of a tenant, in its zone: limits as they stand, what is reserved, and what is used.

    A limit is that of the plan with every top-up of the month added; None is no limit. What is reserved belongs to
    messages under way, and counts against the limit until it is settled or released.
    """

    starts_on = models.DateField(help_text="The first day, in the tenant's zone.")
    resets_on = models.DateField(help_text="The first day of the next month.")
    notifications_limit = models.PositiveIntegerField(null=True)
    segments_limit = models.PositiveIntegerField(null=True)
    calls_limit = models.PositiveIntegerField(null=True)
    notifications_reserved = models.PositiveIntegerField(default=0)
    notifications_used = models.PositiveIntegerField(default=0)
    segments_reserved = models.PositiveIntegerField(default=0)
    segments_used = models.PositiveIntegerField(default=0)
    calls_reserved = models.PositiveIntegerField(default=0)
    calls_used = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-starts_on",)
        verbose_name = "month of usage"
        verbose_name_plural = "months of usage"
        constraints = [models.UniqueConstraint(fields=["tenant", "starts_on"], name="usage_month_once")]

    def __str__(self) -> str:
        return f"{self.starts_on:%Y-%m}"


class UsageDay(OwnedModel):
    """What a tenant used of one channel on one day of its zone; what was released again is not in it."""

    day = models.DateField()
    channel = models.CharField(max_length=8, choices=METERED)
    notifications = models.PositiveIntegerField(default=0)
    segments = models.PositiveIntegerField(default=0)
    calls = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("day", "channel")
        verbose_name = "day of usage"
        verbose_name_plural = "days of usage"
        constraints = [models.UniqueConstraint(fields=["tenant", "day", "channel"], name="usage_day_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.channel}"


class Charge(OwnedModel):
    """What one message costs: reserved before it goes, settled when a provider took it, released if it never counts.

    A message is charged once, however often it is tried.
    """

    class State(models.TextChoices):
        RESERVED = "reserved", "Reserved"
        SETTLED = "settled", "Used"
        RELEASED = "released", "Given back"

    month = models.ForeignKey(UsageMonth, on_delete=models.PROTECT, related_name="charges", db_constraint=False)
    # By id: billing does not know messages.
    notification_id = models.BigIntegerField(unique=True)
    channel = models.CharField(max_length=8, choices=METERED)
    day = models.DateField(help_text="The day on which it was reserved, in the tenant's zone.")
    segments = models.PositiveIntegerField(default=0)
    calls = models.PositiveSmallIntegerField(default=0)
    by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        help_text="Who sent it by hand, and against whose allowance it counts.",
    )
    state = models.CharField(max_length=12, choices=State, default=State.RESERVED)
    reserved_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    why_released = models.CharField(max_length=24, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["tenant", "day"], name="charge_tenant_day"),
            models.Index(
                fields=["tenant", "by_user", "day"], condition=models.Q(by_user__isnull=False), name="charge_by_user"
            ),
            models.Index(fields=["reserved_at"], condition=models.Q(state="reserved"), name="charge_reserved"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["reserved", "settled", "released"]), name="charge_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.notification_id}"


class TopUp(OwnedModel):
    """More for one month than the plan has, added by a platform admin."""

    public_id = PublicIdField(prefix="top")
    month = models.ForeignKey(UsageMonth, on_delete=models.PROTECT, related_name="top_ups", db_constraint=False)
    notifications = models.PositiveIntegerField(default=0)
    segments = models.PositiveIntegerField("SMS segments", default=0)
    calls = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=200)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-id",)
        verbose_name = "top-up"

    def __str__(self) -> str:
        return self.public_id


class QuotaNotice(OwnedModel):
    """That a tenant's admins are told once that a part of a limit is used up; sent when `sent_at` is set."""

    class Kind(models.TextChoices):
        NOTIFICATIONS = "notifications", "Notifications"
        SEGMENTS = "segments", "SMS segments"
        CALLS = "calls", "Calls"

    month = models.ForeignKey(UsageMonth, on_delete=models.PROTECT, related_name="notices", db_constraint=False)
    kind = models.CharField(max_length=16, choices=Kind)
    percent = models.PositiveSmallIntegerField(help_text="80 and 100: used up so far; 101: a message did not go.")
    limit = models.PositiveIntegerField(help_text="The limit then: after a top-up it may run out once more.")
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["month", "kind", "percent", "limit"], name="quota_notice_once"),
        ]
        indexes = [models.Index(fields=["made_at"], condition=models.Q(sent_at__isnull=True), name="quota_notice_due")]

    def __str__(self) -> str:
        return f"{self.kind} {self.percent} %"

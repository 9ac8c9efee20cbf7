"""A rule: when it fires, page these recipients over these channels in this order."""

from datetime import timedelta

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone

from members.models import Group, Member
from notifications.models.sender import CHANNELS, sms_only
from tenants.fields import PublicIdField
from tenants.models import OwnedModel


@pghistory.track()
class Flow(OwnedModel):
    """A rule with ordered steps. Each alert keeps a snapshot of it, so that later changes do not rewrite the past."""

    class Urgency(models.TextChoices):
        URGENT = "urgent", "Urgent: goes at once, day and night"
        ROUTINE = "routine", "Routine: waits for messaging hours"

    public_id = PublicIdField(prefix="flw")
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, db_collation="C", help_text="Short name in commands: fire_flow SLUG.")
    is_enabled = models.BooleanField(
        "enabled", default=True, help_text="A disabled flow refuses triggers, and says so to whoever sent them."
    )
    urgency = models.CharField(max_length=16, choices=Urgency, default=Urgency.URGENT)
    text = models.TextField(
        max_length=1000,
        help_text="What the page says. Fields of the trigger go in braces: “{service} is down at {site}”. "
        "A field that a trigger lacks stays visible as {site?}.",
    )
    repeats = models.PositiveSmallIntegerField(
        default=0, validators=[MaxValueValidator(10)], help_text="How often all steps start again when nobody answers."
    )
    validity = models.DurationField(
        default=timedelta(minutes=30), help_text="A page that could not go within this time is not sent any more."
    )
    hours_open = models.TimeField(
        "hours from", null=True, blank=True, help_text="Of a routine flow: hours of its own; empty: the tenant's."
    )
    hours_close = models.TimeField("hours until", null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(fields=["tenant", "slug"], name="flow_slug_once"),
            models.CheckConstraint(
                condition=models.Q(hours_open__isnull=True, hours_close__isnull=True)
                | models.Q(hours_open__isnull=False, hours_close__isnull=False),
                name="flow_hours_both",
                violation_error_message="Give both ends of the hours, or neither.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Step(OwnedModel):
    """One rung of a flow's escalation: all its channels go at once, its recipients at once or in turn."""

    class Mode(models.TextChoices):
        AT_ONCE = "at_once", "All at once"
        IN_TURN = "in_turn", "In turn: the wait lies between them"

    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="steps", db_constraint=False)
    position = models.PositiveSmallIntegerField(default=0)
    mode = models.CharField(max_length=16, choices=Mode, default=Mode.AT_ONCE)
    channels = ArrayField(models.CharField(max_length=8, choices=CHANNELS), default=sms_only)
    wait = models.DurationField(
        default=timedelta(minutes=5), help_text="How long to wait for an answer before going on, such as 00:05:00."
    )

    class Meta:
        ordering = ("position", "id")

    def __str__(self) -> str:
        return f"Step {self.position + 1}"


class StepRecipient(OwnedModel):
    """Who a step pages: one member, or a group that is expanded when the step fires."""

    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="recipients", db_constraint=False)
    position = models.PositiveSmallIntegerField(default=0)
    member = models.ForeignKey(
        Member, on_delete=models.CASCADE, null=True, blank=True, related_name="+", db_constraint=False
    )
    group = models.ForeignKey(
        Group, on_delete=models.CASCADE, null=True, blank=True, related_name="+", db_constraint=False
    )

    class Meta:
        ordering = ("position", "id")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(member__isnull=True) ^ models.Q(group__isnull=True),
                name="recipient_member_or_group",
                violation_error_message="Choose either a member or a group.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.member or self.group)

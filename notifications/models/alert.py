"""One firing of a flow: what it said, whom it was to page, and whether somebody answered."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from members.models import Member
from notifications.models.flow import Flow
from tenants.fields import PublicIdField
from tenants.models import OwnedModel


class Alert(OwnedModel):
    """One firing. All notifications of one alert are siblings; the first acknowledgement is the alert's."""

    class Source(models.TextChoices):
        HOOK = "hook", "Webhook"
        TEST = "test", "Fired by hand as a test"
        COMMAND = "command", "manage.py fire_flow"

    public_id = PublicIdField(prefix="alt")
    flow = models.ForeignKey(Flow, on_delete=models.PROTECT, related_name="alerts", db_constraint=False)
    flow_snapshot = models.JSONField(editable=False, help_text="The flow and its steps as they were when it fired.")
    payload = models.JSONField(default=dict)
    text = models.TextField()
    source = models.CharField(max_length=16, choices=Source)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, related_name="+", db_constraint=False
    )
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True, help_text="When its last step had waited in vain: nobody answered.")

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["tenant", "-opened_at", "-id"], name="alert_tenant_opened"),
            models.Index(fields=["tenant", "flow", "-opened_at"], name="alert_tenant_flow"),
            models.Index(
                fields=["tenant", "-opened_at"],
                condition=models.Q(acknowledged_at__isnull=True, resolved_at__isnull=True),
                name="alert_open",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class AlertStep(OwnedModel):
    """A step of this alert, due at a time; its notifications are written when it fires."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", "Waiting"
        PAGED = "paged", "Paged"
        NOBODY = "nobody", "Nobody could be paged"
        CANCELLED = "cancelled", "Not needed any more"

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="steps", db_constraint=False)
    position = models.PositiveSmallIntegerField()
    round = models.PositiveSmallIntegerField(default=0, help_text="0 at first; counts the repeats.")
    place = models.PositiveSmallIntegerField(default=0, help_text="Whose turn it is, in a step that pages in turn.")
    member = models.ForeignKey(
        Member,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_constraint=False,
        help_text="Whose turn it is, fixed when the step fires; empty in a step that pages all at once.",
    )
    due_at = models.DateTimeField(null=True, help_text="Empty until the step before it fires.")
    fired_at = models.DateTimeField(null=True)
    waits_until = models.DateTimeField(null=True, help_text="Until when it waits for an answer, once it has fired.")
    outcome = models.CharField(max_length=16, choices=Outcome, default=Outcome.WAITING)
    moved_on_at = models.DateTimeField(null=True, help_text="When the next one was made due, or nothing was left.")
    told_at = models.DateTimeField(null=True, help_text="When the admins were told that it reached nobody.")

    class Meta:
        ordering = ("round", "position", "place")
        constraints = [models.UniqueConstraint(fields=["alert", "round", "position", "place"], name="alert_step_once")]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(outcome="waiting"), name="alert_step_due"),
            # Those that run have not moved on; of others it is asked for some hours whether they reached anybody.
            models.Index(
                fields=["moved_on_at", "waits_until"], condition=models.Q(outcome="paged"), name="alert_step_runs"
            ),
            models.Index(
                fields=["moved_on_at"],
                condition=models.Q(outcome="nobody", told_at__isnull=True),
                name="alert_step_untold",
            ),
        ]

    def __str__(self) -> str:
        return f"step {self.position + 1}, round {self.round + 1}"

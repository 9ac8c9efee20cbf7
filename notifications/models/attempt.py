"""One hand-over of a notification to one provider: what was decided, what was asked, and what was answered."""

from django.db import models

from notifications.models.notification import CHANNELS, Notification
from notifications.models.sender import CARRIED_BY, Sender
from tenants.fields import NumberField, PublicIdField
from tenants.models import OwnedModel

#: Words after which another may come.
UNFINISHED_WORDS = ["", "accepted", "queued", "sending", "sent", "initiated", "ringing", "in-progress"]
#: Asked so often, an accepted attempt without a last word is left alone: some carriers never give one.
MOST_ASKS = 2

#: Whoever says one of these, whichever provider: the recipient has opted out (dispatch/opted_out.py).
OPT_OUT_CODES = ["21610", "30630", "4007"]


class Attempt(OwnedModel):
    """Written and committed before the provider is called, so that no call is ever without a trace."""

    class Outcome(models.TextChoices):
        IN_FLIGHT = "in_flight", "Being handed over"
        ACCEPTED = "accepted", "Accepted by the provider"
        REFUSED = "refused", "Refused by the provider"
        NOT_PROCESSED = "not_processed", "Turned away unread"
        NEVER_LEFT = "never_left", "Never left us"
        UNKNOWN = "unknown", "Outcome unknown"
        ABSENT = "absent", "The provider does not know it"

    public_id = PublicIdField(prefix="att")
    notification = models.ForeignKey(
        Notification, on_delete=models.CASCADE, related_name="attempts", db_constraint=False
    )
    ordinal = models.PositiveSmallIntegerField()
    channel = models.CharField(max_length=8, choices=CHANNELS, help_text="That of its notification.")
    provider = models.CharField(max_length=16, choices=CARRIED_BY)
    sender = models.ForeignKey(Sender, on_delete=models.SET_NULL, null=True, related_name="+")
    sender_address = models.CharField(max_length=64, db_collation="C")
    number = NumberField(blank=True)
    body_digest = models.BinaryField(
        max_length=32, help_text="SHA-256 of the text as sent, acknowledgement line included."
    )
    facts = models.JSONField(help_text="What was true then (GateFacts).")
    ruling = models.JSONField(help_text="What was decided then.")
    consent_event_public_id = models.CharField(max_length=24, blank=True, db_collation="C")
    committed_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, choices=Outcome, default=Outcome.IN_FLIGHT)
    provider_message_id = models.CharField(max_length=64, blank=True, db_collation="C")
    http_status = models.PositiveSmallIntegerField(null=True)
    fault_code = models.CharField(max_length=16, blank=True)
    fault_text = models.CharField(max_length=400, blank=True)
    exception_class = models.CharField(max_length=120, blank=True)
    word = models.CharField(max_length=24, blank=True, help_text="The provider's word, joined over all receipts.")
    has_conflict = models.BooleanField(default=False, help_text="Two different finals were reported.")
    segments = models.PositiveSmallIntegerField(null=True)
    sip_code = models.PositiveSmallIntegerField(null=True, help_text="Of a call: the network's last answer (RFC 3261).")
    answered_by = models.CharField(max_length=24, blank=True, help_text="Of a call: human, machine, fax or unknown.")
    seconds = models.PositiveIntegerField(null=True, help_text="Of a call: how long it lasted.")
    keys = models.CharField(max_length=16, blank=True, help_text="Of a call: the keys that were pressed, in order.")
    trace = models.JSONField(null=True, help_text="The HTTP exchange, without secrets and texts.")
    asked_at = models.DateTimeField(null=True, help_text="When the provider was last asked what became of it.")
    asked_times = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["notification", "ordinal"], name="attempt_ordinal_once")]
        indexes = [
            models.Index(
                fields=["provider", "provider_message_id"],
                condition=~models.Q(provider_message_id=""),
                name="attempt_provider_message",
            ),
            models.Index(fields=["tenant", "fault_code", "-committed_at"], name="attempt_tenant_fault"),
            models.Index(
                fields=["committed_at"], condition=models.Q(outcome__in=["in_flight", "unknown"]), name="attempt_open"
            ),
            models.Index(
                fields=["committed_at"],
                condition=models.Q(outcome="accepted", word__in=UNFINISHED_WORDS, asked_times__lt=MOST_ASKS),
                name="attempt_unheard",
            ),
            models.Index(
                fields=["committed_at"], condition=models.Q(fault_code__in=OPT_OUT_CODES), name="attempt_opted_out"
            ),
            # How often a phone was tried of late, and how often a caller called.
            models.Index(fields=["number", "-committed_at"], condition=~models.Q(number=""), name="attempt_number"),
            models.Index(
                fields=["sender", "-committed_at"], condition=models.Q(channel="voice"), name="attempt_caller"
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

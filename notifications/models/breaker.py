"""The circuit breaker of each route, a provider for a channel, shared by all workers; and every change of one."""

from django.conf import settings
from django.db import models

from notifications.core.breaker import BreakerState
from notifications.models.sender import CHANNELS, PROVIDERS

STATES = [(state.value, state.label) for state in BreakerState]


class Breaker(models.Model):
    """One route and how it stands: the platform's, for every tenant. What moves it is in core/breaker.py.

    `faults` counts the provider's own faults since `counted_since`, and nothing of recipients or carriers.
    """

    provider = models.CharField(max_length=16, choices=PROVIDERS)
    channel = models.CharField(max_length=8, choices=CHANNELS)
    state = models.CharField(max_length=16, choices=STATES, default=BreakerState.CLOSED.value)
    since = models.DateTimeField(help_text="Since when it stands so.")
    open_until = models.DateTimeField(null=True, help_text="When the next message may try the route again.")
    openings = models.PositiveSmallIntegerField(
        default=0, help_text="How often in a row it opened; pauses grow with it."
    )
    counted_since = models.DateTimeField(help_text="Since when faults and answers are counted.")
    faults = models.PositiveIntegerField(default=0)
    answers = models.PositiveIntegerField(default=0, help_text="Requests that the provider answered as it should.")
    last_fault_at = models.DateTimeField(null=True)
    last_fault_code = models.CharField(max_length=24, blank=True, help_text="Its label, such as twilio 20503.")
    last_fault_text = models.CharField(max_length=400, blank=True)
    last_answer_at = models.DateTimeField(null=True)
    probe_until = models.DateTimeField(null=True, help_text="Until then one message tries the route, and no other.")
    drill_until = models.DateTimeField(null=True, help_text="Taken out by hand until then.")
    drill_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ("channel", "provider")
        constraints = [models.UniqueConstraint(fields=["provider", "channel"], name="breaker_once")]

    def __str__(self) -> str:
        return f"{self.get_provider_display()} {self.get_channel_display()}"


class BreakerChange(models.Model):
    """One change of a breaker's state: kept for good, and never changed."""

    class Source(models.TextChoices):
        FAULTS = "faults", "The provider's own faults"
        CLOCK = "clock", "Its pause was over"
        PROBE = "probe", "A message that tried it"
        DRILL = "drill", "By hand"

    provider = models.CharField(max_length=16, choices=PROVIDERS)
    channel = models.CharField(max_length=8, choices=CHANNELS)
    at = models.DateTimeField()
    before = models.CharField(max_length=16, choices=STATES)
    after = models.CharField(max_length=16, choices=STATES)
    source = models.CharField(max_length=8, choices=Source)
    why = models.CharField(max_length=400)
    fault_code = models.CharField(max_length=24, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, null=True, related_name="+", db_constraint=False
    )

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["provider", "channel", "-at"], name="breaker_change_at")]

    def __str__(self) -> str:
        return f"{self.provider} {self.channel}: {self.before} → {self.after}"

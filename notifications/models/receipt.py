"""What a provider later said of an attempt: each word once, however often and in whatever order it came."""

from django.db import models

from notifications.models.attempt import Attempt
from tenants.models import OwnedModel


class Receipt(OwnedModel):
    """One word of a provider. Late, doubled and reordered ones change nothing that is known better already."""

    class Door(models.TextChoices):
        ANSWER = "answer", "In the answer to our request"
        CALLBACK = "callback", "By webhook"
        ASKED = "asked", "When asked"

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="receipts", db_constraint=False)
    door = models.CharField(max_length=16, choices=Door)
    word = models.CharField(max_length=24)
    fault_code = models.CharField(max_length=16, blank=True)
    received_at = models.DateTimeField()
    provider_at = models.DateTimeField(null=True)
    times = models.PositiveSmallIntegerField(default=1, help_text="How often the same word came.")
    callback_id = models.BigIntegerField(null=True, help_text="The raw request it was read from.")

    class Meta:
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["attempt", "word", "fault_code"], name="receipt_word_once")]

    def __str__(self) -> str:
        return self.word

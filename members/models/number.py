"""Phone numbers as such, whoever they belong to: the row that STOP locks, and the opt-out that counts everywhere."""

from django.db import models
from django.utils import timezone

from tenants.fields import NumberField


class Number(models.Model):
    """One row for each number ever met. A STOP locks it FOR UPDATE, a commit of an attempt FOR SHARE."""

    e164 = NumberField(primary_key=True)
    first_met_at = models.DateTimeField(default=timezone.now)
    #: The provider is not asked what kind of line it is before then: somebody is asking now, or it gave no answer.
    line_ask_after = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.e164


class Suppression(models.Model):
    """A number-level opt-out that counts in every tenant. It carries no tenant, and never whose message it answered.

    The application login sees the rows of its own members' numbers and cannot list the rest.
    """

    class Source(models.TextChoices):
        HANDSET = "handset", "Texted from the handset"
        KEYPRESS = "keypress", "Key pressed during a call"
        PROVIDER = "provider", "Reported by a provider"
        SUPPORT = "support", "Recorded by support"

    number = models.OneToOneField(
        Number, on_delete=models.DO_NOTHING, db_constraint=False, primary_key=True, db_column="number"
    )
    since = models.DateTimeField()
    source = models.CharField(max_length=16, choices=Source)
    event_public_id = models.CharField(max_length=24, db_collation="C")

    def __str__(self) -> str:
        return f"{self.number_id} since {self.since:%Y-%m-%d}"

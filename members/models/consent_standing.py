"""What the ledger says now, kept beside it for lists and filters. The ledger decides; this can be rebuilt from it."""

from django.db import models

from members.models.member import Member
from tenants.fields import NumberField
from tenants.models import OwnedModel


class ConsentStanding(OwnedModel):
    """The standing of one member's number on one channel, as the last line of the ledger left it.

    No gate reads it: what may be sent is folded from the lines. `manage.py rebuild_standing` finds drift and mends it.
    """

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="standings", db_constraint=False)
    number = NumberField()
    channel = models.CharField(max_length=8, choices=[("sms", "SMS"), ("voice", "Voice")])
    state = models.CharField(max_length=16, help_text="A word of members/consent/standing.py.")
    since = models.DateTimeField(null=True)
    source = models.CharField(max_length=24, blank=True)
    event_public_id = models.CharField(max_length=24, blank=True, db_collation="C")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "number", "channel"], name="standing_once"),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=[
                        "none",
                        "pending",
                        "declined",
                        "opted_in",
                        "opted_out",
                        "stale",
                    ]
                ),
                name="standing_state_known",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "channel", "state"], name="standing_tenant_state")]

    def __str__(self) -> str:
        return f"{self.number} {self.channel} {self.state}"

"""What a provider is to be told of a consent or an opt-out, through its consent API, and what it answered."""

from django.conf import settings
from django.db import models

from notifications.models.notification import Notification
from notifications.models.sender import PROVIDERS, Sender
from tenants.fields import NumberField, PublicIdField


class ConsentPush(models.Model):
    """One change of one provider's opt-out list. It carries no tenant: the number belongs to nobody.

    The application login cannot read it; pages ask through queries/blocks.py.
    """

    class Wish(models.TextChoices):
        OPT_IN = "opt_in", "Lift the block"
        OPT_OUT = "opt_out", "Block"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting to be asked, or asked again"
        TAKEN = "taken", "Taken by the provider"
        REFUSED = "refused", "Not taken"
        START_NEEDED = "start_needed", "Only a START can"
        OUTDATED = "outdated", "Overtaken by a newer word"

    public_id = PublicIdField(prefix="psh")
    number = NumberField()
    provider = models.CharField(max_length=16, choices=PROVIDERS)
    sender = models.ForeignKey(Sender, on_delete=models.SET_NULL, null=True, related_name="+", db_constraint=False)
    sender_address = models.CharField(max_length=64, db_collation="C")
    wish = models.CharField(max_length=8, choices=Wish)
    source = models.CharField(max_length=20, help_text="How the person said it, in the provider's word.")
    said_at = models.DateTimeField(help_text="When the person said it.")
    for_tenant_id = models.BigIntegerField(null=True, help_text="Where it was heard or recorded.")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    answer = models.ForeignKey(
        Notification,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_constraint=False,
        help_text="Our own confirmation, which has to go before the provider blocks the number.",
    )
    created_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=State, default=State.WAITING)
    due_at = models.DateTimeField(help_text="When it is asked, or asked again.")
    tries = models.PositiveSmallIntegerField(default=0)
    code = models.CharField(max_length=16, blank=True, help_text="The provider's code of the last answer.")
    says = models.CharField(max_length=200, blank=True, help_text="The last answer in words.")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(state="waiting"), name="push_due"),
            models.Index(fields=["number", "-id"], name="push_number"),
        ]

    def __str__(self) -> str:
        return self.public_id

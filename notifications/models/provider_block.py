"""A provider's own opt-out list, as far as we have heard of it: what our ledger cannot lift.

Providers have no way to read that list out; each row is what an answer, a receipt or a text told us.
"""

from django.db import models

from notifications.models.sender import PROVIDERS, Sender
from tenants.fields import NumberField, PublicIdField


class ProviderBlock(models.Model):
    """Whether a provider blocks one sender for one number. It carries no tenant: the number belongs to nobody.

    The scope is the number or, for a Messaging Service, the whole service: `sender_address` names it. The application
    login sees the rows of its own members' numbers and cannot list the rest.
    """

    class State(models.TextChoices):
        ACTIVE = "active", "Blocked"
        CLEARED = "cleared", "Cleared"

    class Source(models.TextChoices):
        REFUSED = "refused", "A message was refused"
        RECEIPT = "receipt", "A receipt said so"
        KEYWORD = "keyword", "A keyword that the provider acts on"
        CONSENT_API = "consent_api", "The provider's consent API answered"
        DELIVERED = "delivered", "A message was delivered"

    public_id = PublicIdField(prefix="blk")
    provider = models.CharField(max_length=16, choices=PROVIDERS)
    sender = models.ForeignKey(Sender, on_delete=models.SET_NULL, null=True, related_name="+", db_constraint=False)
    sender_address = models.CharField(max_length=64, db_collation="C")
    number = NumberField()
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    since = models.DateTimeField(help_text="When the last fact became true, as far as we know.")
    source = models.CharField(max_length=16, choices=Source)
    code = models.CharField(max_length=16, blank=True, help_text="The provider's code, such as 21610.")
    says = models.CharField(
        max_length=200, blank=True, help_text="The provider's answer to our last request, in short."
    )

    class Meta:
        ordering = ("number", "sender_address")
        constraints = [
            models.UniqueConstraint(fields=["number", "provider", "sender_address"], name="block_once"),
        ]

    def __str__(self) -> str:
        return f"{self.sender_address} {self.state}"

"""Which number a member's texts and calls went to, and since when: one row a change, with the door it came through.

The database writes these rows by a trigger on the phones, so that no form, import, shell or SQL changes a number
unnoticed. The SMS switch counts for the change that was the newest when it was turned.
"""

from django.conf import settings
from django.db import models

from tenants.fields import NumberField
from tenants.models import OwnedModel


class Door(models.TextChoices):
    """The door through which a number changed; the same words as a phone's origin, and one for all others."""

    ADMIN = "admin", "Changed by an admin"
    MEMBER = "member", "Given by the member"
    IMPORT = "import", "Imported"
    LOOKUP = "lookup", "Looked up"
    FAULT = "fault", "Learned from a fault"
    OTHER = "other", "Changed outside the portal's pages"


class NumberChange(OwnedModel):
    """From this instant on the member's texts (or calls) go to another number, or to none."""

    class Channel(models.TextChoices):
        SMS = "sms", "SMS"
        VOICE = "voice", "Voice"

    # By id: what became of a number outlives its member.
    member_id = models.BigIntegerField()
    channel = models.CharField(max_length=8, choices=Channel)
    before = NumberField(blank=True)
    after = NumberField(blank=True)
    door = models.CharField(max_length=16, choices=Door)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)
        verbose_name = "change of a number"
        verbose_name_plural = "changes of numbers"
        indexes = [models.Index(fields=["tenant", "member_id", "channel", "-id"], name="change_tenant_member")]

    def __str__(self) -> str:
        return f"{self.before or 'none'} to {self.after or 'none'}"

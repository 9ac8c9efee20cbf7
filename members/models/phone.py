"""A number of a member: what kind of line it is, what it can do per channel, and when it was proved."""

import pghistory
from django.db import models
from django.utils import timezone

from members.models.member import Member
from tenants.fields import NumberField, PublicIdField
from tenants.models import OwnedModel


class LineType(models.TextChoices):
    UNKNOWN = "unknown", "Unknown"
    MOBILE = "mobile", "Mobile"
    LANDLINE = "landline", "Landline"
    VOIP = "voip", "VoIP"
    TOLL_FREE = "toll_free", "Toll-free"


class Capability(models.TextChoices):
    UNKNOWN = "unknown", "Unknown"
    YES = "yes", "Yes"
    NO = "no", "No"


class Origin(models.TextChoices):
    """The door through which a value came in."""

    ADMIN = "admin", "Entered by an admin"
    MEMBER = "member", "Given by the member"
    IMPORT = "import", "Imported"
    LOOKUP = "lookup", "Looked up"
    FAULT = "fault", "Learned from a fault"


@pghistory.track()
class Phone(OwnedModel):
    """One of a member's numbers, kept exactly as E.164; the forms name every defect and never rewrite."""

    public_id = PublicIdField(prefix="phn")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="phones", db_constraint=False)
    number = NumberField(help_text="With + and country code, such as +12065550142.")
    label = models.CharField(max_length=40, blank=True, help_text="Such as “work” or “on-call phone”.")
    line_type = models.CharField(max_length=16, choices=LineType, default=LineType.UNKNOWN)
    line_type_origin = models.CharField(max_length=16, choices=Origin, default=Origin.ADMIN, editable=False)
    line_type_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When the type was entered, looked up or learned."
    )
    line_type_said = models.CharField(
        max_length=80,
        blank=True,
        editable=False,
        help_text="The provider's own word, or the fault that told it.",
    )
    looked_up_at = models.DateTimeField(null=True, blank=True, editable=False)
    sms_capability = models.CharField("can get SMS", max_length=8, choices=Capability, default=Capability.UNKNOWN)
    voice_capability = models.CharField("can get calls", max_length=8, choices=Capability, default=Capability.UNKNOWN)
    is_sms_primary = models.BooleanField("SMS goes here", default=False)
    is_voice_primary = models.BooleanField("calls go here", default=False)
    proved_at = models.DateTimeField(null=True, blank=True, editable=False)
    origin = models.CharField(max_length=16, choices=Origin, default=Origin.ADMIN, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["member", "number"], name="phone_number_once_a_member"),
            models.UniqueConstraint(
                fields=["member"], condition=models.Q(is_sms_primary=True), name="phone_one_sms_primary"
            ),
            models.UniqueConstraint(
                fields=["member"], condition=models.Q(is_voice_primary=True), name="phone_one_voice_primary"
            ),
            # The shape alone; the forms say much more. Nothing that is not E.164 gets in by any door.
            models.CheckConstraint(condition=models.Q(number__regex=r"^\+[1-9][0-9]{6,14}$"), name="phone_number_e164"),
        ]
        indexes = [
            models.Index(fields=["tenant", "number"], name="phone_tenant_number"),
            models.Index(fields=["number"], name="phone_number"),
        ]

    def __str__(self) -> str:
        return self.number

"""A code that proves whose a number is: texted to it, or, where nothing may be sent to it, texted from it."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from members.models.member import Member
from tenants.fields import NumberField, PublicIdField
from tenants.models import OwnedModel


class NumberCode(OwnedModel):
    """One six-digit code, kept as a keyed digest. Spent by the first right answer, five wrong ones, or time."""

    class Direction(models.TextChoices):
        OUTBOUND = "outbound", "Texted to the number, entered on the page"
        INBOUND = "inbound", "Shown on the page, texted from the number"

    public_id = PublicIdField(prefix="cod")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="number_codes", db_constraint=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    number = NumberField()
    direction = models.CharField(max_length=8, choices=Direction)
    digest = models.BinaryField(max_length=32)
    ip = models.CharField(max_length=45, blank=True, help_text="Who asked: the limits count it.")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    spent_at = models.DateTimeField(null=True)
    proved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["number", "-created_at"], name="code_number_created"),
            models.Index(fields=["ip", "-created_at"], name="code_ip_created"),
            models.Index(fields=["tenant", "member"], name="code_tenant_member"),
        ]

    def __str__(self) -> str:
        return self.public_id

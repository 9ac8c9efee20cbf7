"""The administrators' own switch for a member's SMS, besides consent: who turned it, when, why, and for which number.

Switching on is always for one number, as of its newest change, and one seat. When any of them is another one, it no
longer counts: nothing has to be switched off for that, whichever door the change came through.
"""

from django.conf import settings
from django.db import models
from django.utils import timezone

from members.models.member import Member
from tenants.fields import NumberField, PublicIdField
from tenants.models import OwnedModel


class SmsSwitch(OwnedModel):
    """One turn of the switch; the newest of a member decides. No row is ever changed."""

    public_id = PublicIdField(prefix="swt")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="sms_switches", db_constraint=False)
    is_on = models.BooleanField("on")
    number = NumberField(blank=True, help_text="The number that it was switched on for.")
    number_change = models.BigIntegerField(null=True, help_text="The newest change of the number then.")
    seat_ref = models.CharField(max_length=24, blank=True, db_collation="C", help_text="The seat that it rests on.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    why = models.CharField(max_length=200)

    class Meta:
        ordering = ("-id",)
        verbose_name = "turn of the SMS switch"
        verbose_name_plural = "turns of the SMS switch"
        indexes = [models.Index(fields=["tenant", "member", "-id"], name="switch_tenant_member")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_on=False) | (~models.Q(number="") & ~models.Q(seat_ref="")),
                name="switch_on_names_number_and_seat",
            ),
            models.CheckConstraint(condition=models.Q(why__regex=r"\S"), name="switch_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{'on' if self.is_on else 'off'} since {self.at:%Y-%m-%d}"

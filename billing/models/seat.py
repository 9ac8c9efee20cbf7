"""An SMS seat: the licence of one member in one subscription."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from billing.models.plan import Subscription
from tenants.fields import PublicIdField
from tenants.models import OwnedModel


class Seat(OwnedModel):
    """One member's seat, from its assignment to its removal; a seat that is given again is a new one."""

    public_id = PublicIdField(prefix="sea")
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="seats", db_constraint=False)
    # By id: billing does not know members, and a seat's story outlives its member.
    member_id = models.BigIntegerField()
    assigned_at = models.DateTimeField(default=timezone.now)
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    why_removed = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = "SMS seat"
        indexes = [models.Index(fields=["tenant", "member_id", "-id"], name="seat_tenant_member")]
        constraints = [
            models.UniqueConstraint(
                fields=["member_id"], condition=models.Q(removed_at__isnull=True), name="seat_one_a_member"
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

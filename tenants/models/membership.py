"""Which login belongs to which tenant, and as what."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from tenants.models.tenant import Tenant
from tenants.scope import TenantManager


class Role(models.TextChoices):
    ADMIN = "admin", "Tenant admin"
    VIEWER = "viewer", "Tenant viewer"
    MEMBER = "member", "Team member"


class Membership(models.Model):
    """One login's role in one tenant."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role, default=Role.MEMBER)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = TenantManager()

    class Meta:
        ordering = ("tenant_id", "user_id")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "user"], name="membership_once"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.tenant_id} as {self.role}"

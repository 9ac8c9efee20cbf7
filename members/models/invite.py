"""An invitation by e-mail to join a tenant; the only way to get a login."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from members.models.member import Member
from tenants.fields import PublicIdField
from tenants.models import OwnedModel, Role


class Invite(OwnedModel):
    """One invitation. Its token is sent once and kept only as a SHA-256; a resend makes a new token."""

    public_id = PublicIdField(prefix="ivt")
    email = models.EmailField()
    name = models.CharField(max_length=120, help_text="How the person is shown in the team, until they change it.")
    role = models.CharField(max_length=16, choices=Role, default=Role.MEMBER)
    member = models.ForeignKey(
        Member, on_delete=models.CASCADE, null=True, blank=True, related_name="invites", db_constraint=False
    )
    token_digest = models.BinaryField(max_length=32, unique=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    sent_at = models.DateTimeField(null=True, editable=False)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, editable=False)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", editable=False
    )
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["tenant", "-created_at"], name="invite_tenant_created")]

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"

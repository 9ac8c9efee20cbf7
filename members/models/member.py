"""A person who can be paged in a tenant."""

import pghistory
from django.conf import settings
from django.db import models
from django.utils import timezone

from tenants.fields import PublicIdField
from tenants.models import OwnedModel
from tenants.zones import validate_zone

#: What calls can speak, by the codes of BCP 47.
LANGUAGES = [("en", "English"), ("es", "Spanish"), ("fr", "French")]


@pghistory.track()
class Member(OwnedModel):
    """A team member. Consent is not a field of theirs: it is what the ledger says (members/consent)."""

    public_id = PublicIdField(prefix="mbr")
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="members",
        verbose_name="login",
        help_text="Linked when the person accepts an invite.",
    )
    time_zone = models.CharField(
        max_length=64, blank=True, validators=[validate_zone], help_text="Empty: the tenant's zone is used."
    )
    language = models.CharField(
        "language of calls", max_length=8, choices=LANGUAGES, blank=True, help_text="Empty: calls speak English."
    )
    is_active = models.BooleanField(
        "active", default=True, help_text="Untick when the person has left: nothing is sent, and the log is kept."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("name", "id")
        verbose_name = "team member"
        indexes = [models.Index(fields=["tenant", "name"], name="member_tenant_name")]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "user"], condition=models.Q(user__isnull=False), name="member_login_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name

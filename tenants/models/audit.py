"""Who did what, when: append-only entries, whose personal data lies in side rows that can be erased.

An entry holds a salted digest of its side row, so that erasing a person leaves the trail provable.
"""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from tenants.fields import PublicIdField
from tenants.scope import TenantManager


class AuditEntry(models.Model):
    """One act. `code` is a word of tenants/audit.py's catalogue; no row is ever changed or removed."""

    public_id = PublicIdField(prefix="aud")
    # No foreign keys: the trail outlives what it speaks of.
    tenant_id = models.BigIntegerField(null=True)
    actor_id = models.BigIntegerField(null=True, help_text="The login; empty for the portal itself.")
    actor_kind = models.CharField(max_length=16)
    code = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=40, db_collation="C")
    at = models.DateTimeField()
    request_id = models.CharField(max_length=40, blank=True)
    digest = models.BinaryField(max_length=32)

    objects = TenantManager()

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["tenant_id", "-at"], name="audit_tenant_at"),
            models.Index(fields=["subject_kind", "subject_id"], name="audit_subject"),
            BrinIndex(fields=["at"], name="audit_at_brin"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.subject_id}"


class AuditDetail(models.Model):
    """The erasable side of an entry: names, addresses, values before and after."""

    entry = models.OneToOneField(
        AuditEntry, on_delete=models.DO_NOTHING, db_constraint=False, primary_key=True, related_name="detail"
    )
    tenant_id = models.BigIntegerField(null=True)
    salt = models.BinaryField(max_length=16)
    data = models.JSONField()

    objects = TenantManager()

    def __str__(self) -> str:
        return f"detail of {self.entry_id}"

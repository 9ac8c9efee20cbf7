"""The consent ledger: append-only lines that say who agreed to or refused which channel, when, and by which words.

No line is ever changed or removed: not by the ORM, not by SQL, not by the tables' owner. Personal data lies in a side
row that can be erased; the line keeps a salted digest of it.
"""

from django.db import models

from tenants.fields import NumberField, PublicIdField
from tenants.scope import TenantManager


class ConsentEvent(models.Model):
    """One act on one number. What follows from all of them is `standing()` (members/consent/standing.py)."""

    class Act(models.TextChoices):
        GRANT = "grant", "Gave consent"
        DECLINE = "decline", "Left the box unticked"
        REVOKE = "revoke", "Opted out"
        RESTORE = "restore", "Opted back in with START"
        STALE = "stale", "Number no longer known to be theirs"
        PROVE = "prove", "Number proved to be theirs"
        SIGNAL = "signal", "Provider reported a block"

    class Channel(models.TextChoices):
        SMS = "sms", "SMS"
        VOICE = "voice", "Voice"
        ANY = "any", "SMS and voice"

    class Reach(models.TextChoices):
        PLATFORM = "platform", "The number, in every tenant"
        TENANT = "tenant", "The number, in this tenant"

    public_id = PublicIdField(prefix="cns")
    # No foreign keys: a line outlives the tenant, the member and the login that it speaks of.
    tenant_id = models.BigIntegerField(null=True, help_text="Where it was heard or recorded.")
    member_id = models.BigIntegerField(null=True)
    actor_id = models.BigIntegerField(null=True, help_text="The login that acted; empty for the handset and providers.")
    number = NumberField()
    act = models.CharField(max_length=16, choices=Act)
    channel = models.CharField(max_length=8, choices=Channel)
    reach = models.CharField(max_length=16, choices=Reach)
    category = models.CharField(max_length=16, default="alerts")
    effective_at = models.DateTimeField(help_text="When the person acted.")
    recorded_at = models.DateTimeField(help_text="When the portal wrote it down.")
    source = models.CharField(max_length=24, help_text="The door it came through: invite, handset, provider, admin.")
    method = models.CharField(max_length=40, help_text="The act itself: box ticked, keyword, free text.")
    disclosure_version = models.CharField(max_length=40, blank=True)
    disclosure_text = models.TextField(blank=True, help_text="Word for word as the person saw it.")
    disclosure_digest = models.BinaryField(max_length=32, null=True)
    provider = models.CharField(max_length=16, blank=True)
    provider_message_id = models.CharField(max_length=64, blank=True, db_collation="C")
    sender_address = models.CharField(max_length=64, blank=True, db_collation="C")
    evidence_ref = models.CharField(
        max_length=24, blank=True, db_collation="C", help_text="The record, code or text that it rests on."
    )
    digest = models.BinaryField(max_length=32, help_text="Salted SHA-256 of the side row.")

    objects = TenantManager()

    class Meta:
        verbose_name = "line of the consent ledger"
        verbose_name_plural = "consent ledger"
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["number", "effective_at"], name="consent_number_at"),
            models.Index(fields=["tenant_id", "-recorded_at"], name="consent_tenant_at"),
            models.Index(fields=["tenant_id", "member_id"], name="consent_tenant_member"),
        ]
        constraints = [
            # One provider message speaks once: a webhook delivered twice writes one line.
            models.UniqueConstraint(
                fields=["provider", "provider_message_id", "act", "channel"],
                condition=~models.Q(provider_message_id=""),
                name="consent_provider_message_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(act="grant") | ~models.Q(disclosure_text=""), name="consent_grant_has_wording"
            ),
            models.CheckConstraint(
                condition=~models.Q(act="grant") | models.Q(reach="tenant", member_id__isnull=False),
                name="consent_grant_is_a_members",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_act_display()} ({self.public_id})"


class ConsentDetail(models.Model):
    """The erasable side of a line: address, browser, raw words, evidence."""

    event = models.OneToOneField(
        ConsentEvent, on_delete=models.DO_NOTHING, db_constraint=False, primary_key=True, related_name="detail"
    )
    tenant_id = models.BigIntegerField(null=True)
    salt = models.BinaryField(max_length=16)
    data = models.JSONField(help_text="ip, user_agent, raw_text, note, evidence.")

    objects = TenantManager()

    def __str__(self) -> str:
        return f"detail of {self.event_id}"

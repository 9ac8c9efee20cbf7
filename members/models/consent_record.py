"""A consent that somebody else writes down: what the member did, the evidence of it, and the second person's word.

A record is not consent. The line of the ledger that counts is written when a second person approves.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from members.models.member import Member
from tenants.fields import NumberField, PublicIdField
from tenants.models import OwnedModel


class EvidenceFile(OwnedModel):
    """A document that shows a member's act. Kept in the database beside the record that it proves; never changed."""

    public_id = PublicIdField(prefix="evd")
    name = models.CharField(max_length=160)
    content_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField(help_text="Bytes.")
    sha256 = models.BinaryField(max_length=32)
    content = models.BinaryField()
    uploaded_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class ConsentRecord(OwnedModel):
    """One recorded consent or re-consent, from its recording to its approval, refusal or withdrawal."""

    class State(models.TextChoices):
        PENDING = "pending", "Waits for approval"
        APPROVED = "approved", "Approved"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn by who recorded it"

    class Method(models.TextChoices):
        PAPER = "paper", "Signed paper form"
        WEB_FORM = "web_form", "Their own act on another web form"
        EMAIL = "email", "E-mail written by them"
        CALL = "call", "Recorded phone call"
        OTHER = "other", "Another document"

    public_id = PublicIdField(prefix="rec")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="consent_records", db_constraint=False)
    number = NumberField(help_text="The very number that the member agreed for.")
    channels = ArrayField(models.CharField(max_length=8, choices=[("sms", "SMS"), ("voice", "Voice")]))
    method = models.CharField(max_length=16, choices=Method)
    acted_at = models.DateTimeField("when they acted", help_text="The member's own act, not the recording.")
    disclosure_version = models.CharField(max_length=40)
    disclosure_text = models.TextField()
    disclosure_digest = models.BinaryField(max_length=32)
    evidence_url = models.URLField("evidence URL", max_length=500, blank=True)
    evidence_file = models.ForeignKey(
        EvidenceFile, on_delete=models.PROTECT, null=True, related_name="records", db_constraint=False
    )
    statement = models.TextField(help_text="In the recorder's words: what the member did, and how we know it.")
    state = models.CharField(max_length=16, choices=State, default=State.PENDING)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = "recorded consent"
        verbose_name_plural = "recorded consents"
        indexes = [
            models.Index(fields=["tenant", "state", "-id"], name="record_tenant_state"),
            models.Index(fields=["tenant", "member", "-id"], name="record_tenant_member"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(evidence_url="") | models.Q(evidence_file__isnull=False),
                name="record_has_evidence",
            ),
            models.CheckConstraint(
                condition=~models.Q(disclosure_text="") & ~models.Q(disclosure_version=""), name="record_has_wording"
            ),
            models.CheckConstraint(condition=models.Q(statement__regex=r"\S"), name="record_has_statement"),
            models.CheckConstraint(
                condition=~models.Q(state="approved")
                | (models.Q(decided_by__isnull=False) & ~models.Q(decided_by=models.F("recorded_by"))),
                name="record_second_person",
            ),
            models.CheckConstraint(
                condition=models.Q(acted_at__lte=models.F("recorded_at")), name="record_act_is_past"
            ),
            # One open record a number: a second one would be decided on what the first one changed.
            models.UniqueConstraint(
                fields=["member", "number"], condition=models.Q(state="pending"), name="record_one_pending"
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

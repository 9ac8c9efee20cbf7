"""What messages are sent from: a number or a messaging service, and the account at a provider that it belongs to."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from notifications.core.states import Channel
from notifications.fields import EncryptedTextField
from notifications.models.sender_address import number_defects, service_defects
from tenants.fields import PublicIdField
from tenants.models import Tenant
from tenants.scope import TenantManager, scoped_tenant_id

PROVIDERS = [("twilio", "Twilio"), ("azure", "Azure Communication Services")]
#: Who takes a message of ours; the mail server is no provider account.
CARRIED_BY = [*PROVIDERS, ("mail", "Mail server")]
CHANNELS = [(Channel.SMS.value, "SMS"), (Channel.VOICE.value, "Voice"), (Channel.EMAIL.value, "E-mail")]


#: A carrier blocks a caller at about so many calls an hour.
CALLS_AN_HOUR = 16


def sms_only() -> list[str]:
    return [Channel.SMS.value]


class ProviderAccount(models.Model):
    """Credentials at a provider: the platform's (no tenant) or a tenant's. The secret is encrypted and never shown."""

    public_id = PublicIdField(prefix="acc")
    tenant = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty: the platform's."
    )
    provider = models.CharField(max_length=16, choices=PROVIDERS)
    name = models.CharField(max_length=80)
    account_id = models.CharField(
        "account ID", max_length=80, db_collation="C", help_text="Twilio: the Account SID, which starts with AC."
    )
    secret = EncryptedTextField(help_text="Twilio: the Auth Token. Kept encrypted; it is never shown again.")
    resource_id = models.CharField(
        "resource ID",
        max_length=64,
        blank=True,
        db_collation="C",
        help_text="Azure, for calls: the immutable resource ID, for which Azure signs the events of calls.",
    )
    speech_endpoint = models.URLField(
        max_length=200,
        blank=True,
        help_text="Azure, for calls: the Azure AI services resource that reads texts aloud, such as"
        " https://example.cognitiveservices.azure.com.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = TenantManager()

    class Meta:
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=["provider", "account_id"], name="account_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def lacks_for_calls(self) -> list[str]:
        """What is missing on it without which no call through it could be heard or answered, by the fields' names.

        Azure reads texts aloud through a service of its own, and signs events for the id of the resource.
        """
        if self.provider != "azure":
            return []
        needed = {"resource ID": self.resource_id, "speech endpoint": self.speech_endpoint}
        return [name for name, value in needed.items() if not value]


class SenderRows(models.Manager["Sender"]):
    """A tenant's own senders beside the platform's shared ones; every sender in a platform scope."""

    def get_queryset(self) -> models.QuerySet["Sender"]:
        tenant_id = scoped_tenant_id()
        rows = super().get_queryset()
        if tenant_id is None:
            return rows
        return rows.filter(models.Q(tenant_id=tenant_id) | models.Q(tenant_id__isnull=True))


class Sender(models.Model):
    """A number or messaging service that messages leave from, shared by the platform (no tenant) or owned by one."""

    class Kind(models.TextChoices):
        NUMBER = "number", "Phone number"
        SERVICE = "service", "Messaging service"

    class Registration(models.TextChoices):
        NOT_NEEDED = "not_needed", "Not needed"
        PENDING = "pending", "Pending"
        VERIFIED = "verified", "Verified"
        FAILED = "failed", "Failed"

    class RegistrationKind(models.TextChoices):
        A2P = "a2p", "A2P 10DLC brand and campaign"
        TOLL_FREE = "toll_free", "Toll-free verification"

    public_id = PublicIdField(prefix="snd")
    tenant = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty: shared by all."
    )
    account = models.ForeignKey(ProviderAccount, on_delete=models.PROTECT, related_name="senders")
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.NUMBER)
    address = models.CharField(
        max_length=64, db_collation="C", help_text="A number such as +12065550100, or a Twilio service SID (MG...)."
    )
    channels = ArrayField(models.CharField(max_length=8, choices=CHANNELS), default=sms_only)
    country = models.CharField(max_length=2, default="US")
    is_toll_free = models.BooleanField("toll-free", default=False)
    registration = models.CharField(max_length=16, choices=Registration, default=Registration.NOT_NEEDED)
    registration_kind = models.CharField(max_length=16, choices=RegistrationKind, blank=True)
    registration_ref = models.CharField(
        "registration ID", max_length=64, blank=True, db_collation="C", help_text="Campaign or verification SID."
    )
    registration_errors = models.JSONField(
        default=list, blank=True, help_text="What the provider wants corrected: code, field and words of each."
    )
    registration_since = models.DateTimeField(null=True, editable=False, help_text="Since when it stands as it stands.")
    registration_checked_at = models.DateTimeField(null=True, editable=False)
    registration_source = models.CharField(
        max_length=16, blank=True, editable=False, choices=[("hand", "Entered by hand"), ("provider", "From Twilio")]
    )
    provider_says = models.JSONField(
        null=True, editable=False, help_text="What the provider says it can do and where its texts go, as last read."
    )
    provider_said_at = models.DateTimeField(null=True, editable=False)
    priority = models.PositiveSmallIntegerField(default=10, help_text="The lowest number that fits is used first.")
    calls_an_hour = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        default=CALLS_AN_HOUR,
        help_text="Carriers block a caller that calls more often. Empty: no limit.",
    )
    texts_a_minute = models.PositiveIntegerField(
        null=True, blank=True, help_text="What the provider lets this sender send. Empty: no limit of ours."
    )
    is_active = models.BooleanField("active", default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[SenderRows] = SenderRows()

    class Meta:
        ordering = ("priority", "id")
        constraints = [models.UniqueConstraint(fields=["account", "address"], name="sender_once")]

    def __str__(self) -> str:
        return self.address

    def clean(self) -> None:
        """Refuse an address that its kind cannot send from, and an account of somebody else."""
        errors = {
            "address": self._address_defects(),
            "account": self._account_defects(),
            "channels": self._channel_defects(),
            "calls_an_hour": _limit_defects(self.calls_an_hour),
            "texts_a_minute": _limit_defects(self.texts_a_minute),
        }
        if found := {name: defects for name, defects in errors.items() if defects}:
            raise ValidationError(found)

    def _address_defects(self) -> list[str]:
        if not self.address:
            return []
        return service_defects(self.address) if self.kind == self.Kind.SERVICE else number_defects(self.address)

    def _channel_defects(self) -> list[str]:
        if self.kind == self.Kind.SERVICE and Channel.VOICE.value in self.channels:
            return ["A messaging service cannot call: choose a number for calls."]
        missing = self.account.lacks_for_calls if self.account_id and Channel.VOICE.value in self.channels else []
        if missing:
            return [f"Calls through this account need its {' and '.join(missing)}: a platform admin enters them there."]
        return []

    def _account_defects(self) -> list[str]:
        owner = self.account.tenant if self.account_id else None
        if owner is None or owner == self.tenant:
            return []
        if self.tenant is None:
            return [f"This account is {owner.name}'s: a shared sender needs an account of the platform."]
        return [f"This account is {owner.name}'s: choose an account of the platform, or one of {self.tenant.name}'s."]

    @property
    def provider(self) -> str:
        return self.account.provider

    @property
    def usable_channels(self) -> list[str]:
        """Its channels without calls where its account lacks what they need."""
        return [each for each in self.channels if each != Channel.VOICE.value or not self.account.lacks_for_calls]


def _limit_defects(limit: int | None) -> list[str]:
    return ["At least 1; leave it empty for no limit, or make the sender inactive to stop it."] if limit == 0 else []

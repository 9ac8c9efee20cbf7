"""Provider accounts: read by support, kept by platform admins. A secret goes in and is never shown again."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from unfold.widgets import UnfoldAdminTextInputWidget

from notifications.core.states import Channel
from notifications.models import ProviderAccount
from notifications.operations.breakers import make_routes
from tenants.access import Part, access_of
from tenants.admin.base import AdminBase
from tenants.audit import Act, record
from tenants.models import Tenant


class AccountForm(forms.ModelForm[ProviderAccount]):
    """The secret's box is always empty: filling it in replaces what is kept."""

    new_secret = forms.CharField(
        required=False,
        strip=True,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "type": "password"}),
        help_text=(
            "Twilio: the Auth Token. Azure: an access key of the resource. Leave empty to keep the one that is stored. "
            "It is never shown."
        ),
    )

    speech_endpoint = forms.URLField(
        required=False,
        max_length=200,
        assume_scheme="https",
        widget=UnfoldAdminTextInputWidget(),
        help_text=(
            "Azure, for calls: the endpoint of the Azure AI services resource that reads texts aloud, such as "
            "https://name.cognitiveservices.azure.com. It must be linked to the resource at Azure."
        ),
    )

    class Meta:
        model = ProviderAccount
        fields: ClassVar[list[str]] = [
            "name", "provider", "account_id", "resource_id", "speech_endpoint", "tenant"
        ]  # fmt: skip
        help_texts: ClassVar[dict[str, str]] = {
            "account_id": "Twilio: the Account SID, which starts with AC. Azure: the host of the resource's endpoint, "
            "such as name.unitedstates.communication.azure.com.",
            "resource_id": "Azure, for calls: the immutable resource ID, which stands on the resource's overview page "
            "at Azure. Azure signs the events of calls for it, and without it none is believed.",
        }

    def clean_resource_id(self) -> str:
        return str(self.cleaned_data["resource_id"]).strip()

    def clean_speech_endpoint(self) -> str:
        endpoint = str(self.cleaned_data["speech_endpoint"])
        if endpoint and not endpoint.startswith("https://"):
            raise forms.ValidationError("Texts are sent there to be read aloud, so it begins with https://.")
        return endpoint

    def clean(self) -> dict[str, Any]:
        """Refuse to take away what calls need while senders call through the account."""
        cleaned = super().clean() or self.cleaned_data
        if self.errors or self.instance.pk is None:
            return cleaned
        callers = self.instance.senders.filter(is_active=True, channels__contains=[Channel.VOICE.value])
        kept = ProviderAccount(**{name: cleaned[name] for name in ("provider", "resource_id", "speech_endpoint")})
        if kept.lacks_for_calls and callers.exists():
            raise forms.ValidationError(
                f"Senders call through this account, which needs its {' and '.join(kept.lacks_for_calls)} for that. "
                "Take calls off those senders first, or enter it."
            )
        return cleaned

    def clean_new_secret(self) -> str:
        secret = str(self.cleaned_data["new_secret"])
        if not secret and not self.instance.secret:
            raise forms.ValidationError("An account needs its secret: messages could not be sent without it.")
        return secret

    def clean_tenant(self) -> Tenant | None:
        tenant: Tenant | None = self.cleaned_data["tenant"]
        if self.instance.pk is None or tenant == self.instance.tenant:
            return tenant
        if self.instance.senders.exists():
            raise forms.ValidationError(
                "Senders use this account, so its tenant stays. Give them another account first, or add a new one."
            )
        return tenant


@admin.register(ProviderAccount)
class ProviderAccountAdmin(AdminBase):
    """Credentials at a provider."""

    is_owned = False
    form = AccountForm
    readers = frozenset({Part.SUPPORT, Part.PLATFORM})
    writers = frozenset({Part.PLATFORM})
    list_display = ("name", "provider", "account_id", "tenant", "calls")
    list_select_related = ("tenant",)
    list_filter = ("provider",)
    search_fields = ("account_id__exact", "public_id__exact")
    readonly_fields = ("public_id", "created_at")
    fields = (
        "name",
        "provider",
        "account_id",
        "new_secret",
        "resource_id",
        "speech_endpoint",
        "tenant",
        "public_id",
        "created_at",
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if self.has_change_permission(request, obj):
            return self.fields
        return tuple(name for name in self.fields if name != "new_secret")

    def save_model(self, request: HttpRequest, obj: ProviderAccount, form: Any, change: bool) -> None:
        secret = form.cleaned_data["new_secret"]
        if secret:
            obj.secret = secret
        super().save_model(request, obj, form, change)
        make_routes(at=timezone.now())
        if secret:
            access = access_of(request)
            record(Act.CREDENTIALS_CHANGED, tenant_id=obj.tenant_id, actor=access.user, subject=obj, at=timezone.now())

    @admin.display(description="Calls")
    def calls(self, account: ProviderAccount) -> str:
        """Whether calls can go through it, and else what is missing."""
        missing = account.lacks_for_calls
        return f"not possible: no {' and no '.join(missing)}" if missing else "possible"

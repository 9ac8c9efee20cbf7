"""A sender's registration on its pages: the banner at the top, entering it by hand, and fetching it from Twilio."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminSplitDateTimeWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from notifications.core.registration import RegistrationError
from notifications.models import Sender
from notifications.operations.registrations import NotFetched, enter_registration, fetch_from_provider
from notifications.queries.registrations import errors_of, sender_banner
from notifications.queries.sender_state import provider_of
from tenants.access import Access, Part, access_of
from tenants.admin.actions import ObjectAction

_MOST_ERRORS = 20


class RegistrationForm(forms.Form):
    """What somebody read in the provider's console."""

    state = forms.ChoiceField(choices=Sender.Registration.choices, widget=UnfoldAdminSelectWidget)
    kind = forms.ChoiceField(
        choices=[("", "None"), *Sender.RegistrationKind.choices], required=False, widget=UnfoldAdminSelectWidget
    )
    ref = forms.CharField(
        label="Registration ID",
        max_length=64,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="The SID of the campaign (QE...) or verification (HH...), where there is one.",
    )
    since = forms.SplitDateTimeField(
        required=False,
        widget=UnfoldAdminSplitDateTimeWidget,
        help_text="Since when it stands so, if you know it. Empty: as before, or from now on where the state changes.",
    )
    to_correct = forms.CharField(
        label="What has to be corrected",
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        help_text="One on each line: code; field; words. For example: 30896; message_flow; Opt-in not acceptable",
    )

    def clean_to_correct(self) -> tuple[RegistrationError, ...]:
        lines = [line for line in str(self.cleaned_data["to_correct"]).splitlines() if line.strip()]
        if len(lines) > _MOST_ERRORS:
            raise forms.ValidationError(f"Enter at most {_MOST_ERRORS} lines; the console has the rest.")
        return tuple(_error(line) for line in lines)

    def clean_since(self) -> Any:
        since = self.cleaned_data["since"]
        if since is not None and since > timezone.now():
            raise forms.ValidationError("This lies in the future: enter when it really began, or leave it empty.")
        return since

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if (
            data.get("state") == Sender.Registration.FAILED
            and not data.get("to_correct")
            and "to_correct" not in self.errors
        ):
            self.add_error("to_correct", "Say what has to be corrected: whoever mends it needs the provider's words.")
        if data.get("state") != Sender.Registration.NOT_NEEDED and not data.get("kind"):
            self.add_error("kind", "Choose which registration this is.")
        return data


class KeepsSenders(ObjectAction):
    """For whoever keeps the sender: the platform its shared ones, a tenant's admins their own."""

    def permits(self, request: HttpRequest, obj: Any) -> bool:
        access = getattr(request, "access", None)
        if not isinstance(access, Access) or obj is None:
            return False
        if access.part is Part.PLATFORM:
            # Rows of the platform are beyond the policies of an open tenant.
            return access.tenant is None or obj.tenant_id == access.tenant.pk
        return access.part is Part.ADMIN and access.tenant is not None and obj.tenant_id == access.tenant.pk


class EnterRegistration(KeepsSenders):
    """Keep what the provider's console says of this sender's registration."""

    name = "registration"
    label = "Enter registration"
    icon = "edit_note"
    confirm_label = "Keep it"

    def preview(self, request: HttpRequest, rows: list[Any]) -> dict[str, Any]:
        form = self._form(request, rows[0])
        return {
            "summary": f"What the provider's console says of {rows[0].address}. It stands at the top of the pages "
            "about SMS, and is kept with your name in the audit log.",
            "form": form,
            "is_invalid": form.is_bound and not form.is_valid(),
        }

    def perform(self, request: HttpRequest, rows: list[Any]) -> HttpResponse | None:
        form = self._form(request, rows[0])
        if not form.is_valid():
            return None
        data = form.cleaned_data
        enter_registration(
            rows[0],
            state=Sender.Registration(data["state"]),
            kind=data["kind"],
            ref=data["ref"],
            errors=data["to_correct"],
            since=data["since"],
            actor=access_of(request).user,
            at=timezone.now(),
        )
        self.model_admin.say(request, f"The registration of {rows[0].address}: {rows[0].get_registration_display()}.")
        return None

    @staticmethod
    def _form(request: HttpRequest, sender: Sender) -> RegistrationForm:
        stored = errors_of(sender.registration_errors)
        initial = {
            "state": sender.registration,
            "kind": sender.registration_kind or ("toll_free" if sender.is_toll_free else "a2p"),
            "ref": sender.registration_ref,
            "to_correct": "\n".join(f"{one.code}; {one.field}; {one.says}" for one in stored),
        }
        return RegistrationForm(request.POST if request.method == "POST" else None, initial=initial)


class FetchRegistration(KeepsSenders):
    """Ask Twilio how this sender is registered, and keep its answer."""

    name = "fetch-registration"
    label = "Fetch from Twilio"
    icon = "sync"
    confirm_label = "Ask Twilio now"

    def fits(self, obj: Any) -> bool:
        return bool(provider_of(obj) == "twilio" and (obj.kind == Sender.Kind.SERVICE or obj.is_toll_free))

    def preview(self, request: HttpRequest, rows: list[Any]) -> dict[str, Any]:
        what = "toll-free verification" if rows[0].is_toll_free else "brand and campaign"
        return {
            "summary": f"Twilio is asked once for the {what} of {rows[0].address}. Its answer replaces what is known; "
            "where none comes, that stays. No message is sent."
        }

    def perform(self, request: HttpRequest, rows: list[Any]) -> HttpResponse | None:
        found = fetch_from_provider(rows[0], actor=access_of(request).user, at=timezone.now())
        if isinstance(found, NotFetched):
            self.model_admin.say(request, found.why, level=40)
        else:
            self.model_admin.say(request, f"Twilio says of {rows[0].address}: {rows[0].get_registration_display()}.")
        return None


def banners(senders: list[Sender]) -> list[tuple[Sender, Any]]:
    """The banners of these senders, where a carrier asks for a registration; refused ones first."""
    order = {"failed": 0, "pending": 1, "verified": 2, "not_needed": 3}
    now = timezone.now()
    found = [(sender, banner) for sender in senders if (banner := sender_banner(sender, now=now)) is not None]
    return sorted(found, key=lambda pair: order[pair[1].state.value])


def _error(line: str) -> RegistrationError:
    code, _, rest = (part.strip() for part in line.partition(";"))
    if not rest:
        return RegistrationError("", "", code[:400]) if not code.isdigit() else RegistrationError(code, "", "")
    field, _, says = (part.strip() for part in rest.partition(";"))
    return RegistrationError(code[:16], field[:120] if says else "", (says or field)[:400])

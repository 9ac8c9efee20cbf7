"""Invites: who was asked to join, and what became of it. Adding one sends it."""

from datetime import timedelta
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString

from members.admin.columns import invite_pill, moment, pill
from members.admin.filters import InviteStateFilter
from members.admin.invite_import import DaysForm, import_page
from members.invite_state import InviteState, invite_state
from members.models import Invite
from members.operations import invite, resend_invite, revoke_invite
from members.operations.accepting import lacks_place
from members.operations.invites import VALID_FOR
from members.operations.places import places
from tenants.access import access_of
from tenants.admin.actions import ObjectAction
from tenants.admin.base import AdminBase
from tenants.admin.known_ids import ChosenRow
from tenants.models import Role

_OPEN = (InviteState.PENDING, InviteState.EXPIRED)


class _OpenInvite(ObjectAction):
    """An action on an invite that nobody accepted or revoked."""

    def permits(self, request: HttpRequest, obj: Any) -> bool:
        return super().permits(request, obj) and (obj is None or invite_state(obj, at=timezone.now()) in _OPEN)

    def _say_standstill(self, request: HttpRequest, state: InviteState) -> None:
        self.model_admin.say(request, f"Nothing was done: the invite is {state.value} already.", level=30)


class ResendInvite(_OpenInvite):
    """Send it again with a new link, good for as many days as are chosen."""

    name = "resend"
    label = "Send again"
    icon = "forward_to_inbox"
    confirm_label = "Send it again"

    def preview(self, request: HttpRequest, rows: list[Any]) -> dict[str, Any]:
        form = DaysForm(request.POST if "days" in request.POST else None)
        return {
            "summary": f"{rows[0].name} gets a new link. The old link ends.",
            "facts": [("To", rows[0].email)],
            "form": form,
            "is_invalid": form.is_bound and not form.is_valid(),
        }

    def perform(self, request: HttpRequest, rows: list[Any]) -> HttpResponse | None:
        form = DaysForm(request.POST)
        # Whoever sends no number of days at all means the usual ones; a wrong number was shown again.
        days = timedelta(days=form.cleaned_data["days"]) if form.is_valid() else VALID_FOR
        done = resend_invite(rows[0], actor=access_of(request).user, at=timezone.now(), valid_for=days)
        if isinstance(done, InviteState):
            self._say_standstill(request, done)
        else:
            self.model_admin.say(request, f"A new link goes out to {rows[0].email} now.")
        return None


class RevokeInvite(_OpenInvite):
    """Take it back: its link opens nothing any more."""

    name = "revoke"
    label = "Revoke"
    icon = "block"
    confirm_label = "Revoke the invite"

    def preview(self, request: HttpRequest, rows: list[Any]) -> dict[str, Any]:
        return {"summary": f"The link that {rows[0].email} got will not work any more. This cannot be undone."}

    def perform(self, request: HttpRequest, rows: list[Any]) -> HttpResponse | None:
        standstill = revoke_invite(rows[0], actor=access_of(request).user, at=timezone.now())
        if standstill is not None:
            self._say_standstill(request, standstill)
        else:
            self.model_admin.say(request, f"The invite to {rows[0].email} is revoked.")
        return None


class InviteForm(forms.ModelForm[Invite]):
    """A new invite, and for how long it is good."""

    days = DaysForm.base_fields["days"]

    class Meta:
        model = Invite
        fields = ("email", "name", "role")

    def clean(self) -> dict[str, Any]:
        """Refuse a new person where the plan has no place; one who is in the list already takes none."""
        found: dict[str, Any] = super().clean() or {}
        tenant_id: int | None = getattr(self, "own_tenant_id", None)
        if tenant_id is not None and found.get("email"):
            asked = Invite(tenant_id=tenant_id, email=found["email"], member=found.get("member"))
            if lacks_place(asked):
                self.add_error(None, places(tenant_id).says)
        return found


@admin.register(Invite)
class InviteAdmin(AdminBase):
    """An invite is added, sent again or revoked, and never edited."""

    is_changeable = False
    list_display = ("name", "email", "role", "state", "sent", "expires_at", "invited_by")
    list_filter = (InviteStateFilter, "role")
    search_fields = ("email__iexact", "public_id__exact")
    search_help_text = "A whole e-mail address, or an ID (ivt_…)"
    readonly_fields = ("state", "sent", "public_id", "invited_by", "created_at", "expires_at", "accepted_at")
    add_fieldsets = (
        (
            None,
            {
                "fields": ("email", "name", "role", "member", "days"),
                "description": "They get an e-mail with a link that works once. On its page they choose a password, "
                "give a number if they like, and decide on SMS and calls themselves.",
            },
        ),
    )
    fieldsets = (
        (None, {"fields": ("name", "email", "role", "member", "state")}),
        ("About", {"fields": ("sent", "expires_at", "accepted_at", "invited_by", "created_at", "public_id")}),
    )
    autocomplete_fields = ("member",)
    object_actions = (ResendInvite, RevokeInvite)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invite]:
        rows: QuerySet[Invite] = super().get_queryset(request)
        return rows.select_related("invited_by", "member")

    def get_urls(self) -> list[URLPattern]:
        own = path(
            "import/", self.admin_site.admin_view(partial(import_page, model_admin=self)), name="members_invite_import"
        )
        return [own, *super().get_urls()]

    def get_form(self, request: HttpRequest, obj: Invite | None = None, change: bool = False, **options: Any) -> Any:
        return super().get_form(request, obj, change, **({"form": InviteForm, **options} if obj is None else options))

    def get_fieldsets(self, request: HttpRequest, obj: Invite | None = None) -> Any:
        return self.add_fieldsets if obj is None else self.fieldsets

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "member":
            options["widget"] = ChosenRow(db_field, self.admin_site)
            options["help_text"] = "Somebody who is in the list of team members already; empty for a new person."
        return super().formfield_for_foreignkey(db_field, request, **options)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> Any:
        return super().add_view(request, form_url, {"title": "Invite a team member", **(extra_context or {})})

    def save_model(self, request: HttpRequest, obj: Invite, form: Any, change: bool) -> None:
        access = access_of(request)
        if access.tenant is None:
            return
        row, _ = invite(
            tenant=access.tenant,
            email=obj.email,
            name=obj.name,
            role=Role(obj.role),
            member=obj.member,
            actor=access.user,
            at=timezone.now(),
            valid_for=timedelta(days=form.cleaned_data["days"]),
        )
        obj.__dict__.update(row.__dict__)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """The operation has written its own entry."""

    @admin.display(description="state")
    def state(self, row: Invite) -> SafeString:
        return invite_pill(invite_state(row, at=timezone.now()))

    @admin.display(description="e-mail sent", ordering="sent_at")
    def sent(self, row: Invite) -> Any:
        return moment(row.sent_at) if row.sent_at else pill("Not sent", tone="danger")

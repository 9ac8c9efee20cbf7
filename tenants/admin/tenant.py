"""Tenant settings: a tenant admin keeps name and zone; the standing is changed by platform admins alone."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminSplitDateTimeWidget, UnfoldAdminTextInputWidget

from tenants.access import access_of
from tenants.admin.actions import ObjectAction
from tenants.admin.base import AdminBase
from tenants.models import Standing, Tenant
from tenants.operations import change_standing
from tenants.zones import zone_choices


class TenantForm(forms.ModelForm[Tenant]):
    """Zones are chosen, not typed."""

    time_zone = forms.ChoiceField(
        choices=zone_choices,
        widget=UnfoldAdminSelectWidget,
        help_text="Times are shown in this zone to people who have not set their own.",
    )

    class Meta:
        model = Tenant
        fields: ClassVar[list[str]] = ["name", "slug", "time_zone", "region", "support_email"]


class StandingForm(forms.Form):
    """The new standing, until when, and why."""

    standing = forms.ChoiceField(choices=Standing.choices, widget=UnfoldAdminSelectWidget)
    until = forms.SplitDateTimeField(
        required=False,
        widget=UnfoldAdminSplitDateTimeWidget,
        help_text="When a trial or a grace period ends. Leave empty for no end.",
    )
    reason = forms.CharField(max_length=200, widget=UnfoldAdminTextInputWidget, help_text="Kept in the audit log.")


class ChangeStanding(ObjectAction):
    """Move a tenant to another standing, with a reason; effective at the next ruling."""

    name = "standing"
    label = "Change standing"
    icon = "account_balance"
    confirm_label = "Change the standing"

    def permits(self, request: HttpRequest, obj: Any) -> bool:
        access = getattr(request, "access", None)
        return bool(access and access.is_platform)

    def preview(self, request: HttpRequest, rows: list[Any]) -> dict[str, Any]:
        tenant: Tenant = rows[0]
        form = StandingForm(request.POST or None, initial={"standing": tenant.standing, "until": tenant.standing_until})
        invalid = request.method == "POST" and not form.is_valid()
        return {
            "form": form,
            "summary": f"{tenant.name} is {tenant.get_standing_display().lower()} now. "
            "Past due blocks what goes out; suspended and cancelled also refuse triggers.",
            "is_invalid": invalid,
        }

    def perform(self, request: HttpRequest, rows: list[Any]) -> HttpResponse | None:
        form = StandingForm(request.POST)
        if not form.is_valid():
            return None
        change_standing(
            rows[0],
            standing=Standing(form.cleaned_data["standing"]),
            until=form.cleaned_data["until"],
            reason=form.cleaned_data["reason"],
            actor=access_of(request).user,
            at=timezone.now(),
        )
        self.model_admin.say(request, f"{rows[0].name} is {rows[0].get_standing_display().lower()} from now on.")
        return None


@admin.register(Tenant)
class TenantAdmin(AdminBase):
    """The tenant's own page; the platform sees all of them."""

    is_owned = False
    form = TenantForm
    list_display = ("name", "slug", "standing", "standing_until", "time_zone")
    list_filter = ("standing",)
    search_fields = ("slug__exact", "public_id__exact")
    readonly_fields = ("public_id", "standing", "standing_until", "created_at")
    fieldsets = (
        (None, {"fields": ("name", "slug", "time_zone", "region", "support_email")}),
        ("Standing", {"fields": ("standing", "standing_until", "public_id", "created_at")}),
    )
    object_actions = (ChangeStanding,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tenant]:
        rows: QuerySet[Tenant] = super().get_queryset(request)
        access = access_of(request)
        return rows.filter(pk=access.tenant.pk) if access.tenant else rows

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return (
            super().has_add_permission(request, obj)
            and access_of(request).is_platform
            and not access_of(request).tenant
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fixed: tuple[str, ...] = tuple(super().get_readonly_fields(request, obj))
        return fixed if access_of(request).is_platform else (*fixed, "slug")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        access = access_of(request)
        if access.tenant is not None:
            return HttpResponseRedirect(f"{access.tenant.pk}/change/")
        return super().changelist_view(request, extra_context)

"""Tenant settings: a tenant admin keeps name, zone and hours; the standing is read here and changed under Billing."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from imes.kernel.phone import examine
from tenants.access import access_of
from tenants.admin.base import AdminBase
from tenants.models import Tenant
from tenants.zones import zone_choices

HOURS = ("hours_open", "hours_close", "direct_hours_open", "direct_hours_close")


def _clock() -> Any:
    return UnfoldAdminTextInputWidget(attrs={"type": "time"})


class TenantForm(forms.ModelForm[Tenant]):
    """Zones are chosen, not typed."""

    time_zone = forms.ChoiceField(
        choices=zone_choices,
        widget=UnfoldAdminSelectWidget,
        help_text="Times are shown in this zone to people who have not set their own.",
    )

    class Meta:
        model = Tenant
        fields: ClassVar[list[str]] = [
            "name",
            "slug",
            "time_zone",
            "region",
            "support_email",
            "support_phone",
            "hours_open",
            "hours_close",
            "direct_hours_open",
            "direct_hours_close",
        ]
        # The browser's own field, of every zone alike: what the frame offers compares its clock with the server's.
        widgets: ClassVar[dict[str, forms.Widget]] = {name: _clock() for name in HOURS}

    def clean_support_phone(self) -> str:
        """A whole number, as it will be read out; what is wrong with it is named."""
        raw: str = self.cleaned_data["support_phone"].strip()
        reading = examine(raw, region=self.data.get("region") or self.instance.region or None)
        if not raw or reading.e164:
            return reading.e164 or ""
        hint = f" Did you mean {reading.suggestion}?" if reading.suggestion else ""
        raise forms.ValidationError(f"{' '.join(defect.says for defect in reading.defects)}{hint}")


@admin.register(Tenant)
class TenantAdmin(AdminBase):
    """The tenant's own page; the platform sees all of them."""

    is_owned = False
    form = TenantForm
    list_display = ("name", "slug", "standing", "standing_until", "time_zone")
    list_filter = ("standing",)
    search_fields = ("slug__exact", "public_id__exact")
    readonly_fields = ("public_id", "standing", "ends", "billing", "created_at")
    fieldsets = (
        (None, {"fields": ("name", "slug", "time_zone", "region", "support_email", "support_phone")}),
        (
            "Messaging hours",
            {
                "fields": (("hours_open", "hours_close"), ("direct_hours_open", "direct_hours_close")),
                "description": "Urgent flows page at any hour, as the members' own schedules allow. Direct messages "
                "and routine flows wait for these hours, in the zone of whoever gets them.",
            },
        ),
        ("Standing", {"fields": ("standing", "ends", "billing", "public_id", "created_at")}),
    )

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

    @admin.display(description="standing until")
    def ends(self, tenant: Tenant) -> str:
        until = tenant.standing_until
        return date_format(timezone.localtime(until), "j M Y, H:i T") if until else "No end"

    @admin.display(description="plan, use and history")
    def billing(self, tenant: Tenant) -> SafeString | str:
        if tenant._state.adding:
            return "After it is saved"
        url = reverse("admin:billing_tenantplan_change", args=[tenant.pk])
        return format_html('<a class="pt-link" href="{}">Open Billing</a>', url)

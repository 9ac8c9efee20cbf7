"""Downloads a tenant's usage of one month, by day and channel; whoever reads the tenant may, and it is audited."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from unfold.widgets import UnfoldAdminSelectWidget

from billing.models import UsageMonth
from billing.months import month_at
from billing.queries import days_of
from billing.usage_file import usage_lines
from tenants.access import access_of
from tenants.admin.actions import ObjectAction
from tenants.audit import Act, record
from tenants.models import Tenant


class MonthForm(forms.Form):
    """Which month; those that anything was counted in, and the present one."""

    month = forms.ChoiceField(widget=UnfoldAdminSelectWidget)

    def __init__(self, *args: Any, tenant: Tenant, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["month"]
        field.choices = [(f"{first:%Y-%m}", f"{first:%B %Y}") for first in _months(tenant)]


class UsageCsv(ObjectAction):
    """Download the usage of a month as a CSV file."""

    name = "usage-csv"
    label = "CSV of usage"
    icon = "download"
    confirm_label = "Download"

    def permits(self, request: HttpRequest, obj: Any) -> bool:
        return self.model_admin.has_view_permission(request, obj)

    def preview(self, request: HttpRequest, rows: list[Any]) -> dict[str, Any]:
        tenant: Tenant = rows[0]
        if request.method == "POST":
            form = MonthForm(request.POST, tenant=tenant)
        else:
            form = MonthForm(initial={"month": request.GET.get("month", "")}, tenant=tenant)
        return {
            "title": f"CSV of usage: {tenant.name}",
            "summary": f"What {tenant.name} used of SMS and voice in a month, a line for each day and channel. "
            f"Days are those of {tenant.time_zone}. That you downloaded it is noted in the audit log.",
            "form": form,
            "is_invalid": request.method == "POST" and not form.is_valid(),
        }

    def perform(self, request: HttpRequest, rows: list[Any]) -> Any:
        tenant: Tenant = rows[0]
        form = MonthForm(request.POST, tenant=tenant)
        if not form.is_valid():
            return None
        month = form.cleaned_data["month"]
        # Read while the scope is open: the lines leave when it is closed.
        uses = days_of(tenant.pk, starts_on=date.fromisoformat(f"{month}-01"))
        record(
            Act.USAGE_EXPORTED,
            tenant_id=tenant.pk,
            actor=access_of(request).user,
            subject=tenant,
            at=timezone.now(),
            data={"month": month, "lines": len(uses)},
        )
        return _file(usage_lines(uses, tenant=tenant.name), name=f"usage-{tenant.slug}-{month}.csv")


def _months(tenant: Tenant) -> list[date]:
    present = month_at(timezone.now(), zone=tenant.time_zone).starts_on
    known = UsageMonth.objects.filter(tenant=tenant, starts_on__lt=present).order_by("-starts_on")
    return [present, *known.values_list("starts_on", flat=True)]


def _file(lines: Iterator[str], *, name: str) -> HttpResponseBase:
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response

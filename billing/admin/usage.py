"""Usage of all tenants, for the platform's people: who is near a limit, who will reach it, and how each stands."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from billing.admin.billing_page import TONES
from billing.models import UsageMonth
from billing.queries import MonthUse, months_of_all
from billing.standing import standing_at
from billing.usage_words import REACHED, WORTH_A_LOOK, Meter, fullest, meters_of
from tenants.access import Part, access_of
from tenants.admin.base import ReadOnlyAdmin
from tenants.models import Standing, Tenant

A_PAGE = 100
#: Which tenants are asked for, by how full their fullest limit is.
SHOWN = {
    "": "All",
    "soon": "Runs out this month at this pace",
    "tight": f"{WORTH_A_LOOK} % and more",
    "reached": "Limit reached",
    "unlimited": "Without any limit",
}


@dataclass(frozen=True, slots=True)
class TenantUse:
    """One line: a tenant, how it stands, and its month. `fullest` is the limit that it is nearest to."""

    month: MonthUse
    standing: Standing
    meters: tuple[Meter, ...]
    fullest: Meter

    @property
    def tone(self) -> str:
        return TONES[self.standing]

    @property
    def percent(self) -> int:
        """How full the fullest limit is; -1 where there is none."""
        return self.fullest.percent if self.fullest.percent is not None else -1

    def fits(self, asked: dict[str, str]) -> bool:
        """Whether it is among those that are asked for."""
        shown = {
            "soon": any(meter.runs_out_on for meter in self.meters),
            "tight": self.percent >= WORTH_A_LOOK,
            "reached": self.percent >= REACHED,
            "unlimited": self.percent < 0,
        }.get(asked["shown"], True)
        named = asked["q"].casefold() in self.month.tenant.casefold()
        stands = asked["standing"] in ("", self.standing.value)
        return shown and named and stands and asked["plan"] in ("", self.month.plan)


@admin.register(UsageMonth)
class UsageAdmin(ReadOnlyAdmin):
    """One page; a line leads to the tenant's Billing page."""

    readers = frozenset({Part.SUPPORT, Part.PLATFORM})

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_permission(request) or request.method not in {"GET", "HEAD"}:
            raise Http404
        lines = lines_of_all(at=timezone.now())
        asked = {name: request.GET.get(name, "").strip()[:80] for name in ("q", "standing", "plan", "shown")}
        kept = [line for line in lines if line.fits(asked)]
        page = Paginator(kept, A_PAGE).get_page(request.GET.get("page"))
        query = request.GET.copy()
        query.pop("page", None)
        context = {
            **self.admin_site.each_context(request),
            "title": "Usage",
            "opts": None,
            "open_tenant": access_of(request).tenant,
            "page": page,
            "kept": len(kept),
            "total": len(lines),
            "asked": asked,
            "is_narrowed": any(asked.values()),
            "query": query.urlencode(),
            "plans": sorted({line.month.plan for line in lines if line.month.plan}),
            "standings": Standing.choices,
            "shown": SHOWN.items(),
        }
        return TemplateResponse(request, "admin/billing/usage.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to the Billing page of the month's tenant."""
        month = self.get_object(request, object_id)
        if month is None or request.method not in {"GET", "HEAD"} or not self.has_view_permission(request, month):
            raise Http404
        return HttpResponseRedirect(reverse("admin:billing_tenantplan_change", args=[month.tenant_id]))


def lines_of_all(*, at: datetime) -> list[TenantUse]:
    """Every tenant that the open scope shows, the fullest first; a handful of queries, however many there are."""
    stands = {
        pk: standing_at(standing, until=until, at=at)
        for pk, standing, until in Tenant.objects.values_list("pk", "standing", "standing_until")
    }
    lines = []
    for month in months_of_all(at=at):
        meters = meters_of(month, at=at)
        standing = stands.get(month.tenant_id)
        if standing is not None:
            lines.append(TenantUse(month, standing, meters, fullest(meters)))
    return sorted(lines, key=lambda line: (-line.percent, -line.meters[0].taken, line.month.tenant))

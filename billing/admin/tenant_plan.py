"""Billing: a tenant's standing, plan, usage and seats on one page; read by the tenant, changed by platform admins."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponseRedirect
from django.utils import timezone

from billing.admin.billing_page import billing_context
from billing.admin.change_plan import ChangePlan
from billing.admin.link_customer import LinkCustomer
from billing.admin.move_standing import MoveStanding
from billing.admin.top_up import AddTopUp
from billing.admin.usage_csv import UsageCsv
from billing.models import Seat, Subscription, TenantPlan
from billing.queries import SeatUse
from tenants.access import access_of
from tenants.admin.base import ReadOnlyAdmin


@admin.register(TenantPlan)
class TenantPlanAdmin(ReadOnlyAdmin):
    """One page for each tenant; nothing is edited here but by the actions."""

    is_owned = False
    list_display = ("name", "plan", "seats", "standing", "standing_until")
    list_filter = ("standing",)
    search_fields = ("slug__exact", "public_id__exact")
    fieldsets = ()
    change_form_template = "admin/billing/tenantplan.html"
    object_actions = (MoveStanding, ChangePlan, AddTopUp, UsageCsv, LinkCustomer)

    def get_queryset(self, request: HttpRequest) -> QuerySet[TenantPlan]:
        rows: QuerySet[TenantPlan] = super().get_queryset(request)
        access = access_of(request)
        rows = rows.filter(pk=access.tenant.pk) if access.tenant else rows
        current = Subscription.objects.filter(tenant=OuterRef("pk"), ended_at__isnull=True)
        held = Seat.objects.filter(tenant=OuterRef("pk"), removed_at__isnull=True).order_by().values("tenant")
        return rows.annotate(
            plan_name=Subquery(current.values("plan__name")[:1]),
            plan_seats=Subquery(current.values("plan__sms_seats")[:1]),
            seats_held=Coalesce(Subquery(held.annotate(n=Count("pk")).values("n")), 0, output_field=IntegerField()),
        )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        access = access_of(request)
        if access.tenant is not None:
            return HttpResponseRedirect(f"{access.tenant.pk}/change/")
        return super().changelist_view(request, extra_context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        tenant = self.get_object(request, object_id)
        told = billing_context(tenant, at=timezone.now()) if tenant is not None and request.method != "POST" else {}
        context = {"title": f"Billing of {tenant.name}" if tenant is not None else "", **told, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    @admin.display(description="plan")
    def plan(self, tenant: Any) -> str:
        return tenant.plan_name or "None yet: the first seat that is given begins the standard plan"

    @admin.display(description="SMS seats taken")
    def seats(self, tenant: Any) -> str:
        limit = tenant.plan_seats if tenant.plan_name else None
        return SeatUse(tenant.plan_name or "", None, limit, tenant.seats_held).says

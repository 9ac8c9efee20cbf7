"""Billing: a tenant's plan, its SMS seats and who holds them; read by the tenant, changed by platform admins."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from billing import ports
from billing.admin.change_plan import ChangePlan
from billing.models import Seat, Subscription, TenantPlan
from billing.queries import SeatUse
from tenants.access import access_of
from tenants.admin.base import ReadOnlyAdmin

#: Seats on the page: the newest; the audit log has all.
MOST_SEATS = 200


@admin.register(TenantPlan)
class TenantPlanAdmin(ReadOnlyAdmin):
    """One page for each tenant; nothing is edited here but by the action."""

    is_owned = False
    list_display = ("name", "plan", "seats", "standing", "standing_until")
    list_filter = ("standing",)
    search_fields = ("slug__exact", "public_id__exact")
    fieldsets = (
        ("Plan", {"fields": ("plan", "since", "seats", "standing", "standing_until")}),
        ("SMS seats", {"fields": ("holders",)}),
        ("What became of seats and plans", {"fields": ("history",)}),
    )
    readonly_fields = ("plan", "since", "seats", "holders", "history")
    object_actions = (ChangePlan,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[TenantPlan]:
        rows: QuerySet[TenantPlan] = super().get_queryset(request)
        access = access_of(request)
        rows = rows.filter(pk=access.tenant.pk) if access.tenant else rows
        current = Subscription.objects.filter(tenant=OuterRef("pk"), ended_at__isnull=True)
        held = Seat.objects.filter(tenant=OuterRef("pk"), removed_at__isnull=True).order_by().values("tenant")
        return rows.annotate(
            plan_name=Subquery(current.values("plan__name")[:1]),
            plan_since=Subquery(current.values("started_at")[:1]),
            plan_seats=Subquery(current.values("plan__sms_seats")[:1]),
            seats_held=Coalesce(Subquery(held.annotate(n=Count("pk")).values("n")), 0, output_field=IntegerField()),
        )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        access = access_of(request)
        if access.tenant is not None:
            return HttpResponseRedirect(f"{access.tenant.pk}/change/")
        return super().changelist_view(request, extra_context)

    @admin.display(description="plan")
    def plan(self, tenant: Any) -> str:
        return tenant.plan_name or "None yet: the first seat that is given begins the standard plan"

    @admin.display(description="since")
    def since(self, tenant: Any) -> str:
        return _moment(tenant.plan_since) if tenant.plan_since else ""

    @admin.display(description="SMS seats taken")
    def seats(self, tenant: Any) -> str:
        limit = tenant.plan_seats if tenant.plan_name else None
        return SeatUse(tenant.plan_name or "", None, limit, tenant.seats_held).says

    @admin.display(description="who holds one")
    def holders(self, tenant: Any) -> SafeString | str:
        seats = _seats(tenant.pk).filter(removed_at__isnull=True)
        lines = [
            (name, f"Since {_moment(seat.assigned_at)}{_by(seat.assigned_by)}")
            for seat, name in _named(list(seats[:MOST_SEATS]))
        ]
        return _table(("Team member", "Seat"), lines) if lines else "Nobody yet"

    @admin.display(description="history")
    def history(self, tenant: Any) -> SafeString | str:
        lines = [(one.started_at, f"Plan {one.plan.name} began") for one in _plans(tenant.pk)]
        for seat, name in _named(list(_seats(tenant.pk)[:MOST_SEATS])):
            lines.append((seat.assigned_at, format_html("{} got a seat{}", name, _by(seat.assigned_by))))
            if seat.removed_at is not None:
                said = format_html("{} lost it{}: {}", name, _by(seat.removed_by), seat.why_removed)
                lines.append((seat.removed_at, said))
        lines.sort(key=lambda line: line[0], reverse=True)
        shown = [(_moment(at), said) for at, said in lines]
        return _table(("When", "What"), shown) if shown else "Nothing yet"


def _seats(tenant_id: int) -> QuerySet[Seat]:
    return Seat.objects.filter(tenant_id=tenant_id).select_related("assigned_by", "removed_by").order_by("-id")


def _plans(tenant_id: int) -> QuerySet[Subscription]:
    return Subscription.objects.filter(tenant_id=tenant_id).select_related("plan").order_by("-id")


def _named(seats: list[Seat]) -> list[tuple[Seat, SafeString | str]]:
    names = ports.holders().names_of(seat.member_id for seat in seats)
    found: list[tuple[Seat, SafeString | str]] = []
    for seat in seats:
        name: SafeString | str = names.get(seat.member_id, "A member who is gone")
        if seat.member_id in names:
            url = reverse("admin:members_member_change", args=[seat.member_id])
            name = format_html('<a class="pt-link" href="{}">{}</a>', url, name)
        found.append((seat, name))
    return found


def _table(heads: tuple[str, str], lines: list[Any]) -> SafeString:
    rows = format_html_join("", "<tr><td>{}</td><td>{}</td></tr>", lines)
    return format_html(
        '<div class="pt-scroll" tabindex="0" role="region" aria-label="{0}"><table class="pt-table"><thead><tr>'
        '<th scope="col">{0}</th><th scope="col">{1}</th></tr></thead><tbody>{2}</tbody></table></div>',
        *heads,
        rows,
    )


def _moment(at: Any) -> str:
    return date_format(timezone.localtime(at), "j M Y, H:i T")


def _by(user: Any) -> str:
    return f" by {user.name or user.email}" if user else ""

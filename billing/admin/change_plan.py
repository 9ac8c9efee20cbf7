"""Moves a tenant to another plan, after saying whose seat is lost and that SMS is off until it is switched on again."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.widgets import UnfoldAdminSelectWidget

from billing import ports
from billing.models import Plan, Seat
from billing.operations import subscribe
from billing.plan_words import limit_words, month_words, page_words
from billing.queries import SeatUse, seat_use
from billing.seats import fitting
from tenants.access import Access, access_of
from tenants.admin.actions import ObjectAction
from tenants.models import Tenant
from tenants.scope import platform_scope

#: So many names stand on the page; the rest is a count.
MOST_NAMES = 8


class PlanForm(forms.Form):
    """Which plan; only those that are offered."""

    plan = forms.ModelChoiceField(Plan.objects.none(), widget=UnfoldAdminSelectWidget, empty_label="Choose a plan")

    def __init__(self, *args: Any, plans: QuerySet[Plan], **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["plan"]
        field.queryset = plans


class ChangePlan(ObjectAction):
    """Move the tenant to another plan: a new subscription begins, and every SMS switch waits for an administrator."""

    name = "change-plan"
    label = "Change plan"
    icon = "swap_vert"
    confirm_label = "Change the plan"

    def permits(self, request: HttpRequest, obj: Any) -> bool:
        access = getattr(request, "access", None)
        return isinstance(access, Access) and access.is_platform

    def preview(self, request: HttpRequest, rows: list[Any]) -> dict[str, Any]:
        tenant: Tenant = rows[0]
        use, plans = seat_use(tenant.pk), _others(tenant)
        form = PlanForm(request.POST or None, plans=plans)
        told = {
            "summary": f"{tenant.name} has {f'plan {use.plan}' if use.plan else 'no plan yet'}; SMS seats taken: "
            f"{use.says}. With another plan SMS stays off for everybody, even for the same number, until an "
            "administrator of the tenant switches it on again, member by member.",
            "form": form,
            "is_invalid": request.method == "POST" and not form.is_valid(),
            "listed_title": "What each plan would change",
            "listed_heads": ["Plan", "What it allows", "SMS off until switched on again", "Seat and SMS lost"],
            "listed": _outcomes(tenant, plans=plans),
        }
        if not plans.exists():
            told["refusal"] = "There is no other plan on offer. Add one under Plans first."
        return told

    def perform(self, request: HttpRequest, rows: list[Any]) -> HttpResponse | None:
        tenant: Tenant = rows[0]
        form = PlanForm(request.POST, plans=_others(tenant))
        if not form.is_valid():
            return None
        plan = form.cleaned_data["plan"]
        subscribe(tenant, plan=plan, actor=access_of(request).user, at=timezone.now())
        use: SeatUse = seat_use(tenant.pk)
        self.model_admin.say(
            request,
            f"{tenant.name} has plan {plan.name} from now on; SMS seats taken: {use.says}. An administrator of the "
            "tenant switches SMS on again for each member.",
        )
        return None


def _others(tenant: Tenant) -> QuerySet[Plan]:
    """The plans on offer but for the tenant's own."""
    with_it = Plan.objects.filter(subscriptions__tenant=tenant, subscriptions__ended_at__isnull=True)
    return Plan.objects.filter(is_offered=True).exclude(pk__in=with_it.values("pk"))


def _outcomes(tenant: Tenant, *, plans: QuerySet[Plan]) -> list[tuple[str, str, str, str]]:
    with platform_scope():
        held = Seat.objects.filter(tenant=tenant, removed_at__isnull=True).order_by("assigned_at", "id")
        holders = list(held.values_list("member_id", flat=True))
        names = ports.holders().names_of(holders)
        active = ports.holders().active_of(tenant.pk)
    lines = []
    for plan in plans:
        kept = fitting(holders, seats=plan.sms_seats)
        lost = [one for one in holders if one not in kept]
        allows = (
            f"A month: {month_words(plan)}. Team members: {_members(plan, active=active)}. "
            f"SMS seats: {limit_words(plan.sms_seats)}. Modules: {page_words(plan)}."
        )
        lines.append((plan.name, allows, _named(kept, names), _named(lost, names)))
    return lines


def _members(plan: Plan, *, active: int) -> str:
    if plan.member_limit is None or active <= plan.member_limit:
        return limit_words(plan.member_limit)
    return f"{plan.member_limit:,}; {active:,} are active: they stay, and nobody can be added"


def _named(ids: list[int], names: Any) -> str:
    shown = [names.get(one, "a member who is gone") for one in ids[:MOST_NAMES]]
    rest = len(ids) - len(shown)
    return (", ".join(shown) + (f" and {rest} more" if rest else "")) or "Nobody"

"""Plans: what tenants may subscribe to; kept by platform admins."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from billing.models import Plan
from billing.operations import make_default
from tenants.access import Part, access_of
from tenants.admin.actions import ObjectAction
from tenants.admin.base import AdminBase


class MakeDefault(ObjectAction):
    """Give this plan to new tenants, in place of the one that they get now."""

    name = "make-default"
    label = "Give to new tenants"
    icon = "star"
    confirm_label = "Give it to new tenants"

    def permits(self, request: HttpRequest, obj: Any) -> bool:
        return self.model_admin.has_change_permission(request, obj)

    def preview(self, request: HttpRequest, rows: list[Any]) -> dict[str, Any]:
        return {"summary": f"New tenants get plan {rows[0].name} from now on. Those that have a plan keep theirs."}

    def perform(self, request: HttpRequest, rows: list[Any]) -> HttpResponse | None:
        make_default(rows[0], actor=access_of(request).user, at=timezone.now())
        self.model_admin.say(request, f"New tenants get plan {rows[0].name} from now on.")
        return None


@admin.register(Plan)
class PlanAdmin(AdminBase):
    """The platform's offers. What a plan has is fixed once a tenant has it: others are moved to another plan."""

    is_owned = False
    readers = frozenset({Part.SUPPORT, Part.PLATFORM})
    writers = frozenset({Part.PLATFORM})
    list_display = ("name", "seats", "is_default", "is_offered", "tenants")
    list_filter = ("is_offered",)
    search_fields = ("public_id__exact", "name__exact")
    readonly_fields = ("public_id", "is_default", "created_at")
    object_actions = (MakeDefault,)
    fields = ("name", "sms_seats", "is_default", "is_offered", "public_id", "created_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Plan]:
        rows: QuerySet[Plan] = super().get_queryset(request)
        return rows.annotate(using=Count("subscriptions", filter=Q(subscriptions__ended_at__isnull=True)))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fixed: tuple[str, ...] = tuple(super().get_readonly_fields(request, obj))
        return (*fixed, "sms_seats") if obj is not None and obj.subscriptions.exists() else fixed

    @admin.display(description="SMS seats")
    def seats(self, plan: Plan) -> str:
        return "No limit" if plan.sms_seats is None else str(plan.sms_seats)

    @admin.display(description="tenants")
    def tenants(self, plan: Any) -> int:
        return int(plan.using)

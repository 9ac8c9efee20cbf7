"""Plans: what tenants may subscribe to; kept by platform admins."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from billing.models import Plan
from billing.operations import make_default
from billing.plan_words import limit_words, month_words, page_words
from tenants.access import Part, access_of
from tenants.admin.actions import ObjectAction
from tenants.admin.base import AdminBase

#: What a plan has in numbers, and which pages come with it; fixed once a tenant has it.
LIMITS = ("monthly_notifications", "monthly_segments", "monthly_calls", "member_limit", "sms_seats")
SHOWN = ("notifications", "segments", "calls", "members", "seats")
FEATURES = ("has_sms_limits", "has_test_calling")


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
    list_display = (
        "name",
        "month",
        "members",
        "seats",
        "pages",
        "is_default",
        "is_offered",
        "tenants",
    )
    list_filter = ("is_offered",)
    search_fields = ("public_id__exact", "name__exact")
    readonly_fields = ("public_id", "is_default", "created_at")
    fieldsets = (
        (None, {"fields": ("name", "is_offered")}),
        (
            "What a tenant may use",
            {
                "fields": (*LIMITS, *FEATURES),
                "description": "Fixed once a tenant has the plan: to give it more, add to its month under Billing, or "
                "make another plan and move it there.",
            },
        ),
        ("About", {"fields": ("is_default", "public_id", "created_at")}),
    )
    object_actions = (MakeDefault,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Plan]:
        rows: QuerySet[Plan] = super().get_queryset(request)
        return rows.annotate(using=Count("subscriptions", filter=Q(subscriptions__ended_at__isnull=True)))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fixed: tuple[str, ...] = tuple(super().get_readonly_fields(request, obj))
        return (*fixed, *SHOWN, *FEATURES) if _is_had(obj) else fixed

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show the limits as people read them, where they can only be read."""
        if not _is_had(obj):
            return self.fieldsets
        first, (title, use), about = self.fieldsets
        return (first, (title, {**use, "fields": (*SHOWN, *FEATURES)}), about)

    @admin.display(description="a month")
    def month(self, plan: Plan) -> str:
        return month_words(plan)

    @admin.display(description="notifications a month")
    def notifications(self, plan: Plan) -> str:
        return limit_words(plan.monthly_notifications)

    @admin.display(description="SMS segments a month")
    def segments(self, plan: Plan) -> str:
        return limit_words(plan.monthly_segments)

    @admin.display(description="calls a month")
    def calls(self, plan: Plan) -> str:
        return limit_words(plan.monthly_calls)

    @admin.display(description="team members", ordering="member_limit")
    def members(self, plan: Plan) -> str:
        return limit_words(plan.member_limit)

    @admin.display(description="SMS seats", ordering="sms_seats")
    def seats(self, plan: Plan) -> str:
        return limit_words(plan.sms_seats)

    @admin.display(description="modules")
    def pages(self, plan: Plan) -> str:
        return page_words(plan)

    @admin.display(description="tenants")
    def tenants(self, plan: Any) -> int:
        return int(plan.using)


def _is_had(plan: Plan | None) -> bool:
    """Whether a tenant has the plan, or had it: what it was promised does not change under it."""
    return plan is not None and plan.subscriptions.exists()

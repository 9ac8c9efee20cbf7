"""Flows: what they say, whom their steps page, and the webhooks that fire them."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from notifications.admin.columns import pill
from notifications.admin.flow_actions import FireTest, MakeHook, RevokeHooks
from notifications.admin.flow_forms import FlowForm, RecipientForm, StepForm
from notifications.core.escalation_words import plan_in_words
from notifications.models import Flow, Step, StepRecipient
from notifications.queries.flows import flow_plan
from tenants.admin.base import AdminBase, OwnedInline, OwnedStackedInline


class RecipientInline(OwnedInline):
    """Whom the step pages, in order."""

    model = StepRecipient
    form = RecipientForm
    fields = ("position", "member", "group")
    verbose_name = "recipient"
    verbose_name_plural = "recipients: a member or a group each"


class StepInline(OwnedStackedInline):
    """The steps, in order."""

    model = Step
    form = StepForm
    fields = ("position", "channels", "mode", "wait")
    inlines = (RecipientInline,)
    verbose_name = "step"


@admin.register(Flow)
class FlowAdmin(AdminBase):
    """A rule: when it fires, page these people in this order."""

    form = FlowForm
    list_display = ("name", "state", "pages", "urgency", "hooks_in_use", "slug")
    list_filter = ("is_enabled", "urgency")
    search_fields = ("name__istartswith", "slug__exact", "public_id__exact")
    readonly_fields = ("public_id", "created_at", "plan")
    prepopulated_fields = {"slug": ("name",)}
    fieldsets = (
        (None, {"fields": ("name", "slug", "is_enabled", "text")}),
        ("How it pages", {"fields": ("plan", "urgency", ("hours_open", "hours_close"), "validity", "repeats")}),
        ("About", {"fields": ("public_id", "created_at"), "classes": ("collapse",)}),
    )
    inlines = (StepInline,)
    object_actions = (FireTest, MakeHook, RevokeHooks)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Flow]:
        rows: QuerySet[Flow] = super().get_queryset(request)
        recipients = StepRecipient.objects.select_related("member", "group")
        return rows.annotate(
            hook_count=Count("hooks", filter=Q(hooks__revoked_at__isnull=True), distinct=True)
        ).prefetch_related(Prefetch("steps", Step.objects.prefetch_related(Prefetch("recipients", recipients))))

    @admin.display(description="state", ordering="is_enabled")
    def state(self, flow: Flow) -> SafeString:
        return pill("Enabled", tone="success") if flow.is_enabled else pill("Disabled", tone="plain")

    @admin.display(description="pages first")
    def pages(self, flow: Flow) -> str:
        steps = list(flow.steps.all())
        if not steps:
            return "Nobody: add a step"
        names = [str(recipient) for recipient in steps[0].recipients.all()]
        if not names:
            return "Nobody: add a recipient"
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""  # noqa: PLR2004
        return ", ".join(names[:3]) + more

    @admin.display(description="in words")
    def plan(self, flow: Flow) -> str:
        """The whole escalation as it stands in the database; what is being edited is told once it is saved."""
        if flow._state.adding:
            return "Save the flow with its steps: the whole plan is then told here in words."
        return plan_in_words(flow_plan(flow))

    @admin.display(description="webhooks", ordering="hook_count")
    def hooks_in_use(self, flow: Any) -> int:
        return int(flow.hook_count)

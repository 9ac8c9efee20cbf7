"""Alerts: each firing of a flow, who was told by it, and who answered."""

from dataclasses import asdict
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString

from notifications.admin.alert_actions import Resolve
from notifications.admin.columns import pill, status_pill
from notifications.admin.filters import since
from notifications.admin.how_far import how_far
from notifications.core.states import NotificationStatus
from notifications.models import Alert, Notification
from notifications.queries.escalations import with_fired_steps, with_nobody
from notifications.queries.ladders import Ladder, Mark, ladder
from tenants.admin.base import ReadOnlyAdmin

#: How a rung of the escalation looks: the tone of its moment and its pill, and its sign.
_MARKS = {
    Mark.PAGED: ("plain", "plain", "check"),
    Mark.WAITS: ("wait", "warning", "hourglass_top"),
    Mark.NOBODY: ("bad", "danger", "person_off"),
    Mark.NEXT: ("plain", "info", "schedule"),
    Mark.LATER: ("plain", "plain", "more_horiz"),
    Mark.NOT_NEEDED: ("plain", "plain", "remove"),
}
_REACHED = {NotificationStatus.SENT, NotificationStatus.DELIVERED, NotificationStatus.ACKNOWLEDGED}


class AnsweredFilter(admin.SimpleListFilter):
    """Has somebody answered?"""

    title = "answered"
    parameter_name = "answered"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("no", "Nobody yet"),
            ("yes", "Acknowledged"),
            ("ended", "Nobody, to the end"),
            ("nobody", "Reached nobody on a step"),
            ("resolved", "Resolved by hand"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        still_open = queryset.filter(acknowledged_at__isnull=True, resolved_at__isnull=True)
        if self.value() == "no":
            return still_open
        if self.value() == "ended":
            return still_open.filter(ended_at__isnull=False)
        if self.value() == "nobody":
            return with_nobody(queryset)
        if self.value() == "resolved":
            return queryset.filter(resolved_at__isnull=False)
        return queryset.filter(acknowledged_at__isnull=False) if self.value() == "yes" else queryset


@admin.register(Alert)
class AlertAdmin(ReadOnlyAdmin):
    """One line a firing."""

    empty_hint = "An alert stands here once a flow has fired: by its webhook, or by a test from the flow's page."
    list_display = ("opened_at", "state", "flow", "text_short", "steps_fired", "source", "acknowledged_by")
    list_display_links = ("opened_at",)
    list_filter = (AnsweredFilter, "source", since("opened_at"))
    search_fields = ("public_id__exact",)
    search_help_text = "The whole ID of an alert, such as alt_…"
    ordering = ("-opened_at", "-id")
    object_actions = (Resolve,)
    change_form_template = "admin/notifications/alert/story.html"
    fields = ("public_id",)
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Alert]:
        rows: QuerySet[Alert] = super().get_queryset(request)
        return with_fired_steps(rows.select_related("flow", "acknowledged_by", "resolved_by"))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        alert = self.get_object(request, object_id)
        story: dict[str, Any] = {}
        if alert is not None:
            now = timezone.now()
            rows = Notification.objects.filter(alert=alert)
            told = list(rows.select_related("member", "merged_into").order_by("id")[:500])
            story = {
                "alert": alert,
                "state_pill": self.state(alert),
                "told": [(row, status_pill(row, now=now)) for row in told],
                "ladder": _ladder(ladder(alert, told=told, now=now)),
                "reached": len({_whom(row) for row in told if _stands(row) in _REACHED}),
                "people": len({_whom(row) for row in told}),
                "title": f"Alert {alert.public_id}",
                "subtitle": None,
            }
        return super().change_view(request, object_id, form_url, {**story, **(extra_context or {})})

    @admin.display(description="state")
    def state(self, alert: Alert) -> SafeString:
        if alert.acknowledged_at:
            return pill("Acknowledged", tone="success")
        if alert.resolved_at:
            return pill("Resolved", tone="plain")
        return pill("Nobody answered", tone="danger") if alert.ended_at else pill("Open", tone="warning")

    @admin.display(description="escalation")
    def steps_fired(self, alert: Any) -> str:
        return how_far(alert.fired_steps)

    @admin.display(description="text")
    def text_short(self, alert: Alert) -> str:
        return alert.text if len(alert.text) <= 80 else f"{alert.text[:79]}…"  # noqa: PLR2004


def _stands(row: Notification) -> str:
    """How far a page came: where its text went inside another one, as far as that one."""
    return row.merged_into.status if row.merged_into else row.status


def _whom(row: Notification) -> object:
    """Whose page it is: sent again, or over two channels, it is still one person's."""
    return row.member_id or row.pk


def _ladder(found: Ladder) -> dict[str, Any]:
    """The ladder with its looks."""
    rungs = []
    for rung in found.rungs:
        tone, of_pill, icon = _MARKS[rung.mark]
        rungs.append({**asdict(rung), "tone": tone, "icon": icon, "pill": pill(rung.word, tone=of_pill)})
    return {"says": found.says, "rungs": rungs}

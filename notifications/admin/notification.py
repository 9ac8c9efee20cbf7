"""The Notifications log and the story of one of its rows; read-only, as logs are."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from notifications.admin.columns import reason_line, status_pill
from notifications.admin.diagnose import Diagnose
from notifications.admin.filters import QuestionFilter, SinceFilter
from notifications.admin.resend import SendAgain
from notifications.admin.search import search_log
from notifications.admin.together import TogetherFilter
from notifications.core.faults import fault
from notifications.core.remedies import remedy_of
from notifications.core.states import NotificationStatus
from notifications.models import Notification
from notifications.queries.timeline import timeline
from tenants.admin.base import ReadOnlyAdmin

#: Rows that did not go: what mends it follows from the reason that stands on them.
_MENDED_BY_REASON = frozenset({NotificationStatus.FAILED, NotificationStatus.SKIPPED})


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    """One line a message: when, whom, what it claims, and why."""

    empty_hint = "Each message to one person stands here, whatever became of it. Fire a flow to see some."
    list_display = (
        "created_at",
        "status_shown",
        "recipient",
        "number_shown",
        "channel",
        "purpose",
        "alert_shown",
        "why",
    )
    list_display_links = ("created_at",)
    list_filter = (TogetherFilter, QuestionFilter, "status", "channel", "purpose", SinceFilter)
    search_fields = ("public_id",)
    search_help_text = "A whole ID (ntf_…, alt_…, mbr_…), the start of a number (+1206…), or part of a member's name"
    ordering = ("-created_at", "-id")
    object_actions = (Diagnose, SendAgain)
    change_form_template = "admin/notifications/notification/story.html"
    fields = ("public_id",)
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notification]:
        rows: QuerySet[Notification] = super().get_queryset(request)
        return rows.select_related("member", "alert__flow")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return search_log(queryset, search_term), False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        row = self.get_object(request, object_id)
        story: dict[str, Any] = {}
        if row is not None:
            status = NotificationStatus(row.status)
            story = {
                "row": row,
                "status_pill": status_pill(row, now=timezone.now()),
                "what_to_do": _what_to_do(row),
                "claims": status.claims_of(row.channel),
                "moments": timeline(row),
                "siblings": _siblings(row),
                "inside": list(row.merged.order_by("pk")),
                "resends": list(Notification.objects.filter(resend_of=row).order_by("pk")),
                "title": f"Notification {row.public_id}",
                "subtitle": None,
            }
        return super().change_view(request, object_id, form_url, {**story, **(extra_context or {})})

    @admin.display(description="status", ordering="status")
    def status_shown(self, row: Notification) -> SafeString:
        return status_pill(row, now=timezone.now())

    @admin.display(description="recipient")
    def recipient(self, row: Notification) -> str:
        return str(row.member) if row.member else "—"

    @admin.display(description="number")
    def number_shown(self, row: Notification) -> str:
        return row.number or "none"

    @admin.display(description="alert")
    def alert_shown(self, row: Notification) -> SafeString | str:
        if row.alert is None:
            return "—"
        link = reverse("admin:notifications_alert_change", args=[row.alert.pk])
        return format_html('<a href="{}" class="pt-link">{}</a>', link, row.alert.flow)

    @admin.display(description="why")
    def why(self, row: Notification) -> str:
        return reason_line(row, now=timezone.now())


def _what_to_do(row: Notification) -> str:
    """The fix for what stands on the row; for one that waits for another try, that of what the provider answered."""
    if row.status in _MENDED_BY_REASON:
        return remedy_of(row.reason, channel=row.channel)
    last = row.attempts.order_by("-ordinal").first() if row.status == NotificationStatus.HELD else None
    if last is None or not last.fault_code:
        return ""
    return fault(last.provider, last.fault_code, channel=row.channel, http_status=last.http_status).remedy


def _siblings(row: Notification) -> list[Notification]:
    if row.alert_id is None:
        return []
    others = Notification.objects.filter(alert_id=row.alert_id).exclude(pk=row.pk)
    return list(others.select_related("member").order_by("id")[:20])

"""Webhook requests: every request to fire a flow, with what it was answered; refused ones are the reason to look."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from notifications.admin.columns import pill
from notifications.admin.filters import since
from notifications.models import Trigger
from tenants.admin.base import ReadOnlyAdmin


@admin.register(Trigger)
class TriggerAdmin(ReadOnlyAdmin):
    """One line a request."""

    empty_hint = "Each request to a flow's webhook stands here, refused ones too. A flow's page makes its webhook."
    list_display = ("at", "answer", "flow", "says_shown", "alert_shown", "remote_address")
    list_display_links = ("at",)
    list_filter = ("is_accepted", since("at"))
    search_fields = ("public_id__exact", "idempotency_key__exact")
    fields = (
        "public_id",
        "at",
        "answer",
        "code",
        "says_shown",
        "flow",
        "alert_shown",
        "idempotency_key",
        "remote_address",
    )
    readonly_fields = fields
    ordering = ("-at", "-id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Trigger]:
        rows: QuerySet[Trigger] = super().get_queryset(request)
        return rows.select_related("flow", "alert")

    @admin.display(description="answered")
    def answer(self, trigger: Trigger) -> SafeString:
        tone = "success" if trigger.is_accepted else "danger"
        word = "accepted" if trigger.is_accepted else "refused"
        return pill(f"{trigger.http_status} {word}", tone=tone, title=trigger.code)

    @admin.display(description="because")
    def says_shown(self, trigger: Trigger) -> str:
        return trigger.says or "—"

    @admin.display(description="alert")
    def alert_shown(self, trigger: Trigger) -> Any:
        if trigger.alert is None:
            return "—"
        link = reverse("admin:notifications_alert_change", args=[trigger.alert.pk])
        return format_html('<a class="pt-link" href="{}">{}</a>', link, trigger.alert.public_id)

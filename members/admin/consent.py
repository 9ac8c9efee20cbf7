"""The consent ledger as support and tenants read it: every line, and nothing that could change one."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from members.admin.columns import ACT_TONES, pill
from members.admin.history import how
from members.models import ConsentEvent
from tenants.admin.base import ReadOnlyAdmin


@admin.register(ConsentEvent)
class ConsentEventAdmin(ReadOnlyAdmin):
    """One line an act: who, when, for which number, on which wording, from where."""

    empty_hint = "The first line comes when somebody accepts an invite or texts back."
    list_display = ("effective_at", "what", "channel", "number", "came", "reach", "disclosure_version")
    list_display_links = ("effective_at",)
    list_filter = ("act", "channel", "reach")
    search_fields = ("public_id__exact", "number__exact")
    search_help_text = "A whole number (+12065550142) or an ID (cns_…)"
    ordering = ("-id",)
    fields = (
        "public_id",
        "what",
        "channel",
        "reach",
        "number",
        "effective_at",
        "recorded_at",
        "came",
        "details",
        "disclosure_version",
        "disclosure_text",
        "wording_digest",
        "provider",
        "provider_message_id",
        "sender_address",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[ConsentEvent]:
        rows: QuerySet[ConsentEvent] = super().get_queryset(request)
        return rows.select_related("detail")

    @admin.display(description="what", ordering="act")
    def what(self, event: ConsentEvent) -> SafeString:
        return pill(event.get_act_display(), tone=ACT_TONES[event.act])

    @admin.display(description="how")
    def came(self, event: ConsentEvent) -> str:
        return how(event)

    @admin.display(description="evidence")
    def details(self, event: ConsentEvent) -> str:
        data: dict[str, Any] = event.detail.data if hasattr(event, "detail") else {}
        return "\n".join(f"{name.replace('_', ' ')}: {value}" for name, value in data.items()) or "None kept."

    @admin.display(description="SHA-256 of the wording")
    def wording_digest(self, event: ConsentEvent) -> str:
        return bytes(event.disclosure_digest).hex() if event.disclosure_digest else ""

"""Replies: what handsets texted back, how each was read, and what followed from it."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from notifications.admin.columns import pill
from notifications.admin.filters import since
from notifications.models import InboundMessage
from tenants.admin.base import ReadOnlyAdmin

_TONES = {"STOP": "danger", "START": "success", "ACK": "success", "HELP": "info"}


class ReadingFilter(admin.SimpleListFilter):
    """How it was read."""

    title = "read as"
    parameter_name = "reading"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [(word, word) for word in ("STOP", "START", "HELP", "ACK", "NONE")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[InboundMessage]) -> QuerySet[InboundMessage]:
        return queryset.filter(reading=self.value()) if self.value() else queryset


@admin.register(InboundMessage)
class InboundMessageAdmin(ReadOnlyAdmin):
    """One line a text."""

    empty_hint = "Whatever people text back stands here: acknowledgements, STOP, START, HELP and anything else."
    list_display = ("received_at", "read_as", "number", "body", "outcome", "to_address")
    list_display_links = ("received_at",)
    list_filter = (ReadingFilter, since("received_at"))
    search_fields = ("number__exact", "public_id__exact")
    search_help_text = "The whole number, such as +12065550142"
    fields = (
        "public_id",
        "received_at",
        "number",
        "to_address",
        "body",
        "read_as",
        "because",
        "outcome",
        "acknowledged",
    )
    readonly_fields = fields
    ordering = ("-received_at", "-id")

    @admin.display(description="read as")
    def read_as(self, message: InboundMessage) -> SafeString:
        return pill(message.reading, tone=_TONES.get(message.reading, "plain"))

"""Replies to review: texts that are, or may be, an opt-out in somebody's own words, and what people decided about them.

Beside them stands a box that says how any text would be read; it changes nothing and keeps nothing.
"""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from members.consent.keywords import read_reply
from notifications.admin.columns import pill
from notifications.admin.filters import since
from notifications.admin.review_actions import IsNoOptOut, IsOptOut, WasSeen
from notifications.core.text import fit
from notifications.models import Review
from notifications.queries.reviews import LATE_AFTER
from tenants.admin.base import ReadOnlyAdmin

_TONES = {"opt_out": "danger", "no_opt_out": "success", "seen": "plain"}
_LONGEST_TEXT = 2_000
#: As much as one line of a phone shows; the row's own page shows all of it.
_TEXT_IN_LIST = 40


class StateFilter(admin.SimpleListFilter):
    """What still wants a person."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("open", "Still open?"), ("late", "Open for over a day?"), ("decided", "Decided?")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Review]) -> QuerySet[Review]:
        match self.value():
            case "open":
                return queryset.filter(decided_at__isnull=True)
            case "late":
                return queryset.filter(decided_at__isnull=True, opened_at__lt=timezone.now() - LATE_AFTER)
            case "decided":
                return queryset.filter(decided_at__isnull=False)
        return queryset


@admin.register(Review)
class ReviewAdmin(ReadOnlyAdmin):
    """One line a question, the open ones first."""

    empty_hint = "Nothing waits. A reply that may have been meant as an opt-out comes here for a person to decide."
    list_display = ("opened_at", "state", "number", "text_begins", "read_as", "score", "decided_by")
    list_display_links = ("opened_at",)
    list_filter = (StateFilter, "kind", "decision", since("opened_at"))
    search_fields = ("number__exact", "public_id__exact")
    search_help_text = "The whole number, such as +12065550142"
    fields = (
        "public_id",
        "state",
        "number",
        "text",
        "received",
        "read_as",
        "score",
        "because",
        "reply",
        "decided_by",
        "decided_at",
        "note",
    )
    readonly_fields = fields
    object_actions = (IsOptOut, IsNoOptOut, WasSeen)
    list_before_template = "admin/notifications/review/how_read.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Review]:
        rows: QuerySet[Review] = super().get_queryset(request)
        return rows.select_related("inbound", "decided_by")

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        return [F("decided_at").desc(nulls_first=True), "-id"]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Show the list, with the answer of the box where a text was put into it.

        The text comes by POST, to stay out of addresses and logs, and nothing is done with it but reading.
        """
        shown: dict[str, Any] = {}
        if request.method == "POST" and "how_read" in request.POST:
            words = request.POST["how_read"][:_LONGEST_TEXT]
            reading = read_reply(words, opt_out_type=None, languages=settings.KEYWORD_LANGUAGES)
            shown = {"asked": words, "reading": reading, "asked_was_empty": not words.strip()}
            request.method = "GET"
        return super().changelist_view(request, {**shown, **(extra_context or {})})

    @admin.display(description="state", ordering="decided_at")
    def state(self, review: Review) -> SafeString:
        if review.decided_at is not None:
            return pill(review.get_decision_display(), tone=_TONES.get(review.decision, "plain"))
        is_late = timezone.now() - review.opened_at > LATE_AFTER
        return pill("Open for over a day" if is_late else "Open", tone="danger" if is_late else "warning")

    @admin.display(description="they wrote")
    def text(self, review: Review) -> str:
        if review.inbound is None:
            return "—"
        return review.inbound.body or "(an empty text)"

    @admin.display(description="they wrote")
    def text_begins(self, review: Review) -> str:
        return fit(self.text(review), limit=_TEXT_IN_LIST)

    @admin.display(description="received")
    def received(self, review: Review) -> str:
        if review.inbound is None:
            return "—"
        return f"{timezone.localtime(review.inbound.received_at):%d %b %Y, %H:%M:%S}"

    @admin.display(description="read as", ordering="kind")
    def read_as(self, review: Review) -> str:
        return review.get_kind_display()

    @admin.display(description="reply")
    def reply(self, review: Review) -> SafeString | str:
        if review.inbound is None:
            return "—"
        link = reverse("admin:notifications_inboundmessage_change", args=[review.inbound.pk])
        return format_html('<a href="{}" class="pt-link">{}</a>', link, review.inbound.public_id)

"""Recorded consents: what somebody wrote down of a member, pending ones first, and who waits for whom."""

from typing import Any

from django.contrib import admin
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString

from members.admin.record_actions import ApproveRecord, RefuseRecord, WithdrawRecord
from members.admin.record_page import (
    EVIDENCE_READERS,
    channel_words,
    evidence_digest,
    evidence_links,
    state_pill,
    waits_words,
    what_remains,
)
from members.admin.record_told import TellProvider
from members.consent.deciders import admins_of
from members.models import ConsentRecord
from tenants.access import access_of
from tenants.admin.base import ReadOnlyAdmin

_PENDING_FIRST = Case(When(state="pending", then=Value(0)), default=Value(1), output_field=IntegerField())


@admin.register(ConsentRecord)
class ConsentRecordAdmin(ReadOnlyAdmin):
    """Nothing is edited here: a record is made on a member's page, and decided once by a second person."""

    empty_hint = "Consent given on paper, by e-mail or in a call is recorded from the member's page, and approved here."
    list_display = ("public_id", "member", "number", "what", "acted_at", "state_shown", "recorder", "waiting_for")
    list_filter = ("state", "method")
    search_fields = ("public_id__exact", "number__exact")
    search_help_text = "A whole number (+12065550142) or an ID (rec_…)"
    list_select_related = ("member", "recorded_by")
    fieldsets = (
        (None, {"fields": ("state_shown", "waiting_for", "remains")}),
        ("What they did", {"fields": ("member_link", "number", "what", "method", "acted_at")}),
        ("What shows it", {"fields": ("evidence", "digest", "statement", "disclosure_version", "words")}),
        ("Who", {"fields": ("recorder", "recorded_at", "decider", "decided_at", "decision_note", "public_id")}),
    )
    readonly_fields = tuple(name for _, options in fieldsets for name in options["fields"])
    object_actions = (ApproveRecord, RefuseRecord, WithdrawRecord, TellProvider)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ConsentRecord]:
        rows: QuerySet[ConsentRecord] = super().get_queryset(request)
        rows = rows.select_related("tenant", "member", "recorded_by", "decided_by", "evidence_file")
        return rows.defer("evidence_file__content").alias(order=_PENDING_FIRST).order_by("order", "-id")

    def get_ordering(self, request: HttpRequest) -> Any:
        return (_PENDING_FIRST, "-id")

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Read once who administers the tenants of the whole page."""
        changelist = super().get_changelist_instance(request)
        rows = list(changelist.result_list)
        admins = admins_of(row.tenant_id for row in rows)
        for row in rows:
            row.waiting = waits_words(row, admins=admins[row.tenant_id], access=access_of(request))
        changelist.result_list = rows
        return changelist

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        row = super().get_object(request, object_id, from_field)
        if row is not None:
            access = access_of(request)
            row.waiting = waits_words(row, admins=admins_of([row.tenant_id])[row.tenant_id], access=access)
            row.links = evidence_links(row, access=access)
        return row

    def get_urls(self) -> list[URLPattern]:
        evidence = self.admin_site.admin_view(self.evidence_view)
        return [
            path("<path:object_id>/evidence/", evidence, name="members_consentrecord_evidence"),
            *super().get_urls(),
        ]

    def evidence_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Hand out the document as a download, never as a page; to those who may judge it."""
        row = self.get_object(request, object_id)
        if row is None or row.evidence_file is None or access_of(request).part not in EVIDENCE_READERS:
            raise Http404
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET"])
        file = row.evidence_file
        response = HttpResponse(bytes(file.content), content_type=file.content_type)
        response.headers["Content-Disposition"] = content_disposition_header(True, file.name) or "attachment"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return response

    @admin.display(description="agreed to")
    def what(self, row: ConsentRecord) -> str:
        return channel_words(row)

    @admin.display(description="state", ordering="state")
    def state_shown(self, row: ConsentRecord) -> SafeString:
        return state_pill(row)

    @admin.display(description="waits for")
    def waiting_for(self, row: Any) -> str:
        return row.waiting or ""

    @admin.display(description="recorded by")
    def recorder(self, row: ConsentRecord) -> str:
        return str(row.recorded_by)

    @admin.display(description="decided by")
    def decider(self, row: ConsentRecord) -> str:
        return str(row.decided_by or "")

    @admin.display(description="what remains")
    def remains(self, row: ConsentRecord) -> SafeString:
        return what_remains(row)

    @admin.display(description="member")
    def member_link(self, row: ConsentRecord) -> SafeString:
        url = reverse("admin:members_member_change", args=[row.member_id])
        return format_html('<a class="pt-link" href="{}">{}</a>', url, row.member)

    @admin.display(description="evidence")
    def evidence(self, row: Any) -> SafeString | str:
        return getattr(row, "links", "")

    @admin.display(description="SHA-256 of the document")
    def digest(self, row: ConsentRecord) -> str:
        return evidence_digest(row)

    @admin.display(description="the words, as they read them")
    def words(self, row: ConsentRecord) -> SafeString:
        return format_html('<div class="pt-body">{}</div>', row.disclosure_text)

"""The audit log: who did what, when; nothing here can be added, changed or removed."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest

from tenants.admin.base import ReadOnlyAdmin
from tenants.audit import Act, sentence
from tenants.models import AuditEntry, User


class ActFilter(admin.SimpleListFilter):
    """Which act; the choices come from the catalogue, so no query has to find them."""

    title = "act"
    parameter_name = "code"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(act.value, act.value.replace(".", ": ").replace("_", " ")) for act in Act]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(code=self.value()) if self.value() else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """One sentence a line; search by the id of what it is about."""

    list_display = ("at", "said", "subject_id", "request_id")
    list_display_links = ("said",)
    list_filter = (ActFilter,)
    search_fields = ("subject_id__exact", "public_id__exact", "request_id__exact")
    search_help_text = "The whole ID of what you look for, such as ntf_… or mbr_…"
    fields = ("at", "said", "actor_name", "subject_kind", "subject_id", "request_id", "details", "public_id")
    readonly_fields = fields
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        rows: QuerySet[AuditEntry] = super().get_queryset(request)
        name = User.objects.filter(pk=OuterRef("actor_id")).values("name")[:1]
        return rows.select_related("detail").annotate(actor_name_read=Subquery(name))

    @admin.display(description="what happened")
    def said(self, entry: AuditEntry) -> str:
        return sentence(entry, actor_name=self.actor_name(entry))

    @admin.display(description="who")
    def actor_name(self, entry: Any) -> str:
        return entry.actor_name_read or ""

    @admin.display(description="details")
    def details(self, entry: AuditEntry) -> str:
        data = entry.detail.data if hasattr(entry, "detail") else {}
        return "\n".join(f"{name}: {value}" for name, value in data.items()) or "None kept."

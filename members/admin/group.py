"""Groups: members in an order, which a step of a flow may page as one."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from members.admin.search import search_groups
from members.models import Group, GroupPlace
from tenants.admin.base import AdminBase, OwnedInline
from tenants.admin.known_ids import ChosenRow


class PlaceInline(OwnedInline):
    """Who is in the group, and in which place; only members of the group's own tenant are offered."""

    model = GroupPlace
    fields = ("position", "member")
    autocomplete_fields = ("member",)
    ordering_field = "position"
    verbose_name = "place"
    verbose_name_plural = "members, in the order in which they are paged"

    def get_queryset(self, request: HttpRequest) -> QuerySet[GroupPlace]:
        rows: QuerySet[GroupPlace] = super().get_queryset(request)
        return rows.select_related("member")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "member":
            options["widget"] = ChosenRow(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **options)


@admin.register(Group)
class GroupAdmin(AdminBase):
    """A named, ordered list of members."""

    list_display = ("name", "size", "created_at")
    search_fields = ("public_id",)
    search_help_text = "The start of a name, or an ID (grp_…)"
    readonly_fields = ("public_id", "created_at")
    fieldsets = (
        (None, {"fields": ("name",)}),
        ("About", {"fields": ("public_id", "created_at")}),
    )
    inlines = (PlaceInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        rows: QuerySet[Group] = super().get_queryset(request)
        return rows.annotate(place_count=Count("places"))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return search_groups(queryset, search_term), False

    def get_fieldsets(self, request: HttpRequest, obj: Group | None = None) -> Any:
        return super().get_fieldsets(request, obj) if obj is not None else self.fieldsets[:1]

    @admin.display(description="members", ordering="place_count")
    def size(self, group: Any) -> int:
        return int(group.place_count)

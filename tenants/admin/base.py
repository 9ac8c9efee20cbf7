"""The hardened base of every model's admin pages.

Rows come from the open scope, an unknown or foreign id is 404, roles decide instead of Django's permissions, changes go
to the audit log, and actions that do something are confirmed by POST (tenants/admin/actions.py).
"""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from unfold.admin import ModelAdmin, StackedInline, TabularInline

from tenants.access import Access, Part, access_of
from tenants.admin.actions import ActionView, ObjectAction, offered_on
from tenants.admin.own_names import OwnNamesForm
from tenants.audit import Act, record
from tenants.models import OwnedModel, Tenant

#: Kept by platform admins, while no tenant is open.
PLATFORM_ALONE = frozenset({Part.PLATFORM})
#: How Django's filters ask of a column.
_WAYS = ("exact", "isnull", "in", "gte", "lt")


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts no further than `cap` rows: a log of ten million rows opens as fast as one of a thousand."""

    cap = 5_000

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        return rows.order_by()[: self.cap].count() if isinstance(rows, models.QuerySet) else len(rows)


class AdminBase(ModelAdmin):
    """Pages of one model. Subclasses say who writes; nobody deletes unless they say so."""

    #: Whether each row belongs to one tenant; what belongs to none is the platform's to write.
    is_owned: ClassVar[bool] = True
    readers: ClassVar[frozenset[Part]] = frozenset({Part.ADMIN, Part.VIEWER, Part.SUPPORT, Part.PLATFORM})
    writers: ClassVar[frozenset[Part]] = frozenset({Part.ADMIN, Part.PLATFORM})
    is_addable: ClassVar[bool] = True
    is_changeable: ClassVar[bool] = True
    is_deletable: ClassVar[bool] = False
    #: What an empty list says: how something would come to stand there.
    empty_hint: ClassVar[str] = ""
    object_actions: ClassVar[tuple[type[ObjectAction], ...]] = ()

    list_per_page = 50
    show_full_result_count = False
    paginator = CappedPaginator
    actions = None
    compressed_fields = True
    warn_unsaved_form = True
    change_form_template = "admin/portal/change_form.html"

    # Who may

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        access = getattr(request, "access", None)
        return isinstance(access, Access) and access.part in self.readers

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.is_changeable and self._writes(request)

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        if not (self.is_addable and self._writes(request)):
            return False
        return not self.is_owned or access_of(request).tenant is not None

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.is_deletable and self._writes(request)

    def _writes(self, request: HttpRequest) -> bool:
        access = getattr(request, "access", None)
        if not isinstance(access, Access) or access.part not in self.writers:
            return False
        # Rows of the platform are beyond the policies of an open tenant, and so is an entry about them.
        return self.writers != PLATFORM_ALONE or access.tenant is None

    # A stranger gets 404

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        raise Http404

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        try:
            obj = super().get_object(request, object_id, from_field)
        except (ValueError, OverflowError):
            return None
        request.row_tenant_id = getattr(obj, "tenant_id", None)  # type: ignore[attr-defined]
        return obj

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Let a list be narrowed by its filters alone: Django lets any column be guessed, letter by letter."""
        return any(lookup in (name, *(f"{name}__{way}" for way in _WAYS)) for name in self._filtered(request))

    def _filtered(self, request: HttpRequest | None) -> Iterator[str]:
        for each in self.get_list_filter(request):
            of = each[0] if isinstance(each, tuple) else each
            yield of if isinstance(of, str) else of.parameter_name

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> Any:
        """Django's history names things of every tenant; the audit log replaces it."""
        raise Http404

    # Whose it becomes

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if not issubclass(self.model, OwnedModel):
            return form
        tenant = access_of(request).tenant
        return type(form.__name__, (OwnNamesForm, form), {"own_tenant_id": tenant.pk if tenant else None})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        access = access_of(request)
        if not change and self.is_owned and obj.tenant_id is None and access.tenant is not None:
            obj.tenant_id = access.tenant.pk
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Save the rows under a row, and those under them; each belongs to the tenant of the one above it."""
        for row in formset.save(commit=False):
            if isinstance(form.instance, OwnedModel) and getattr(row, "tenant_id", 0) is None:
                row.tenant_id = form.instance.tenant_id
            row.save()
        for row in formset.deleted_objects:
            row.delete()
        formset.save_m2m()
        for inner in formset.forms:
            if inner not in formset.deleted_forms and inner.instance.pk is not None:
                for nested in getattr(inner, "nested_formsets", ()):
                    self.save_formset(request, inner, nested.formset, change)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_foreignkey(db_field, request, **own_choices(db_field, request, kwargs))

    # What goes into the audit log

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> None:
        self._audit(request, obj, Act.OBJECT_ADDED, message)

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> None:
        if message:
            self._audit(request, obj, Act.OBJECT_CHANGED, message)

    def log_deletions(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        for obj in queryset:
            self._audit(request, obj, Act.OBJECT_DELETED, [])

    def log_deletion(self, request: HttpRequest, obj: models.Model, object_repr: str) -> None:
        self._audit(request, obj, Act.OBJECT_DELETED, [])

    def _audit(self, request: HttpRequest, obj: models.Model, act: Act, message: Any) -> None:
        access = access_of(request)
        tenant_id = obj.pk if isinstance(obj, Tenant) else getattr(obj, "tenant_id", None)
        record(
            act,
            tenant_id=tenant_id if tenant_id is not None else (access.tenant.pk if access.tenant else None),
            actor=access.user,
            subject=obj,
            at=timezone.now(),
            data={"fields": message if isinstance(message, list) else [str(message)]},
        )

    # Actions

    def all_actions(self) -> tuple[type[ObjectAction], ...]:
        """Return its own actions, and those that apps above put here."""
        return (*self.object_actions, *offered_on(self.opts.label))

    def get_urls(self) -> list[URLPattern]:
        label = f"{self.opts.app_label}_{self.opts.model_name}"
        own = [
            path(
                f"<path:object_id>/do/{action.name}/",
                self.admin_site.admin_view(ActionView(self, action).one),
                name=f"{label}_do_{action.name}",
            )
            for action in self.all_actions()
        ]
        several = [
            path(
                f"do/{action.name}/",
                self.admin_site.admin_view(ActionView(self, action).many),
                name=f"{label}_do_many_{action.name}",
            )
            for action in self.all_actions()
            if action.takes_many
        ]
        urls: list[URLPattern] = super().get_urls()
        return [*several, *own, *urls]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Offer the actions that take many rows in the list; each leads to its own confirmation page."""
        return {
            action.name: (ActionView(self, action).from_list, action.name, action.label)
            for action in self.all_actions()
            if action.takes_many and action(self).permits(request, None)
        }

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        # Django would say "Select reply to review to view" in the browser's tab.
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        obj = self.get_object(request, object_id)
        offered = [
            {
                "label": action.label,
                "icon": action.icon,
                "is_primary": action.is_primary,
                "url_name": f"admin:{self.opts.app_label}_{self.opts.model_name}_do_{action.name}",
            }
            for action in self.all_actions()
            if obj is not None and action(self).permits(request, obj) and action(self).fits(obj)
        ]
        return super().change_view(request, object_id, form_url, {"object_actions": offered, **(extra_context or {})})

    def say(self, request: HttpRequest, text: str, *, level: int = messages.SUCCESS) -> None:
        self.message_user(request, text, level)


class ReadOnlyAdmin(AdminBase):
    """Pages of a log or a ledger: nothing is added, changed or deleted here."""

    is_addable = False
    is_changeable = False
    warn_unsaved_form = False


def own_choices(db_field: Any, request: HttpRequest, options: dict[str, Any]) -> dict[str, Any]:
    """Offer rows of the tenant of the row that is being changed: whoever sees all tenants must not mix them."""
    tenant_id = getattr(request, "row_tenant_id", None)
    related = db_field.related_model
    if tenant_id is None or "queryset" in options or not issubclass(related, OwnedModel):
        return options
    return {**options, "queryset": related._default_manager.filter(tenant_id=tenant_id)}


class OwnedInline(TabularInline):
    """Rows of a parent, under the parent's permissions: who may change the one may change the other."""

    extra = 0
    tab = False

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_foreignkey(db_field, request, **own_choices(db_field, request, kwargs))

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        access = getattr(request, "access", None)
        return isinstance(access, Access) and access.reads

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        access = getattr(request, "access", None)
        return isinstance(access, Access) and access.writes

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.has_change_permission(request, obj)


class OwnedStackedInline(StackedInline):
    """As OwnedInline, one row a block."""

    extra = 0

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_foreignkey(db_field, request, **own_choices(db_field, request, kwargs))

    has_view_permission = OwnedInline.has_view_permission
    has_change_permission = OwnedInline.has_change_permission
    has_add_permission = OwnedInline.has_add_permission
    has_delete_permission = OwnedInline.has_delete_permission


__all__ = ["AdminBase", "CappedPaginator", "OwnedInline", "OwnedStackedInline", "ReadOnlyAdmin"]

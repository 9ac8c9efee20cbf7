"""What an admin can *do* to rows, beyond editing them: one hardened way for all of them.

Each action checks permission, takes its rows from the admin's own queryset (or answers 404), shows on GET what would
happen and changes nothing, and acts on POST alone. Unfold's own row and detail actions, which run on GET for any id,
are not used.
"""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from tenants.access import Access

if TYPE_CHECKING:
    from tenants.admin.base import AdminBase

#: An action takes at most this many rows at once; more are refused with that said, rather than cut.
MOST_ROWS = 200

#: Digits of the largest id that a bigint column surely holds.
LONGEST_ID = 18


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_ID


class ObjectAction:
    """One action on rows of one model. Subclasses fill in the words, `preview` and `perform`."""

    name: ClassVar[str]
    label: ClassVar[str]
    icon: ClassVar[str] = "play_arrow"
    is_primary: ClassVar[bool] = False
    takes_many: ClassVar[bool] = False
    #: An action that only reads shows its page on GET and has nothing to confirm.
    reads_only: ClassVar[bool] = False
    confirm_label: ClassVar[str] = "Yes, go on"
    template: ClassVar[str] = "admin/portal/confirm.html"

    def __init__(self, model_admin: "AdminBase") -> None:
        self.model_admin = model_admin

    def permits(self, request: HttpRequest, obj: Model | None) -> bool:
        """Say whether this person may do this to `obj` (None: to rows of this model at all)."""
        access = getattr(request, "access", None)
        return isinstance(access, Access) and (access.reads if self.reads_only else access.writes)

    def fits(self, obj: Any) -> bool:
        """Say whether the row's page offers a button for this; where it does not, the action's own page says why."""
        return True

    def preview(self, request: HttpRequest, rows: list[Any]) -> dict[str, Any] | HttpResponse:
        """Return what the confirmation page says; it changes nothing. One that only reads may answer with a file.

        `refusal` in it hides the button and says why; with `is_invalid` the page is shown again instead of acting.
        """
        return {}

    def perform(self, request: HttpRequest, rows: list[Any]) -> HttpResponse | None:
        """Do it, say the counts by message, and return where to go (None: back to the rows)."""
        raise NotImplementedError


def offer(label: str, action: type[ObjectAction]) -> None:
    """Put an action of an app above on the pages of a model below, which cannot import it: "members.Member"."""
    _offered.setdefault(label, []).append(action)


def offered_on(label: str) -> tuple[type[ObjectAction], ...]:
    """The actions that apps above put on the pages of this model."""
    return tuple(_offered.get(label, ()))


_offered: dict[str, list[type[ObjectAction]]] = {}


class ActionView:
    """Serves one action's page for one row, or for several that a list sent here."""

    def __init__(self, model_admin: "AdminBase", action: type[ObjectAction]) -> None:
        self.model_admin = model_admin
        self.action = action(model_admin)

    def one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        obj = self.model_admin.get_object(request, object_id)
        if obj is None or not self.action.permits(request, obj):
            raise Http404
        return self._answer(request, [obj], back=self._change_url(obj))

    def many(self, request: HttpRequest) -> HttpResponse:
        """Serve the page for the rows whose ids stand in `ids`; one foreign id among them is 404 for all."""
        if not self.action.permits(request, None):
            raise Http404
        source = request.POST if request.method == "POST" else request.GET
        ids = [text for text in source.get("ids", "").split(",") if _is_id(text)]
        if not ids:
            raise Http404
        if len(ids) > MOST_ROWS:
            messages.error(request, f"Choose at most {MOST_ROWS} rows; {len(ids)} were chosen. Nothing was done.")
            return HttpResponseRedirect(self._list_url())
        rows = list(self.model_admin.get_queryset(request).filter(pk__in=ids))
        if len(rows) != len(set(ids)) or not all(self.action.permits(request, row) for row in rows):
            raise Http404
        return self._answer(request, rows, back=self._list_url())

    def from_list(self, model_admin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        """Send the rows that were ticked in the list to the action's own page."""
        ids = ",".join(str(pk) for pk in queryset.order_by().values_list("pk", flat=True)[: MOST_ROWS + 1])
        opts = self.model_admin.opts
        return HttpResponseRedirect(
            reverse(f"admin:{opts.app_label}_{opts.model_name}_do_many_{self.action.name}") + f"?ids={ids}"
        )

    def _answer(self, request: HttpRequest, rows: list[Any], *, back: str) -> HttpResponse:
        if request.method not in {"GET", "POST", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "POST"])
        preview = self.action.preview(request, rows)
        if isinstance(preview, HttpResponse):
            return preview
        stays = self.action.reads_only or preview.get("refusal") or preview.get("is_invalid")
        if request.method == "POST" and not stays:
            return self.action.perform(request, rows) or HttpResponseRedirect(back)
        context = {
            **self.model_admin.admin_site.each_context(request),
            "title": self.action.label,
            "action": self.action,
            "rows": rows,
            "ids": ",".join(str(row.pk) for row in rows),
            "back": back,
            "opts": self.model_admin.opts,
            **preview,
        }
        return TemplateResponse(request, self.action.template, context)

    def _change_url(self, obj: Model) -> str:
        opts = self.model_admin.opts
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[obj.pk])

    def _list_url(self) -> str:
        opts = self.model_admin.opts
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")

"""SMS Limits: how much each login of a tenant may send by hand in a day, in one column with one Save.

Two conditions let somebody edit it: the plan has SMS Limits, and they are an administrator. Which one is missing is
said. What was typed is never lost: nothing is saved while anything on the page is wrong.
"""

from typing import Any

from django.contrib import admin
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from billing.admin.sms_limits_form import TypedLine, posted_ids, read_lines, shown_line
from billing.models import Allowance
from billing.operations.allowances import AllowanceChange, LimitsMissing, set_allowances
from billing.queries import seat_use
from billing.queries.allowances import has_sms_limits, limit_lines, who_may_send
from tenants.access import Access, access_of
from tenants.admin.base import ReadOnlyAdmin
from tenants.models import Tenant

#: Lines of one page; all of a page are saved together.
A_PAGE = 100
#: So many changes are named after saving; the rest is a count.
MOST_NAMED = 6
_TEMPLATE = "admin/billing/sms_limits.html"


@admin.register(Allowance)
class SmsLimitsAdmin(ReadOnlyAdmin):
    """One page of a tenant; a line has no page of its own."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_permission(request) or request.method not in {"GET", "HEAD", "POST"}:
            raise Http404
        access = access_of(request)
        if request.method == "POST":
            if access.tenant is None or not access.writes:
                raise Http404
            return self._save(request, access, access.tenant)
        if access.tenant is None:
            return self._page(request, {"no_tenant": True})
        return self._page(request, self._lines(request, access, access.tenant))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to the page with all lines."""
        row = self.get_object(request, object_id)
        if row is None or request.method not in {"GET", "HEAD"} or not self.has_view_permission(request, row):
            raise Http404
        return HttpResponseRedirect(_url())

    def _lines(self, request: HttpRequest, access: Access, tenant: Tenant) -> dict[str, Any]:
        asked = request.GET.get("q", "").strip()[:80]
        users = who_may_send(tenant, reader=access.user, asked=asked)
        page: Page[Any] = Paginator(users, A_PAGE).get_page(request.GET.get("page"))
        lines = limit_lines(page.object_list, tenant=tenant, at=timezone.now())
        return {
            **_told(access, tenant),
            "lines": [shown_line(line) for line in lines],
            "page": page,
            "asked": asked,
        }

    def _save(self, request: HttpRequest, access: Access, tenant: Tenant) -> HttpResponse:
        """Save every line that was changed, or show the same page again with what is in the way."""
        asked = request.GET.get("q", "").strip()[:80]
        users = who_may_send(tenant, reader=access.user).filter(public_id__in=posted_ids(request.POST)[:A_PAGE])
        lines = read_lines(limit_lines(users, tenant=tenant, at=timezone.now()), request.POST)
        wrong: list[TypedLine] | None = [line for line in lines if line.error]
        changed = [line for line in lines if line.is_changed]
        if not wrong:
            if not changed:
                self.say(request, "Nothing was changed: every allowance is as it was.")
                return HttpResponseRedirect(request.get_full_path())
            wrong = _set(tenant, access, changed)
            if wrong == []:
                self.say(request, _saved(changed))
                return HttpResponseRedirect(request.get_full_path())
        context = {"lines": [line.shown for line in lines], "wrong": wrong, "is_again": True, "asked": asked}
        return self._page(request, {**_told(access, tenant), **context})

    def _page(self, request: HttpRequest, context: dict[str, Any]) -> TemplateResponse:
        frame = {
            **self.admin_site.each_context(request),
            "title": "SMS limits",
            "opts": None,
            "action_url": request.get_full_path(),
        }
        return TemplateResponse(request, _TEMPLATE, {**frame, **context})


def _set(tenant: Tenant, access: Access, changed: list[TypedLine]) -> list[TypedLine] | None:
    """Set them all, or nothing: the lines that somebody else changed meanwhile; None where the plan has no limits."""
    changes = [AllowanceChange(line.user, line.to, line.seen) for line in changed if line.to is not None]
    done = set_allowances(tenant, changes=changes, actor=access.user, at=timezone.now())
    if isinstance(done, LimitsMissing):
        return None
    overtaken = {one.user.pk: one for one in done}
    for line in changed:
        if (other := overtaken.get(line.user.pk)) is not None:
            line.overtaken_by(other)
    return [line for line in changed if line.error]


def _told(access: Access, tenant: Tenant) -> dict[str, Any]:
    """Which of the two conditions are met."""
    module = has_sms_limits(tenant.pk)
    return {
        "tenant": tenant,
        "plan": seat_use(tenant.pk).plan,
        "module": module,
        "is_administrator": access.writes,
        "may_edit": module and access.writes,
        "billing_url": reverse("admin:billing_tenantplan_change", args=[tenant.pk]),
    }


def _saved(changed: list[TypedLine]) -> str:
    named = [f"{line.user} {line.to.says}" for line in changed[:MOST_NAMED] if line.to is not None]
    rest = len(changed) - MOST_NAMED
    return f"Saved: {'; '.join(named)}{f'; and {rest} more' if rest > 0 else ''}."


def _url() -> str:
    return reverse("admin:billing_allowance_changelist")

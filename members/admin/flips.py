"""Recognises a post that would switch consent on by a field that no form has; it does nothing, and is put on record.

Whoever may edit a member is told the lawful ways instead.
"""

import re
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone

from members.consent.remains import lawful_ways
from members.models import Member
from tenants.access import access_of
from tenants.admin.actions import LONGEST_ID, MOST_ROWS
from tenants.admin.base import AdminBase
from tenants.audit import Act, record
from tenants.models import Tenant

_LIST_FIELDS = frozenset({"action", "_selected_action", "select_across", "index", "csrfmiddlewaretoken"})
_LONGEST_NAME = 80

# Names under which somebody would post a consent. A field that a form has is never looked at.
_TELLING = re.compile(
    r"consent|opt|grant|suppress|standing|state|restore|revoke|proved|unblock|ledger|subscribe|sms|voice"
    r"|(?:^|[-_])(?:act|reach|source)$",
    re.IGNORECASE,
)


class FlipsOnRecord(AdminBase):
    """The pages of members: what is posted beside their forms is ignored, and told."""

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        if request.method == "POST" and self.has_change_permission(request):
            member = self.get_object(request, object_id)
            names = _telling(name for name in request.POST if not self._is_offered(request, member, name))
            if member is not None and names:
                self._refuse(request, [member], names=names)
        return super().change_view(request, object_id, form_url, extra_context)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> Any:
        tenant = access_of(request).tenant
        if request.method == "POST" and tenant is not None and self.has_add_permission(request):
            names = _telling(name for name in request.POST if not self._is_offered(request, None, name))
            if names:
                _put_on_record(request, tenant, names=names)
                messages.error(request, "No consent was written: a new member agrees themselves. Invite them.")
        return super().add_view(request, form_url, extra_context)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        if request.method == "POST" and self.has_change_permission(request):
            action = request.POST.get("action", "")
            unknown = [] if action in self.get_actions(request) else [action]
            names = _telling([*unknown, *(name for name in request.POST if name not in _LIST_FIELDS)])
            ids = [text for text in request.POST.getlist("_selected_action") if text.isascii() and text.isdigit()]
            chosen = [text for text in ids if len(text) <= LONGEST_ID][:MOST_ROWS]
            if names and chosen:
                self._refuse(request, list(self.get_queryset(request).filter(pk__in=chosen)), names=names)
        return super().changelist_view(request, extra_context)

    def _is_offered(self, request: HttpRequest, member: Member | None, name: str) -> bool:
        """Whether this is a field of the page's own form, or of a form under it."""
        if name.startswith("_") or name in (*self.get_form(request, member).base_fields, "csrfmiddlewaretoken"):
            return True
        for formset, _ in self.get_formsets_with_inlines(request, member):
            prefix = formset.get_default_prefix()
            if name in {f"{prefix}-{kind}_FORMS" for kind in ("TOTAL", "INITIAL", "MIN_NUM", "MAX_NUM")}:
                return True
            fields = {*formset.form.base_fields, "id", "DELETE", formset.fk.name}
            if name.startswith(f"{prefix}-") and name.rpartition("-")[2] in fields:
                return True
        return False

    def _refuse(self, request: HttpRequest, members: list[Member], *, names: list[str]) -> None:
        for member in members:
            _put_on_record(request, member, names=names)
        for member in members[:1]:
            messages.error(request, f"The consent of {member.name} was not changed. {lawful_ways(member)}")


def _telling(names: Iterable[str]) -> list[str]:
    return sorted({name[:_LONGEST_NAME] for name in names if _TELLING.search(name)})


def _put_on_record(request: HttpRequest, subject: Member | Tenant, *, names: list[str]) -> None:
    """Write that somebody tried; the values that they sent are not kept."""
    tenant_id = subject.tenant_id if isinstance(subject, Member) else subject.pk
    data = {"fields": names, "path": request.path}
    actor, at = access_of(request).user, timezone.now()
    record(Act.CONSENT_FLIP_REFUSED, tenant_id=tenant_id, actor=actor, subject=subject, at=at, data=data)

"""The page that imports invites from a file: choose it, see what it would do, confirm, and watch it go out.

The text of the file travels with the page, so that nothing is kept between the steps and nothing is lost on an error:
each step judges every row anew, and sends a few of those that nobody has invited yet.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from imes.kernel.ids import public_id
from members.invite_file import MOST_BYTES, MOST_ROWS, FileRefused, InviteFile, decode, read_invites
from members.invite_rows import CheckedRow, check_rows
from members.operations.invite_import import import_invites, lock_imports, note_claims, note_import
from members.operations.invites import FEWEST_DAYS, MOST_DAYS, VALID_FOR
from members.operations.places import places
from tenants.access import access_of
from tenants.models import Tenant, User

#: Invites of one step, and so of one wait for the mail server.
BATCH = 25
_REF = re.compile(r"imp_[a-z0-9]{16}")
_TAKEN = re.compile(r"(\d{1,5}):(\+[1-9][0-9]{6,14})")
_LIST = "admin:members_invite_changelist"
_TEMPLATE = "admin/members/invite/import.html"


class DaysForm(forms.Form):
    """For how long each invite is good."""

    days = forms.IntegerField(
        label="Good for (days)",
        min_value=FEWEST_DAYS,
        max_value=MOST_DAYS,
        initial=VALID_FOR.days,
        widget=UnfoldAdminIntegerFieldWidget(attrs={"min": FEWEST_DAYS, "max": MOST_DAYS}),
    )


@dataclass(frozen=True, slots=True)
class _Step:
    """What is known of the file at one step."""

    tenant: Tenant
    user: User
    text: str
    file: InviteFile
    rows: list[CheckedRow]
    taken: list[str]

    @property
    def ok(self) -> list[CheckedRow]:
        return [row for row in self.rows if row.is_ok]


@sensitive_post_parameters()
def import_page(request: HttpRequest, *, model_admin: Any) -> HttpResponse:
    """Answer every step of an import; only whoever may add an invite, in an open tenant, comes here."""
    if not model_admin.has_add_permission(request):
        raise Http404
    access = access_of(request)
    if access.tenant is None:
        raise Http404
    if request.method != "POST":
        return _page(model_admin, request, {})
    sends = "send" in request.POST
    if sends:
        lock_imports(access.tenant)
    step = _step(request, access.tenant, access.user)
    if isinstance(step, FileRefused):
        return _page(model_admin, request, {"refused": step.says})
    days = DaysForm(request.POST if sends else None)
    if sends and days.is_valid():
        return _send(model_admin, request, step, days=days.cleaned_data["days"])
    claimed = note_claims(step.rows, tenant=step.tenant, actor=step.user, at=timezone.now()) if not sends else []
    return _page(model_admin, request, {"days": days if sends else DaysForm(), "claimed": claimed, **_shown(step)})


def _step(request: HttpRequest, tenant: Tenant, user: User) -> _Step | FileRefused:
    upload = request.FILES.get("file")
    text: str | FileRefused = request.POST.get("text", "")
    if upload is not None:
        if (upload.size or 0) > MOST_BYTES:
            return FileRefused(f"The file is larger than {MOST_BYTES // 1024} KB. Split it, or leave out columns.")
        text = decode(upload.read())
    if isinstance(text, FileRefused):
        return text
    if not text:
        return FileRefused("Choose a file first: a CSV with the columns email, name, role and phone.")
    file = read_invites(text)
    if isinstance(file, FileRefused):
        return file
    taken = [one for one in request.POST.getlist("use") if _TAKEN.fullmatch(one)]
    pairs = frozenset((int(found[1]), found[2]) for one in taken if (found := _TAKEN.fullmatch(one)))
    rows = check_rows(file, tenant=tenant, taken=pairs, places=places(tenant.pk), at=timezone.now())
    return _Step(tenant, user, text, file, rows, taken)


def _send(model_admin: Any, request: HttpRequest, step: _Step, *, days: int) -> HttpResponse:
    """Invite the next few, and show how far it is; the last step shows what stayed out."""
    now = timezone.now()
    ref = request.POST.get("ref", "")
    kept_out = [row.line for row in step.rows if not row.is_ok]
    done, total = 0, len(step.ok)
    if _REF.fullmatch(ref):
        kept_out = [int(line) for line in request.POST.get("kept_out", "").split(",") if line.isdigit()]
        total = _count(request, "total") or total
        done = max(0, total - len(step.ok))
    else:
        ref = public_id("imp")
        if step.ok:
            note_import(
                tenant=step.tenant,
                actor=step.user,
                import_ref=ref,
                rows=len(step.rows),
                kept_out=len(kept_out),
                at=now,
            )
    batch = step.ok[:BATCH]
    import_invites(batch, tenant=step.tenant, actor=step.user, valid_for=timedelta(days=days), import_ref=ref, at=now)
    done += len(batch)
    if len(batch) < len(step.ok):
        context = {"days_left": days, "ref": ref, "done": done, "total": total, "kept_out": kept_out}
        return _page(model_admin, request, {**context, "is_sending": True, "text": step.text, "taken": step.taken})
    left = [row for row in step.rows if row.line in set(kept_out)]
    if not left:
        messages.success(request, f"{done} invites are on their way, good for {days} days.")
        return redirect(_LIST)
    return _page(model_admin, request, {"is_done": True, "done": done, "left": left})


def _shown(step: _Step) -> dict[str, Any]:
    """What the preview shows: the rows that are wrong first."""
    wrong = [row for row in step.rows if not row.is_ok]
    return {
        "text": step.text,
        "file": step.file,
        "wrong": wrong,
        "offers": [row for row in wrong if row.suggestion],
        "ok": step.ok,
        "taken": step.taken,
        "claims": sum(row.claims_consent for row in step.rows),
    }


def _count(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return min(int(text), MOST_ROWS) if text.isascii() and text.isdigit() and len(text) < len("100000") else 0


def _page(model_admin: Any, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    frame = {
        **model_admin.admin_site.each_context(request),
        "title": "Import invites",
        "opts": model_admin.opts,
        "most_rows": MOST_ROWS,
        "most_kb": MOST_BYTES // 1024,
    }
    return TemplateResponse(request, _TEMPLATE, {**frame, **context})

"""Export consent evidence: from a member's page, for one of their numbers, as signed JSON or as a page to print.

Support and platform get every organisation's lines; a tenant's people get what they may know.
"""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from imes.kernel.phone import mask
from imes.kernel.signing import NotASigningKey
from members.consent.evidence import Request, evidence, numbers_of
from members.consent.evidence_file import as_json, signed
from members.consent.evidence_page import page
from members.models import ConsentEvent, Member
from tenants.access import access_of
from tenants.admin.actions import ObjectAction
from tenants.audit import Act, record
from tenants.models import Tenant
from tenants.signing import signing_keys

#: What is asked for, the ending of its file, and whether the browser shows it instead of saving it.
FORMS = {
    "json": ("json", "application/json", False),
    "page": ("html", "text/html", False),
    "print": ("html", "text/html", True),
}
#: The page is a file of its own: it runs nothing, loads nothing and sends nothing.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


class ExportEvidence(ObjectAction):
    """Prove what a person agreed to and refused: every line about one of their numbers, signed."""

    name = "export-evidence"
    label = "Export consent evidence"
    icon = "verified"
    reads_only = True
    template = "admin/members/member/evidence.html"

    def preview(self, request: HttpRequest, rows: list[Any]) -> dict[str, Any] | HttpResponse:
        member: Member = rows[0]
        numbers = numbers_of(member)
        keys = signing_keys()
        if request.method == "POST" and "form" in request.POST:
            return self._export(request, member, numbers)
        everything = access_of(request).user.reads_every_tenant
        return {
            "member": member,
            "numbers": [(number, _lines(number, None if everything else member.tenant)) for number in numbers],
            "sees_everything": everything,
            "refusal": "" if keys.seeds else "This portal has no signing key: its operator sets EVIDENCE_SIGNING_KEY.",
        }

    def _export(self, request: HttpRequest, member: Member, numbers: list[str]) -> HttpResponse:
        number, form = request.POST.get("number", ""), request.POST.get("form", "")
        if number not in numbers or form not in FORMS:
            raise Http404
        access, now = access_of(request), timezone.now()
        everything = access.user.reads_every_tenant and request.POST.get("for") != "tenant"
        asked = Request(
            number=number,
            whose=None if everything else member.tenant,
            by=access.user,
            at=now,
            installation=settings.PUBLIC_URL,
        )
        found, keys = evidence(asked), signing_keys()
        try:
            content = as_json(signed(found, keys=keys)) if form == "json" else page(found, keys=keys)
        except NotASigningKey:
            raise Http404 from None
        record(
            Act.EVIDENCE_EXPORTED,
            tenant_id=member.tenant_id,
            actor=access.user,
            subject=member,
            at=now,
            data={"number": mask(number), "form": form, "lines": len(found["lines"]), "everything": everything},
        )
        return _file(content, number=number, form=form, stamp=f"{now:%Y%m%dT%H%M%SZ}")


def _lines(number: str, tenant: Tenant | None) -> int:
    rows = ConsentEvent.objects.filter(number=number)
    return (rows if tenant is None else rows.filter(tenant_id=tenant.pk)).count()


def _file(content: bytes, *, number: str, form: str, stamp: str) -> HttpResponse:
    ending, kind, is_shown = FORMS[form]
    name = f"consent-evidence-{number.removeprefix('+')}-{stamp}.{ending}"
    response = HttpResponse(content, content_type=f"{kind}; charset=utf-8")
    response["Content-Disposition"] = f'{"inline" if is_shown else "attachment"}; filename="{name}"'
    response["Content-Security-Policy"] = _POLICY
    response["Cache-Control"] = "no-store"
    return response

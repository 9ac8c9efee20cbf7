"""The page on which an invited person accepts. The link's token is all that opens it; a login is not needed.

It says nothing about whether an address has a login, and links that no longer work each have a page of their own.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from imes.kernel.ids import token_digest
from imes.kernel.phone import examine
from members.consent.disclosure import Disclosure, disclosure
from members.invite_state import InviteState, invite_state
from members.models import Invite
from members.operations import Answer, Refusal, Refused, accept_invite
from members.pages.accept_form import AcceptForm
from members.queries import phone_for
from tenants.models import Role
from tenants.scope import platform_scope, tenant_scope

_LONGEST_TOKEN = 100
_GONE = 410
_ENDED = {
    InviteState.ACCEPTED: "invite/used.html",
    InviteState.EXPIRED: "invite/expired.html",
    InviteState.REVOKED: "invite/revoked.html",
}


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest) -> HttpResponse:
    """Show the form, take the answer, or say why this link does not work."""
    invite = _invite(request.GET.get("token", ""))
    if invite is None:
        return render(request, "invite/unknown.html", status=404)
    with tenant_scope(invite.tenant_id), timezone.override(invite.tenant.time_zone):
        if invite_state(invite, at=timezone.now()) is not InviteState.PENDING:
            return _ended(request, invite)
        if request.method != "POST":
            return _form_page(request, _blank(invite))
        if "use_number" in request.POST:
            return _form_page(request, _blank(invite, entered=request.POST), is_filled_in=True)
        return _answered(request, invite)


def _answered(request: HttpRequest, invite: Invite) -> HttpResponse:
    form = AcceptForm(request.POST, invite=invite, shown=_wording(invite))
    if not form.is_valid():
        return _form_page(request, form)
    answer = Answer(
        name=form.cleaned_data["name"],
        password=form.cleaned_data["password"],
        number=form.cleaned_data["number"] or None,
        ticked=form.ticked,
        disclosure=form.shown,
        ip=request.META.get("REMOTE_ADDR", ""),
        user_agent=request.headers.get("User-Agent", "")[:400],
    )
    outcome = accept_invite(invite, answer=answer, at=timezone.now())
    if not isinstance(outcome, Refused):
        reads = outcome.role in (Role.ADMIN, Role.VIEWER)
        return render(request, "invite/accepted.html", {"invite": invite, "outcome": outcome, "reads": reads})
    if outcome.why is Refusal.NOT_PENDING:
        return _ended(request, invite)
    if outcome.why is Refusal.ALREADY_HERE:
        return render(request, "invite/already_here.html", {"invite": invite}, status=409)
    form.add_error("password", "This password was not accepted.")
    return _form_page(request, form)


def _invite(token: str) -> Invite | None:
    if not token or len(token) > _LONGEST_TOKEN:
        return None
    with platform_scope():
        rows = Invite.objects.select_related("tenant", "member").filter(token_digest=token_digest(token))
        return rows.first()


def _blank(invite: Invite, *, entered: Any = None) -> AcceptForm:
    """The form before it is sent: the invite's name and the member's number, or what the person is at."""
    if entered is not None:
        offered = examine(entered["use_number"], region=None).e164
        first = {"name": entered.get("name", "")[:120], "number": offered or ""}
    else:
        member = invite.member
        phone = phone_for([member.pk], channel="sms").get(member.pk) if member else None
        first = {"name": invite.name, "number": phone.number if phone else ""}
    return AcceptForm(initial=first, invite=invite, shown=_wording(invite))


def _wording(invite: Invite) -> Disclosure:
    tenant = invite.tenant
    return disclosure(tenant.name, channel="sms", support_contact=tenant.support_email, public_url=settings.PUBLIC_URL)


def _form_page(request: HttpRequest, form: AcceptForm, *, is_filled_in: bool = False) -> HttpResponse:
    context = {"form": form, "invite": form.invite, "tenant": form.invite.tenant, "is_filled_in": is_filled_in}
    return render(request, "invite/accept.html", context)


def _ended(request: HttpRequest, invite: Invite) -> HttpResponse:
    invite.refresh_from_db()
    state = invite_state(invite, at=timezone.now())
    return render(request, _ENDED[state], {"invite": invite}, status=_GONE)

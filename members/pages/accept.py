"""The page on which an invited person accepts. The link's token is all that opens it; a login is not needed.

It says nothing about whether an address has a login, and links that no longer work each have a page of their own.
"""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from imes.kernel.ids import token_digest
from imes.kernel.phone import examine
from members.invite_state import InviteState, invite_state
from members.models import Invite
from members.operations import Accepted, Answer, Refusal, Refused, accept_invite
from members.operations.accepting import lacks_place
from members.operations.places import places
from members.operations.proving import send_first_code
from members.pages.accept_form import AcceptForm
from members.pages.way_in import show_in, visit_of, way_in
from members.queries import phone_for
from tenants.scope import platform_scope, tenant_scope

_LONGEST_TOKEN = 100
_GONE = 410
_ENDED = {
    InviteState.ACCEPTED: "invite/used.html",
    InviteState.EXPIRED: "invite/expired.html",
    InviteState.REVOKED: "invite/revoked.html",
}


@transaction.non_atomic_requests
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
        if lacks_place(invite):
            return _no_place(request, invite)
        if request.method != "POST":
            return _form_page(request, _blank(invite))
        if "use_number" in request.POST:
            return _form_page(request, _blank(invite, entered=request.POST), is_filled_in=True)
        outcome = _answered(request, invite)
    return outcome if isinstance(outcome, HttpResponse) else _accepted(request, invite, outcome)


def _answered(request: HttpRequest, invite: Invite) -> HttpResponse | Accepted:
    form = AcceptForm(request.POST, invite=invite)
    if not form.is_valid():
        return _form_page(request, form)
    answer = Answer(
        name=form.cleaned_data["name"],
        password=form.cleaned_data["password"],
        number=form.cleaned_data["number"] or None,
        boxes=form.boxes,
        visit=visit_of(request),
    )
    outcome = accept_invite(invite, answer=answer, at=timezone.now())
    if not isinstance(outcome, Refused):
        return outcome
    if outcome.why is Refusal.NOT_PENDING:
        return _ended(request, invite)
    if outcome.why is Refusal.ALREADY_HERE:
        return render(request, "invite/already_here.html", {"invite": invite}, status=409)
    if outcome.why is Refusal.NO_PLACE:
        return _no_place(request, invite)
    form.add_error("password", "This password was not accepted.")
    return _form_page(request, form)


def _accepted(request: HttpRequest, invite: Invite, accepted: Accepted) -> HttpResponse:
    """Lead on: what was accepted is committed, whatever becomes of the code."""
    phone, at = accepted.phone, timezone.now()
    leads_to = "invite_done"
    if phone is not None:
        with tenant_scope(invite.tenant_id):
            ip = visit_of(request).ip
            if send_first_code(accepted.member, phone=phone, tenant=invite.tenant, user=accepted.user, ip=ip, at=at):
                leads_to = "invite_number"
    return show_in(redirect(leads_to), invite=invite, phone=phone)


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
    return AcceptForm(initial=first, invite=invite)


def _form_page(request: HttpRequest, form: AcceptForm, *, is_filled_in: bool = False) -> HttpResponse:
    context = {"form": form, "invite": form.invite, "tenant": form.invite.tenant, "is_filled_in": is_filled_in}
    return render(request, "invite/accept.html", context)


def _no_place(request: HttpRequest, invite: Invite) -> HttpResponse:
    """The plan allows nobody more; the link keeps working until it expires."""
    context = {"invite": invite, "tenant": invite.tenant, "places": places(invite.tenant_id)}
    return render(request, "invite/no_place.html", context, status=409)


def _ended(request: HttpRequest, invite: Invite) -> HttpResponse:
    """Why the link does not open the form; whoever has just accepted with it in this browser is led on instead."""
    invite.refresh_from_db()
    state = invite_state(invite, at=timezone.now())
    came = way_in(request) if state is InviteState.ACCEPTED else None
    if came is not None and came.invite.pk == invite.pk:
        return redirect("invite_number")
    return render(request, _ENDED[state], {"invite": invite}, status=_GONE)

"""The page on which somebody who has just accepted proves their number: by a code texted to it, or texted from it.

The way in is the signed cookie of `way_in`. It asks no provider: what it shows is what the log knows.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members import ports
from members.consent.code_limits import wait_for_code
from members.consent.codes import CodeRefusal, CodeRefused, ask_for_code, digits_to_text, try_code
from members.models import NumberCode, Phone, Suppression
from members.operations.proving import correct_number, send_first_code, takes_texts, waits_for_proof
from members.pages.accept_done import done_page, start_to
from members.pages.accept_form import OtherNumberForm
from members.pages.accept_words import news_words, refusal_words
from members.pages.way_in import WayIn, show_in, visit_of, way_in
from tenants.scope import platform_scope, tenant_scope

_AT_FIELD = (CodeRefusal.NOT_SIX_DIGITS, CodeRefusal.WRONG)
_WAITS = (CodeRefusal.TOO_SOON, CodeRefusal.TOO_MANY)
Page = Callable[[HttpRequest, WayIn], HttpResponse]


def came_in(page: Page) -> Callable[[HttpRequest], HttpResponse]:
    """Open `page` for whoever has just accepted, in their tenant's time zone; anybody else is told where to go.

    No transaction is around it: each page opens the tenant's scope for one step at a time, which is then committed.
    """

    @transaction.non_atomic_requests
    @never_cache
    @wraps(page)
    def opened(request: HttpRequest) -> HttpResponse:
        came = way_in(request)
        if came is None:
            return render(request, "invite/closed.html", status=HTTPStatus.GONE)
        with timezone.override(came.member.time_zone or came.tenant.time_zone):
            return page(request, came)

    return opened


@sensitive_post_parameters("digits")
@require_http_methods(["GET", "HEAD", "POST"])
@came_in
def number(request: HttpRequest, came: WayIn) -> HttpResponse:
    """Show where the proof stands, and take the digits that came by text."""
    refused = None
    if request.method == "POST" and came.phone is not None:
        with tenant_scope(came.tenant.pk):
            code = _newest_code(came, came.phone)
        # Outside every scope: a wrong try is committed before anything else is done.
        digits = request.POST.get("digits", "")
        taken = try_code(code, digits=digits, at=timezone.now()) if code else CodeRefused(CodeRefusal.SPENT)
        if not isinstance(taken, CodeRefused):
            return redirect("invite_done")
        refused = taken
    return _number_page(request, came, refused=refused)


@require_POST
@came_in
def again(request: HttpRequest, came: WayIn) -> HttpResponse:
    """Have a new code texted, or shown where nothing may be texted to the number."""
    if came.phone is None:
        return redirect("invite_done")
    with tenant_scope(came.tenant.pk):
        at = timezone.now()
        if not waits_for_proof(came.member, phone=came.phone, tenant=came.tenant, at=at):
            return redirect("invite_done")
        asked = ask_for_code(
            tenant=came.tenant,
            member=came.member,
            number=came.phone.number,
            user=came.user,
            ip=visit_of(request).ip,
            at=at,
        )
    if isinstance(asked, CodeRefused):
        return _number_page(request, came, refused=asked)
    return show_in(redirect("invite_number"), invite=came.invite, phone=came.phone)


@require_safe
@came_in
def state(request: HttpRequest, came: WayIn) -> HttpResponse:
    """Where the proof stands, for the page that waits for it."""
    with tenant_scope(came.tenant.pk):
        if came.phone is None or not waits_for_proof(
            came.member, phone=came.phone, tenant=came.tenant, at=timezone.now()
        ):
            return JsonResponse({"stage": "done"})
        code = _newest_code(came, came.phone)
        stage = _stage(came.phone, code)
        news = ports.messenger().news_of_code(code) if code and stage == "enter" else None
    return JsonResponse({"stage": stage, "news": news.state if news else "", "says": news_words(news) if news else ""})


@require_http_methods(["GET", "HEAD", "POST"])
@came_in
def change(request: HttpRequest, came: WayIn) -> HttpResponse:
    """Take the right number for one that was mistyped, with the boxes anew."""
    with tenant_scope(came.tenant.pk):
        at = timezone.now()
        if came.phone is None or not waits_for_proof(came.member, phone=came.phone, tenant=came.tenant, at=at):
            return redirect("invite_done")
        if request.method != "POST" or "use_number" in request.POST:
            first = request.POST.get("use_number", came.phone.number)[:20]
            form = OtherNumberForm(initial={"number": first}, tenant=came.tenant, member=came.member)
            return _change_page(request, came, form)
        form = OtherNumberForm(request.POST, tenant=came.tenant, member=came.member)
        if not form.is_valid():
            return _change_page(request, came, form)
        phone = correct_number(
            came.phone,
            number=form.cleaned_data["number"],
            boxes=form.boxes,
            invite=came.invite,
            user=came.user,
            visit=visit_of(request),
            at=at,
        )
    with tenant_scope(came.tenant.pk):
        ip = visit_of(request).ip
        leads_to = "invite_done"
        if send_first_code(came.member, phone=phone, tenant=came.tenant, user=came.user, ip=ip, at=timezone.now()):
            leads_to = "invite_number"
    return show_in(redirect(leads_to), invite=came.invite, phone=phone)


@require_safe
@came_in
def done(request: HttpRequest, came: WayIn) -> HttpResponse:
    """Say what was recorded, what counts, and what is left to do."""
    return done_page(request, came)


def _number_page(request: HttpRequest, came: WayIn, *, refused: CodeRefused | None) -> HttpResponse:
    at, phone = timezone.now(), came.phone
    with tenant_scope(came.tenant.pk):
        if phone is None or not (waits := waits_for_proof(came.member, phone=phone, tenant=came.tenant, at=at)):
            return redirect("invite_done")
        code = _newest_code(came, phone)
        stage = _stage(phone, code)
        context: dict[str, Any] = {
            "came": came,
            "tenant": came.tenant,
            "phone": phone,
            "code": code,
            "stage": stage,
            "waits": waits,
            "error": refusal_words(refused) if refused else "",
            "at_field": refused is not None and refused.why in _AT_FIELD and stage == "enter",
        }
        if stage == "text":
            context |= _what_to_text(came, phone, code)
        if stage == "enter" and code is not None:
            news = ports.messenger().news_of_code(code)
            context |= {"news": news, "news_words": news_words(news)}
        with platform_scope():
            wait = wait_for_code(phone.number, member=came.member, ip=visit_of(request).ip, at=at)
        context["wait_until"] = wait.until if wait else None
        context["wait_seconds"] = max(1, int((wait.until - at).total_seconds()) + 1) if wait else 0
        slow_down = refused is not None and refused.why in _WAITS
        status = HTTPStatus.TOO_MANY_REQUESTS if slow_down else HTTPStatus.OK
        return render(request, "invite/number.html", context, status=status)


def _what_to_text(came: WayIn, phone: Phone, code: NumberCode | None) -> dict[str, Any]:
    with platform_scope():
        is_suppressed = Suppression.objects.filter(number_id=phone.number).exists()
    blocks = [block for block in ports.messenger().blocks_of(phone.number) if block.is_active]
    return {
        "digits": digits_to_text(code) if code else "",
        "to": ports.messenger().number_to_text(tenant=came.tenant),
        "is_suppressed": is_suppressed,
        "is_blocked": bool(blocks),
        "start_to": start_to(blocks, tenant=came.tenant),
    }


def _change_page(request: HttpRequest, came: WayIn, form: OtherNumberForm) -> HttpResponse:
    return render(request, "invite/change.html", {"form": form, "tenant": came.tenant, "phone": came.phone})


def _newest_code(came: WayIn, phone: Phone) -> NumberCode | None:
    return NumberCode.objects.filter(member=came.member, number=phone.number).order_by("-pk").first()


def _stage(phone: Phone, code: NumberCode | None) -> str:
    """What the page asks for: to enter a code, to text one, to have a new one made; or nothing that could be done."""
    if code is not None and code.spent_at is None and timezone.now() < code.expires_at:
        return "enter" if code.direction == NumberCode.Direction.OUTBOUND else "text"
    return "ask" if takes_texts(phone) else "unreachable"

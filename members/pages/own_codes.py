"""A member proves that a number is theirs: enters a code that was texted to it, or texts one from it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from members import ports
from members.consent.codes import CodeRefusal, CodeRefused, ask_for_code, digits_to_text, try_code
from members.models import NumberCode, Phone
from members.own import OwnPlace
from members.pages.accept_words import clock
from members.pages.own_door import active_or_404, back, client_of, own_page, own_scope, own_steps, phone_or_404, user_of
from members.pages.own_forms import DigitsForm


@sensitive_post_parameters("digits")
@require_http_methods(["GET", "HEAD", "POST"])
@own_steps
def code(request: HttpRequest, place: OwnPlace, phone_ref: str) -> HttpResponse:
    """Show where the proof of a number stands, and take the digits that the member got."""
    with own_scope(request, place):
        active_or_404(place)
        phone = phone_or_404(place, phone_ref)
        found = _open_code(place, phone)
    form = DigitsForm(request.POST if request.method == "POST" else None)
    outcome = None
    if form.is_bound and form.is_valid() and found is not None:
        # Outside every scope: a wrong try is committed before anything else is done.
        outcome = try_code(found, digits=form.cleaned_data["digits"], at=timezone.now())
    with own_scope(request, place):
        if isinstance(outcome, NumberCode):
            messages.success(request, f"{phone.number} is proved to be yours.")
            return back(place)
        if outcome is not None:
            at_field = outcome.why in (CodeRefusal.WRONG, CodeRefusal.NOT_SIX_DIGITS)
            form.add_error("digits" if at_field else None, refusal_words(outcome))
        elif form.is_bound and form.is_valid():
            # No code is open, so no field is shown that the words could stand at.
            form.add_error(None, "No code is open for this number. Ask for a new one below.")
        return _page(request, place, phone, form)


@require_POST
@own_page
def ask(request: HttpRequest, place: OwnPlace, phone_ref: str) -> HttpResponse:
    """Have a code texted, or show the one that the member texts to us."""
    active_or_404(place)
    phone = phone_or_404(place, phone_ref)
    outcome = ask_for_code(
        tenant=place.tenant,
        member=place.member,
        number=phone.number,
        user=user_of(request),
        ip=client_of(request)["ip"],
        at=timezone.now(),
    )
    if isinstance(outcome, CodeRefused):
        messages.error(request, refusal_words(outcome))
    return redirect("me_code", tenant_ref=place.tenant.public_id, phone_ref=phone.public_id)


def refusal_words(refused: CodeRefused) -> str:
    """Why no code was sent or taken, and what to do next."""
    again = f" Try again at {clock(refused.again_at)}." if refused.again_at else ""
    left = "1 try is left." if refused.tries_left == 1 else f"{refused.tries_left} tries are left."
    return {
        CodeRefusal.TOO_SOON: f"A code was asked for a moment ago.{again}",
        CodeRefusal.TOO_MANY: f"Too many codes were asked for.{again}",
        CodeRefusal.NO_SENDER: (
            "Nothing may be texted to this number, and this service has no shared number yet that you could text the "
            "code to. Ask an administrator: whoever runs the service can add one."
        ),
        CodeRefusal.NOT_SIX_DIGITS: "The code is six digits, such as 482193. Enter all six.",
        CodeRefusal.WRONG: f"This is not the code. {left}",
        CodeRefusal.SPENT: "This code does not count any more. Ask for a new one below.",
        CodeRefusal.EXPIRED: "This code was good for 15 minutes, which are over. Ask for a new one below.",
    }[refused.why]


def _open_code(place: OwnPlace, phone: Phone) -> NumberCode | None:
    """The newest code of the member for this number that was neither used nor used up; it may have run out."""
    rows = NumberCode.objects.filter(member=place.member, number=phone.number, spent_at__isnull=True)
    return rows.order_by("-id").first()


def _page(request: HttpRequest, place: OwnPlace, phone: Phone, form: DigitsForm) -> HttpResponse:
    context: dict[str, Any] = {"place": place, "phone": phone, "form": form}
    found = _open_code(place, phone)
    if found is not None and timezone.now() < found.expires_at:
        if found.direction == NumberCode.Direction.INBOUND:
            to = ports.messenger().number_to_text(tenant=place.tenant)
            context |= {"to_text": to, "digits": digits_to_text(found), "until": found.expires_at}
        else:
            context |= {"sent": found, "news": ports.messenger().news_of_code(found)}
    return render(request, "me/code.html", context)

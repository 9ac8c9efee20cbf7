"""A member gives or takes back consent for one number and channel, by their own act behind their own login.

Product reading 1(c): it counts for this member in this tenant only. A provider's own block is not lifted by it.
"""

from typing import Literal

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from members.consent.choices import choose, standing_now, withdraw
from members.consent.disclosure import Disclosure, disclosure
from members.consent.ledger import lock_numbers
from members.consent.standing import Standing, StandingState
from members.models import Phone
from members.own import CHANNELS, OwnPlace, may_give, may_withdraw
from members.pages.own_door import back, client_of, own_page, phone_or_404, user_of
from members.pages.own_forms import BoxForm
from tenants.scope import platform_scope

Channel = Literal["sms", "voice"]
_NOUN = {"sms": "text messages", "voice": "calls"}


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def give(request: HttpRequest, place: OwnPlace, phone_ref: str, channel: str) -> HttpResponse:
    """Show the box, unticked, beside the whole wording; take the tick."""
    phone, asked = phone_or_404(place, phone_ref), _channel(channel)
    standing = _locked_standing(place, phone, asked)
    if not may_give(standing, phone=phone, is_active=place.member.is_active):
        if standing.state is StandingState.OPTED_OUT and place.member.is_active:
            messages.error(request, "After an opt-out, first prove that the number is yours.")
            return redirect("me_code", tenant_ref=place.tenant.public_id, phone_ref=phone.public_id)
        return back(place)
    form = BoxForm(request.POST if request.method == "POST" else None, shown=_wording(place, asked))
    if form.is_bound and form.is_valid():
        choose(
            is_ticked=True,
            tenant=place.tenant,
            member=place.member,
            number=phone.number,
            channel=asked,
            disclosure=form.shown,
            source="page",
            evidence={"form": "own page", "phone": phone.public_id},
            actor=user_of(request),
            at=timezone.now(),
            **client_of(request),
        )
        messages.success(request, f"Your consent to {_NOUN[asked]} at {phone.number} is recorded.")
        if phone.proved_at is None:
            return redirect("me_code", tenant_ref=place.tenant.public_id, phone_ref=phone.public_id)
        return back(place)
    context = {"place": place, "phone": phone, "channel": asked, "noun": _NOUN[asked], "form": form}
    return render(request, "me/give.html", {**context, "was_out": standing.state is StandingState.OPTED_OUT})


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def take_back(request: HttpRequest, place: OwnPlace, phone_ref: str, channel: str) -> HttpResponse:
    """Ask once, then withdraw."""
    phone, asked = phone_or_404(place, phone_ref), _channel(channel)
    standing = _locked_standing(place, phone, asked)
    if not may_withdraw(standing):
        return back(place)
    if request.method == "POST":
        withdraw(
            tenant=place.tenant,
            member=place.member,
            number=phone.number,
            channel=asked,
            source="page",
            actor=user_of(request),
            at=timezone.now(),
            **client_of(request),
        )
        noun = _NOUN[asked]
        messages.success(request, f"Your consent is withdrawn: no more {noun} from {place.tenant.name} to this number.")
        return back(place)
    return render(request, "me/withdraw.html", {"place": place, "phone": phone, "channel": asked, "noun": _NOUN[asked]})


def _channel(text: str) -> Channel:
    if text not in CHANNELS:
        raise Http404
    return text


def _locked_standing(place: OwnPlace, phone: Phone, channel: Channel) -> Standing:
    """The standing as the newest committed line has it: a STOP that arrives meanwhile waits, or is seen."""
    with platform_scope():
        lock_numbers([phone.number], exclusively=True)
    return standing_now(
        tenant=place.tenant, member=place.member, number=phone.number, channel=channel, at=timezone.now()
    )


def _wording(place: OwnPlace, channel: Channel) -> Disclosure:
    tenant = place.tenant
    return disclosure(
        tenant.name, channel=channel, support_contact=tenant.support_email, public_url=settings.PUBLIC_URL
    )

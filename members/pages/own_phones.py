"""A member adds, changes, chooses and removes their own phones. GET shows what would follow and changes nothing."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from imes.kernel.phone import examine
from members.models import Phone
from members.operations.own import (
    MOST_PHONES,
    AlreadyYours,
    TooManyPhones,
    add_own_phone,
    change_own_number,
    make_primary,
    remove_own_phone,
)
from members.own import CHANNELS, OwnPlace
from members.pages.own_door import active_or_404, back, own_page, phone_or_404, user_of
from members.pages.own_forms import OwnNumberForm
from members.queries import phone_for

_HAVE_IT = "You have this number already. Enter another one, or go back."
_TOO_MANY = f"You have {MOST_PHONES} phones already, which is the most. Remove one first."


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def add(request: HttpRequest, place: OwnPlace) -> HttpResponse:
    """Add a number."""
    active_or_404(place)
    is_first = not Phone.objects.filter(member=place.member).exists()
    form = _form(request, place)
    if form.is_bound and form.is_valid():
        entered = form.cleaned_data
        try:
            phone = add_own_phone(
                place.member,
                number=entered["number"],
                label=entered["label"],
                user=user_of(request),
                at=timezone.now(),
            )
        except AlreadyYours:
            form.add_error("number", _HAVE_IT)
        except TooManyPhones:
            form.add_error("number", _TOO_MANY)
        else:
            messages.success(request, f"{phone.number} is added. Next, prove that it is yours.")
            return redirect("me_code", tenant_ref=place.tenant.public_id, phone_ref=phone.public_id)
    return _page(request, place, "me/phone_form.html", form=form, phone=None, is_first=is_first)


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def change(request: HttpRequest, place: OwnPlace, phone_ref: str) -> HttpResponse:
    """Put another number in place of one."""
    active_or_404(place)
    phone = phone_or_404(place, phone_ref)
    before = phone.number
    form = _form(request, place, first={"number": before, "label": phone.label})
    if form.is_bound and form.is_valid():
        phone.label = form.cleaned_data["label"]
        try:
            change_own_number(phone, number=form.cleaned_data["number"], user=user_of(request), at=timezone.now())
        except AlreadyYours:
            form.add_error("number", _HAVE_IT)
        else:
            phone.save(update_fields=["label"])
            if phone.number == before:
                return back(place)
            messages.success(request, f"{before} is replaced by {phone.number}. Next, prove that it is yours.")
            return redirect("me_code", tenant_ref=place.tenant.public_id, phone_ref=phone.public_id)
    takes_sms = _takes_sms(place) == phone
    return _page(request, place, "me/phone_form.html", form=form, phone=phone, before=before, takes_sms=takes_sms)


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def choose(request: HttpRequest, place: OwnPlace, phone_ref: str, channel: str) -> HttpResponse:
    """Have texts or calls go to this phone."""
    active_or_404(place)
    phone = phone_or_404(place, phone_ref)
    if channel not in CHANNELS:
        raise Http404
    if request.method == "POST":
        make_primary(phone, channel=channel, user=user_of(request), at=timezone.now())
        messages.success(request, f"{'Texts' if channel == 'sms' else 'Calls'} go to {phone.number} from now on.")
        return back(place)
    waits = channel == "sms" and _takes_sms(place) != phone
    return _page(request, place, "me/choose.html", phone=phone, channel=channel, waits=waits)


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def remove(request: HttpRequest, place: OwnPlace, phone_ref: str) -> HttpResponse:
    """Remove a phone."""
    phone = phone_or_404(place, phone_ref)
    if request.method == "POST":
        number = phone.number
        remove_own_phone(phone, user=user_of(request), at=timezone.now())
        messages.success(request, f"{number} is removed. What was said about it stays on record.")
        return back(place)
    following = Phone.objects.filter(member=place.member).exclude(pk=phone.pk).order_by("id").first()
    takes_sms = _takes_sms(place) == phone
    return _page(request, place, "me/remove.html", phone=phone, takes_sms=takes_sms, following=following)


def _form(request: HttpRequest, place: OwnPlace, *, first: dict[str, str] | None = None) -> OwnNumberForm:
    """The form as it was posted; filled in where the person took the number that was offered."""
    region = place.tenant.region
    if request.method == "POST" and "use_number" not in request.POST:
        return OwnNumberForm(request.POST, region=region)
    if request.method == "POST":
        offered = examine(request.POST["use_number"], region=None).e164
        first = {"number": offered or "", "label": request.POST.get("label", "")[:40]}
    return OwnNumberForm(initial=first, region=region)


def _takes_sms(place: OwnPlace) -> Phone | None:
    return phone_for([place.member.pk], channel="sms").get(place.member.pk)


def _page(request: HttpRequest, place: OwnPlace, template: str, **context: Any) -> HttpResponse:
    return render(request, template, {"place": place, **context})

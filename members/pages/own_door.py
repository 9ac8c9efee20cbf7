"""Who may open a member's own page: the unknown log in first, a stranger gets 404, a member the tenant's scope.

The tenant stands in the address, so that a page left open in another tab never acts in the wrong tenant.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from members.models import Phone
from members.own import OwnPlace, own_phone, own_place, own_places
from tenants.access import SESSION_KEY
from tenants.models import User
from tenants.scope import tenant_scope

P = ParamSpec("P")
_LONGEST_AGENT = 400


@never_cache
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """Lead to the member's page in the tenant that is open to them, or in the first of theirs."""
    if not isinstance(request.user, User):
        return redirect_to_login(request.get_full_path(), login_url=reverse("login"))
    places = own_places(request.user)
    if not places:
        raise Http404
    open_id = request.session.get(SESSION_KEY)
    place = next((place for place in places if place.tenant.pk == open_id), places[0])
    return redirect("me_in", tenant_ref=place.tenant.public_id)


def own_page(view: Callable[Concatenate[HttpRequest, OwnPlace, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """Open `view` for a member of the tenant in the address, in that tenant's scope and time zone.

    The page is rendered inside: it answers with what it read, never with rows to be read later.
    """

    @never_cache
    @wraps(view)
    def opened(request: HttpRequest, tenant_ref: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        place = _place(request, tenant_ref)
        if place is None:
            return redirect_to_login(request.get_full_path(), login_url=reverse("login"))
        with own_scope(request, place):
            return view(request, place, *args, **kwargs)

    return opened


def own_steps(view: Callable[Concatenate[HttpRequest, OwnPlace, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """As `own_page`, with no transaction around it: `view` opens `own_scope` for one step at a time.

    Each step is then committed, whatever becomes of the next. The address must be one of `STEPWISE_PATHS`
    (tenants/middleware.py), or the middleware opens a transaction around it after all.
    """

    @transaction.non_atomic_requests
    @never_cache
    @wraps(view)
    def opened(request: HttpRequest, tenant_ref: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        place = _place(request, tenant_ref)
        if place is None:
            return redirect_to_login(request.get_full_path(), login_url=reverse("login"))
        return view(request, place, *args, **kwargs)

    return opened


@contextmanager
def own_scope(request: HttpRequest, place: OwnPlace) -> Iterator[None]:
    """Open the tenant's scope for its member, in one transaction and in their time zone."""
    user = user_of(request)
    zone = user.time_zone or place.member.time_zone or place.tenant.time_zone
    with tenant_scope(place.tenant.pk, user_id=user.pk), timezone.override(zone):
        yield


def _place(request: HttpRequest, tenant_ref: str) -> OwnPlace | None:
    """Who is at the door; None for the unknown, and 404 for a stranger."""
    if not isinstance(request.user, User):
        return None
    place = own_place(request.user, tenant_ref=tenant_ref)
    if place is None:
        raise Http404
    return place


def phone_or_404(place: OwnPlace, phone_ref: str) -> Phone:
    """The member's own phone of that id.

    :raises Http404: for anybody else's, and for none.
    """
    phone = own_phone(place, phone_ref=phone_ref)
    if phone is None:
        raise Http404
    return phone


def active_or_404(place: OwnPlace) -> None:
    """Somebody who has left sees their page and withdraws; they add nothing.

    :raises Http404: for somebody who has left.
    """
    if not place.member.is_active:
        raise Http404


def user_of(request: HttpRequest) -> User:
    """The login behind a page that `own_page` opened."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def client_of(request: HttpRequest) -> dict[str, Any]:
    """From where and with what the member acted, for the ledger."""
    return {
        "ip": request.META.get("REMOTE_ADDR", ""),
        "user_agent": request.headers.get("User-Agent", "")[:_LONGEST_AGENT],
    }


def back(place: OwnPlace) -> HttpResponse:
    """Lead back to the front page of the tenant."""
    return redirect("me_in", tenant_ref=place.tenant.public_id)

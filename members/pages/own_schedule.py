"""A member's own schedule: the same pages as in the admin, for themselves alone, and only while they belong there."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from members.own import OwnPlace
from members.pages.own import ask_whom
from members.pages.own_door import active_or_404, own_page, user_of
from members.schedule_pages.date_pages import answer_date, answer_removal, answer_time_off
from members.schedule_pages.page import Done, Shown, answer_week

Answers = Callable[..., Shown | Done]
_METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(_METHODS)
@own_page
def week(request: HttpRequest, place: OwnPlace) -> HttpResponse:
    """When the member may be paged."""
    return _answer(request, place, answer_week, title="When you may be paged", body="week")


@require_http_methods(_METHODS)
@own_page
def date(request: HttpRequest, place: OwnPlace) -> HttpResponse:
    """Add a single date."""
    return _answer(request, place, answer_date, title="A single date", body="date")


@require_http_methods(_METHODS)
@own_page
def time_off(request: HttpRequest, place: OwnPlace) -> HttpResponse:
    """Add time off."""
    return _answer(request, place, answer_time_off, title="Time off", body="date")


@require_http_methods(_METHODS)
@own_page
def removal(request: HttpRequest, place: OwnPlace) -> HttpResponse:
    """Remove a date or time off, after asking."""
    return _answer(request, place, answer_removal, title="Remove this?", body="removal")


def _answer(request: HttpRequest, place: OwnPlace, answers: Answers, *, title: str, body: str) -> HttpResponse:
    active_or_404(place)
    found = answers(request, place.member, actor=user_of(request), now=timezone.now())
    given = {"tenant_ref": place.tenant.public_id}
    page = reverse("me_schedule", kwargs=given)
    if isinstance(found, Done):
        messages.success(request, found.says)
        return redirect(page)
    is_front = body == "week" and not found.is_confirm
    context: dict[str, Any] = {
        "place": place,
        "title": title,
        "body": f"me/schedule_{'confirm' if found.is_confirm else body}.html",
        "back_to": reverse("me_in", kwargs=given) if is_front else page,
        "back_name": f"your page at {place.tenant.name}" if is_front else "your schedule",
        "page_url": page,
        "date_url": reverse("me_schedule_date", kwargs=given),
        "time_off_url": reverse("me_schedule_time_off", kwargs=given),
        "remove_url": reverse("me_schedule_remove", kwargs=given),
        "ask": ask_whom(place),
        "is_own": True,
        **found.context,
    }
    return render(request, "me/schedule.html", context)

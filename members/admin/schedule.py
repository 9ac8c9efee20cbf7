"""A member's schedule in the admin: a line of it for lists and pages, and the pages on which it is read and changed."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from members.admin.columns import pill
from members.models import Member
from members.queries import schedules_of, zone_of
from members.schedule_pages.date_pages import answer_date, answer_removal, answer_time_off
from members.schedule_pages.page import Done, Shown, answer_week
from members.schedule_pages.words import Line, line
from tenants.access import access_of
from tenants.models import User

if TYPE_CHECKING:
    from tenants.admin.base import AdminBase

_METHODS = ("GET", "HEAD", "POST")
_TOUCHED = timedelta(days=1)
Answers = Callable[..., Shown | Done]


def schedule_lines(members: Sequence[Member], *, now: datetime) -> dict[int, Line]:
    """The schedule of each member in one line. At most three queries, where each member's tenant is read already."""
    plans = schedules_of([member.pk for member in members], since=now - _TOUCHED)
    return {member.pk: line(plans[member.pk], zone=zone_of(member), now=now) for member in members}


def schedule_cell(found: Line) -> SafeString:
    """For a list: the week above, and how they stand below."""
    if found.is_never:
        return format_html("{} <span>{}</span>", pill(found.week, tone="danger"), found.now)
    if not found.zone and found.is_free:
        return format_html('<span class="pt-muted">{}</span>', "Always")
    # The column is narrow: hours stay in one piece.
    week = format_html_join(" ", '<span class="whitespace-nowrap">{}</span>', ((word,) for word in found.week.split()))
    return format_html(
        '<div class="text-xs" title="{}">{}<div class="pt-muted">{}</div></div>', found.zone, week, found.now
    )


def schedule_field(member: Member, *, now: datetime) -> SafeString:
    """For the member's page: the line, and the way to where it is changed."""
    found = schedule_lines([member], now=now)[member.pk]
    return format_html(
        '<div class="pt-status-line">{} <span>{}</span></div><a class="pt-link" href="{}">{}</a>',
        pill("Free now" if found.is_free else "Not free now", tone="success" if found.is_free else "warning"),
        str(found),
        reverse("admin:members_member_schedule", args=[member.pk]),
        "Open the schedule",
    )


class SchedulePages:
    """The addresses of the schedule's pages, one set for each member. Readers read, writers write, others get 404."""

    def __init__(self, model_admin: "AdminBase") -> None:
        self.model_admin = model_admin

    def urls(self) -> list[URLPattern]:
        views: list[tuple[str, str, Callable[..., HttpResponse]]] = [
            ("schedule/", "schedule", self.week),
            ("schedule/date/", "schedule_date", self.date),
            ("schedule/time-off/", "schedule_time_off", self.time_off),
            ("schedule/remove/", "schedule_remove", self.removal),
        ]
        site = self.model_admin.admin_site
        return [
            path(f"<path:object_id>/{address}", site.admin_view(view), name=f"members_member_{name}")
            for address, name, view in views
        ]

    def week(self, request: HttpRequest, object_id: str) -> HttpResponse:
        member, actor = self._opened(request, object_id)
        return self._answer(request, member, actor, answer_week, title=f"Schedule of {member.name}", body="week")

    def date(self, request: HttpRequest, object_id: str) -> HttpResponse:
        member, actor = self._written(request, object_id)
        return self._answer(request, member, actor, answer_date, title="A single date", body="date")

    def time_off(self, request: HttpRequest, object_id: str) -> HttpResponse:
        member, actor = self._written(request, object_id)
        return self._answer(request, member, actor, answer_time_off, title="Time off", body="date")

    def removal(self, request: HttpRequest, object_id: str) -> HttpResponse:
        member, actor = self._written(request, object_id)
        return self._answer(request, member, actor, answer_removal, title="Remove this?", body="removal")

    def _opened(self, request: HttpRequest, object_id: str) -> tuple[Member, User | None]:
        member = self.model_admin.get_object(request, object_id)
        if not isinstance(member, Member) or not self.model_admin.has_view_permission(request, member):
            raise Http404
        writes = self.model_admin.has_change_permission(request, member)
        return member, access_of(request).user if writes else None

    def _written(self, request: HttpRequest, object_id: str) -> tuple[Member, User]:
        member, actor = self._opened(request, object_id)
        if actor is None:
            raise Http404
        return member, actor

    def _answer(
        self, request: HttpRequest, member: Member, actor: User | None, answers: Answers, *, title: str, body: str
    ) -> HttpResponse:
        if request.method not in _METHODS:
            return HttpResponseNotAllowed(_METHODS)
        found = answers(request, member, actor=actor, now=timezone.now())
        page = reverse("admin:members_member_schedule", args=[member.pk])
        if isinstance(found, Done):
            self.model_admin.say(request, found.says)
            return HttpResponseRedirect(page)
        front = reverse("admin:members_member_change", args=[member.pk])
        context: dict[str, Any] = {
            **self.model_admin.admin_site.each_context(request),
            "opts": self.model_admin.opts,
            "title": title,
            "body": f"me/schedule_{'confirm' if found.is_confirm else body}.html",
            "back_to": front if body == "week" and not found.is_confirm else page,
            "back_name": member.name if body == "week" and not found.is_confirm else f"the schedule of {member.name}",
            "page_url": page,
            "date_url": reverse("admin:members_member_schedule_date", args=[member.pk]),
            "time_off_url": reverse("admin:members_member_schedule_time_off", args=[member.pk]),
            "remove_url": reverse("admin:members_member_schedule_remove", args=[member.pk]),
            "zone_url": front if actor is not None else "",
            "is_own": False,
            **found.context,
        }
        return TemplateResponse(request, "admin/members/schedule.html", context)

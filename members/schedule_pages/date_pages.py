"""The pages beside a member's schedule: a single date, time off, and the removal of either, which asks first."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest

from members.models import Member, Schedule, ScheduleException
from members.operations.schedules import (
    ScheduleRefused,
    add_exception,
    add_time_off,
    remove_exception,
    remove_time_off,
)
from members.queries import schedule_of, zone_of
from members.schedule_pages.date_forms import FREE, HOURS, DateForm, TimeOffForm
from members.schedule_pages.dates import Line, line_of, lines
from members.schedule_pages.page import Done, Shown
from members.schedule_pages.words import line, zone_words
from members.schedules.reading import reading
from tenants.models import User


def answer_date(request: HttpRequest, member: Member, *, actor: User, now: datetime) -> Shown | Done:
    """The form for a single date; without a schedule it says why there is none."""
    if not Schedule.objects.filter(member=member).exists():
        return Shown({**_about(member, now=now), "refusal": "Without a schedule every date is paged. Enter time off."})
    form = DateForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        typed = form.cleaned_data
        has_hours = typed["kind"] == HOURS
        added = add_exception(
            member,
            on=typed["on"],
            is_free=typed["kind"] in (FREE, HOURS),
            opens=typed["opens"] if has_hours else None,
            closes=typed["closes"] if has_hours else None,
            note=typed["note"],
            actor=actor,
            at=now,
        )
        if not isinstance(added, ScheduleRefused):
            return _added(member, ref=added.public_id, now=now)
        form.refuse(added.says)
    return Shown({**_about(member, now=now), "form": form})


def answer_time_off(request: HttpRequest, member: Member, *, actor: User, now: datetime) -> Shown | Done:
    """The form for time off."""
    form = TimeOffForm(request.POST if request.method == "POST" else None, zone=zone_of(member))
    if form.is_bound and form.is_valid():
        typed = form.cleaned_data
        added = add_time_off(
            member,
            starts_at=typed["starts_at"],
            ends_at=typed["ends_at"],
            note=typed["note"],
            actor=actor,
            at=now,
        )
        if not isinstance(added, ScheduleRefused):
            return _added(member, ref=added.public_id, now=now)
        form.refuse(added.says)
    return Shown({**_about(member, now=now), "form": form})


def answer_removal(request: HttpRequest, member: Member, *, actor: User, now: datetime) -> Shown | Done:
    """Ask once, then remove what the address names.

    :raises Http404: where this member has no such date or time off.
    """
    found = line_of(member, ref=request.GET.get("ref", ""), now=now)
    if found is None or found.is_past:
        raise Http404
    if request.method != "POST":
        return Shown({**_about(member, now=now), "found": found})
    if isinstance(found.row, ScheduleException):
        remove_exception(found.row, actor=actor, at=now)
    else:
        remove_time_off(found.row, actor=actor, at=now)
    return Done(f"Removed: {_said(found)}. {_now(member, now=now)}")


def _added(member: Member, *, ref: str, now: datetime) -> Done:
    found = next(one for one in lines(member, now=now)[0] if one.ref == ref)
    return Done(f"Added: {_said(found)}. {_now(member, now=now)}")


def _now(member: Member, *, now: datetime) -> str:
    plan, zone = schedule_of(member, since=now), zone_of(member)
    stands = reading(plan, zone=zone, at=now)
    said = line(plan, zone=zone, now=now).now
    return f"{'Paged' if stands.is_free else 'Not paged'} at present: {said}."


def _said(found: Line) -> str:
    return f"{found.when}, {found.says}"


def _about(member: Member, *, now: datetime) -> dict[str, Any]:
    return {"member": member, "zone_words": zone_words(zone_of(member), now=now)}

"""What the page of one member's schedule answers: the week, how a moment is judged, and what must be confirmed.

It knows neither the admin nor the member's own page: both open the scope, judge who may come in, and render.
"""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, QueryDict
from django.utils.dateparse import parse_date

from imes.kernel.wall_clock import shown
from members.models import Member, Schedule
from members.operations.schedules import ScheduleRefused, remove_schedule, set_week
from members.queries import schedule_of, zone_of
from members.schedule_pages.date_forms import instant
from members.schedule_pages.dates import lines
from members.schedule_pages.history import last_change
from members.schedule_pages.strip import strip
from members.schedule_pages.week_form import CLEAR, COPY, PRESETS, WeekForm, clock
from members.schedule_pages.words import Answer, answer, line, zone_is_from, zone_words
from members.schedules.plan import Plan
from members.schedules.week import Window, as_json, from_json, words
from tenants.models import User

ALWAYS, WEEK = "always", "week"
SAVE, PREVIEW = "save", "preview"
#: Nobody is asked about a year that the clocks of a zone cannot show.
_YEARS = range(2000, 2101)


@dataclass(frozen=True, slots=True)
class Done:
    """Something was saved, or there was nothing to save: what to say about it."""

    says: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A page to show. With `is_confirm` it is the one that asks whether that is meant."""

    context: dict[str, Any]
    is_confirm: bool = False


@dataclass
class Typed:
    """What stands in the fields: of the week, of the choice above it, and of the moment that is asked about."""

    when: str
    form: WeekForm
    on: str = ""
    clock: str = ""
    errors: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.errors += self.form.errors

    @property
    def windows(self) -> tuple[Window, ...] | None:
        return None if self.when == ALWAYS else self.form.windows


def answer_week(request: HttpRequest, member: Member, *, actor: User | None, now: datetime) -> Shown | Done:
    """The schedule's page; `actor` is None for whoever reads only.

    :raises Http404: when somebody who reads only posts.
    """
    schedule = Schedule.objects.filter(member=member).first()
    if request.method != "POST":
        return _shown(member, schedule, _kept(schedule, request.GET), actor=actor, now=now)
    if actor is None:
        raise Http404
    act = request.POST.get("do", SAVE)
    when = request.POST.get("when", "")
    if act in PRESETS or act in (COPY, CLEAR):
        when = WEEK
    form = WeekForm.posted(request.POST, act=act)
    typed = Typed(when, form, request.POST.get("on", ""), request.POST.get("at", ""))
    if act != SAVE:
        return _shown(member, schedule, typed, actor=actor, now=now, is_posted=True)
    return _saved(request.POST, member, schedule, typed, actor=actor, now=now)


def _saved(
    data: QueryDict, member: Member, schedule: Schedule | None, typed: Typed, *, actor: User, now: datetime
) -> Shown | Done:
    if typed.when not in (ALWAYS, WEEK):
        typed.errors.append(("when-always", "Choose whether there is a schedule, or none."))
    elif typed.when == ALWAYS and schedule is None and typed.form.windows:
        says = "You chose no schedule and entered hours. Choose “Paged in these hours”, or clear the hours."
        typed.errors.append(("when-week", says))
    if data.get("seen", "") != _state(schedule):
        says = (
            f"The week was changed meanwhile, to: {_said(schedule)}. What you entered is below: save again to put it "
        )
        typed.errors.append(("when-always", says + "in place of that."))
    if typed.errors:
        return _shown(member, schedule, typed, actor=actor, now=now, is_posted=True)
    is_sure = "sure" in data
    if typed.when == ALWAYS:
        if schedule is None:
            return Done("Nothing was changed: there is no schedule, which is always paged.")
        if not is_sure:
            return _confirm(member, schedule, typed)
        remove_schedule(member, actor=actor, at=now)
        return Done("The schedule is removed: always paged, but in time off.")
    windows = typed.form.windows
    if schedule is not None and schedule.weekly == as_json(windows):
        return Done("Nothing was changed: these are the hours already.")
    if not windows and not is_sure:
        return _confirm(member, schedule, typed)
    saved = set_week(member, windows=windows, actor=actor, at=now)
    if isinstance(saved, ScheduleRefused):
        typed.errors.append(("when-week", saved.says))
        return _shown(member, schedule, typed, actor=actor, now=now, is_posted=True)
    return Done(f"Saved. {line(schedule_of(member, since=now), zone=zone_of(member), now=now)}.")


def _confirm(member: Member, schedule: Schedule | None, typed: Typed) -> Shown:
    before = schedule.exceptions.count() if schedule is not None else 0
    return Shown(
        {
            "member": member,
            "when": typed.when,
            "removes": typed.when == ALWAYS,
            "dates": before,
            "seen": _state(schedule),
        },
        is_confirm=True,
    )


def _shown(
    member: Member,
    schedule: Schedule | None,
    typed: Typed,
    *,
    actor: User | None,
    now: datetime,
    is_posted: bool = False,
) -> Shown:
    zone = zone_of(member)
    plan = schedule_of(member, since=now - timedelta(days=1))
    tried = Plan(typed.windows, plan.exceptions, plan.time_off) if is_posted else plan
    is_unsaved = is_posted and (bool(typed.form.errors) or typed.windows != plan.windows)
    asked = _asked(typed, tried, zone=zone, now=now)
    ahead, past = lines(member, now=now)
    return Shown(
        {
            "member": member,
            "zone": zone.key,
            "zone_words": zone_words(zone, now=now),
            "zone_is_from": zone_is_from(member),
            "line": line(plan, zone=zone, now=now),
            "now": answer(plan, zone=zone, at=now),
            "asked": asked,
            "strip": strip(tried, zone=zone, now=now),
            "form": typed.form,
            "typed": typed,
            "presets": [(name, label, json.dumps(as_json(week))) for name, (label, week) in PRESETS.items()],
            "is_unsaved": is_unsaved,
            "is_empty": plan.windows == (),
            "has_schedule": schedule is not None,
            "seen": _state(schedule),
            "ahead": ahead,
            "past": past,
            "changed": last_change(member),
            "writes": actor is not None,
        }
    )


def _kept(schedule: Schedule | None, data: QueryDict) -> Typed:
    """The fields filled in with what is saved, and with the moment that the address asks about."""
    windows = from_json(schedule.weekly) if schedule is not None else ()
    form = WeekForm.of(windows)
    return Typed(ALWAYS if schedule is None else WEEK, form, data.get("on", ""), data.get("at", ""), errors=[])


def _asked(typed: Typed, plan: Plan, *, zone: ZoneInfo, now: datetime) -> tuple[Answer, str] | None:
    """The answer about the moment that was typed, and a word about its clock; None where none was typed, or wrongly."""
    local = now.astimezone(zone)
    if not typed.on and not typed.clock:
        typed.on, typed.clock = f"{local:%Y-%m-%d}", f"{local:%H:%M}"
        return None
    try:
        on = parse_date(typed.on.strip())
    except ValueError:
        on = None
    at = clock(typed.clock)
    if on is None or on.year not in _YEARS:
        typed.errors.append(("ask-on", "The date to check is no date of this century. Enter it as 2026-12-25."))
    if at is None:
        typed.errors.append(("ask-at", "The time to check is no time. Enter it as 09:00 or 17:30."))
    if on is None or on.year not in _YEARS or at is None or typed.form.errors:
        return None
    moment = instant(on, at, zone=zone)
    return answer(plan, zone=zone, at=moment), _about_clock(moment, on=datetime.combine(on, at), zone=zone)


def _about_clock(moment: datetime, *, on: datetime, zone: ZoneInfo) -> str:
    is_there = shown(moment, zone=zone)
    if is_there != on:
        return f"{on:%H:%M} does not exist on that day: the clocks go forward. This is {is_there:%H:%M}."
    if instant(on.date(), on.time(), zone=zone, is_end=True) != moment:
        return f"{on:%H:%M} comes twice on that day: the clocks go back. This is the first."
    return ""


def _state(schedule: Schedule | None) -> str:
    """The week as the page showed it, so that a page left open does not undo what was saved since."""
    return "none" if schedule is None else hashlib.sha256(repr(schedule.weekly).encode()).hexdigest()[:16]


def _said(schedule: Schedule | None) -> str:
    return "no schedule" if schedule is None else words(from_json(schedule.weekly))

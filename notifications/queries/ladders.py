"""An alert's escalation as a reader wants to see it: what fired and whom it paged, what comes next and when.

It tells what is stored, and where nothing is yet, what the plan says; times of what is still to come hold as long as
nobody answers.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from members.queries import members_of_group
from notifications.core.escalation_words import length, named, step_in_words, times
from notifications.core.snapshot import FlowPlan, StepPlan
from notifications.models import Alert, AlertStep, Notification
from notifications.queries.escalations import is_dead_page

_Outcome = AlertStep.Outcome


class Mark(StrEnum):
    """How a rung stands; the words beside it say the same without colour."""

    PAGED = "paged"
    WAITS = "waits"
    NOBODY = "nobody"
    NEXT = "next"
    LATER = "later"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, slots=True)
class RungShown:
    """One line: `at` is when it fired, or would fire if `is_ahead`; a round is named where it begins.

    `names` are those of a step to come, in short: in turn the first one.
    """

    title: str
    mark: Mark
    word: str
    at: datetime | None
    is_ahead: bool
    who: str
    notes: tuple[str, ...] = ()
    new_round: str = ""
    names: str = ""


@dataclass(frozen=True, slots=True)
class Ladder:
    """The rungs in their order; `says` tells what comes next, or how it ended."""

    rungs: tuple[RungShown, ...]
    says: str


def ladder(alert: Alert, *, told: Sequence[Notification], now: datetime) -> Ladder:
    """The escalation of one alert; without rungs where its plan cannot be read. Two queries at most.

    :param told: the alert's pages with their members and what they were merged into, oldest first.
    """
    try:
        plan = FlowPlan.from_json(alert.flow_snapshot)
    except (KeyError, TypeError, ValueError):
        return Ladder((), "")
    rows = list(AlertStep.objects.filter(alert=alert).select_related("member").order_by("round", "position", "place"))
    groups = _groups(plan) if any(row.outcome == _Outcome.WAITING for row in rows) else {}
    pages: defaultdict[int | None, list[Notification]] = defaultdict(list)
    for page in told:
        pages[page.alert_step_id].append(page)
    shown = list(_shown(rows, plan=plan, pages=pages, groups=groups, now=now))
    return Ladder(tuple(shown), _says(alert, rows, shown, plan=plan, now=now))


def _shown(
    rows: Sequence[AlertStep],
    *,
    plan: FlowPlan,
    pages: Mapping[int | None, Sequence[Notification]],
    groups: Mapping[int, Sequence[str]],
    now: datetime,
) -> Iterator[RungShown]:
    ahead: datetime | None = None
    for place, row in enumerate(rows):
        step = plan.steps[row.position]
        before = rows[place - 1] if place else None
        new_round = f"Round {row.round + 1} of {plan.repeats + 1}" if plan.repeats and _opens(row, before) else ""
        title = f"Step {row.position + 1}{f', turn {row.place + 1}' if step.in_turn and row.fired_at else ''}"
        if row.outcome == _Outcome.WAITING:
            ahead = row.due_at or ahead
            yield _to_come(row, step, title=title, at=ahead, groups=groups, new_round=new_round, now=now)
            ahead = ahead + step.wait * _turns(row, step, groups) if ahead else None
        elif row.outcome == _Outcome.CANCELLED:
            who = _planned(row, step, groups)
            yield RungShown(title, Mark.NOT_NEEDED, "Not needed", None, False, who, (), new_round)
        else:
            yield _fired(row, step, pages.get(row.pk, ()), title=title, new_round=new_round, now=now)


def _turns(row: AlertStep, step: StepPlan, groups: Mapping[int, Sequence[str]]) -> int:
    """How many waits a step to come takes; one whose turns are known has a line for each."""
    if not step.in_turn or row.member_id is not None:
        return 1
    return max(1, sum(len(groups.get(one.group_id, ())) if one.group_id else 1 for one in step.recipients))


def _opens(row: AlertStep, before: AlertStep | None) -> bool:
    return before is None or before.round != row.round


def _fired(
    row: AlertStep, step: StepPlan, pages: Sequence[Notification], *, title: str, new_round: str, now: datetime
) -> RungShown:
    names = list(dict.fromkeys(page.member.name if page.member else "somebody who has left" for page in pages))
    who = named(names) or "Nobody: it has no recipients, or its groups were empty"
    if row.outcome == _Outcome.NOBODY:
        notes = tuple(dict.fromkeys(_why(page) for page in pages))
        return RungShown(title, Mark.NOBODY, "Reached nobody", row.fired_at, False, who, notes, new_round)
    dead = [page for page in pages if is_dead_page(page)]
    notes = tuple(dict.fromkeys(_why(page) for page in dead))
    if row.moved_on_at is None and row.waits_until is not None and row.waits_until > now:
        notes += (f"Has {length(step.wait)} to answer.",)
        return RungShown(title, Mark.WAITS, "Waits for an answer", row.fired_at, False, who, notes, new_round)
    return RungShown(title, Mark.PAGED, "Paged", row.fired_at, False, who, notes, new_round)


def _why(page: Notification) -> str:
    whom = page.member.name if page.member else "Somebody"
    tried = f" Tried next: {page.tried_next}." if page.tried_next else ""
    if page.merged_into is not None:
        inside = page.merged_into
        said = f"it went inside {inside.public_id}: {inside.reason_text or inside.get_status_display()}"
        return f"{whom}, {page.get_channel_display()}: {said}{tried}"
    return f"{whom}, {page.get_channel_display()}: {page.reason_text or page.get_status_display()}{tried}"


def _to_come(
    row: AlertStep,
    step: StepPlan,
    *,
    title: str,
    at: datetime | None,
    groups: Mapping[int, Sequence[str]],
    new_round: str,
    now: datetime,
) -> RungShown:
    if row.due_at is None:
        return RungShown(title, Mark.LATER, "If nobody answers", at, True, _planned(row, step, groups), (), new_round)
    word = f"Next, {_until(row.due_at, now=now)}"
    who, names = _planned(row, step, groups), _names(row, step, groups)
    return RungShown(title, Mark.NEXT, word, row.due_at, True, who, (), new_round, names)


def _planned(row: AlertStep, step: StepPlan, groups: Mapping[int, Sequence[str]]) -> str:
    if row.member is not None:
        return row.member.name
    if not step.recipients:
        return "Nobody: it has no recipients"
    inside = [
        f"{recipient.name}: {named(groups[recipient.group_id]) or 'empty now'}"
        for recipient in step.recipients
        if recipient.group_id is not None and recipient.group_id in groups
    ]
    return step_in_words(step) + (f" ({'; '.join(inside)})" if inside else "")


def _names(row: AlertStep, step: StepPlan, groups: Mapping[int, Sequence[str]]) -> str:
    if row.member is not None:
        return row.member.name
    each = [groups.get(one.group_id, [one.name]) if one.group_id else [one.name] for one in step.recipients]
    names = list(dict.fromkeys(name for several in each for name in several))
    if not names:
        return "nobody"
    return f"{names[0]} first" if step.in_turn and len(names) > 1 else named(names)


def _groups(plan: FlowPlan) -> dict[int, list[str]]:
    wanted = {recipient.group_id for step in plan.steps for recipient in step.recipients if recipient.group_id}
    found = members_of_group(wanted) if wanted else {}
    return {group_id: [member.name for member in members] for group_id, members in found.items()}


def _says(alert: Alert, rows: Sequence[AlertStep], shown: Sequence[RungShown], *, plan: FlowPlan, now: datetime) -> str:
    if alert.acknowledged_at:
        return "Somebody answered: nothing more is sent."
    if alert.resolved_at:
        return "It was resolved by hand: nothing more is sent."
    if alert.ended_at:
        reached = any(row.outcome == _Outcome.PAGED for row in rows)
        return (
            "Nobody answered, and nothing is left to try."
            if reached
            else "Nobody could be reached, and nothing is left to try."
        )
    if any(row.outcome == _Outcome.CANCELLED for row in rows):
        return "The flow was disabled: nothing more is sent."
    due = next((one for one in shown if one.mark is Mark.NEXT), None)
    if due is None or due.at is None:
        last = next((row for row in reversed(rows) if row.waits_until), None)
        until = _until(last.waits_until, now=now) if last and last.waits_until else "soon"
        return f"Nothing comes after this: it ends {until} if nobody answers."
    begins = f"{due.new_round}, {due.title.lower()}" if due.new_round else due.title
    left = plan.repeats - (rows[-1].round if rows else 0)
    again = f" After its steps everything starts again, {times(left)} at most." if left > 0 else ""
    return f"{begins} {_until(due.at, now=now)}: {due.names}.{again}"


def _until(at: datetime, *, now: datetime) -> str:
    left = at - now
    if left <= timedelta(0):
        return "at any moment"
    minute = timedelta(minutes=1)
    # Rounded up: what is said to come in 3 min does not come before.
    return f"in {-(-left // minute)} min" if left > minute else f"in {-(-left // timedelta(seconds=1))} s"

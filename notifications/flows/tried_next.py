"""Writes on the pages that did not go who was tried in their place: the row alone then says who was told instead."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from members.models import Member
from members.queries import members_named
from notifications.core.escalation import Key
from notifications.core.escalation_words import named
from notifications.core.states import Channel
from notifications.core.text import fit
from notifications.models import AlertStep, Notification
from notifications.queries.escalations import StepPage

NOBODY_LEFT = "nobody, as no other step was left"
_LIMIT = 200
_BY = {Channel.SMS: "by SMS", Channel.VOICE: "by phone", Channel.EMAIL: "by e-mail"}


def say_who_was_tried(
    rows: Mapping[Key, AlertStep], *, pages: Sequence[StepPage], written: Sequence[Notification], is_over: bool
) -> None:
    """Fill it in for the dead pages of an alert that lack it; in a step that reached nobody, whoever came next.

    :param written: pages that were written just now, which are not among `pages` yet.
    :param is_over: no step comes after those that fired.
    """
    lacking = [page for page in pages if page.is_dead and not page.tried_next]
    if not lacking:
        return
    of_step: defaultdict[int, list[int | None]] = defaultdict(list)
    for page in pages:
        of_step[page.step_id].append(page.member_id)
    for row in written:
        of_step[row.alert_step_id or 0].append(row.member_id)
    members = members_named(key for keys in of_step.values() for key in keys if key is not None)
    order = [rows[key] for key in sorted(rows)]
    said: dict[int, str] = {}
    for step in {page.step_id for page in lacking}:
        here = next(index for index, row in enumerate(order) if row.pk == step)
        mine = [page for page in pages if page.step_id == step]
        if order[here].outcome == AlertStep.Outcome.NOBODY:
            later = next((row for row in order[here + 1 :] if row.pk in of_step), None)
            text = _came_next(order[here], later, of_step, members) if later else NOBODY_LEFT if is_over else ""
            said |= {page.pk: text for page in mine if page.is_dead and text}
        else:
            said |= _others(mine, members)
    _write(said)


def _came_next(
    row: AlertStep, later: AlertStep, of_step: Mapping[int, Collection[int | None]], members: Mapping[int, Member]
) -> str:
    """Whoever came next, also of pages that died before the others and knew only of those."""
    names = _names(of_step[later.pk], members)
    return names if later.round == row.round else f"{names}, in round {later.round + 1}"


def _others(pages: Sequence[StepPage], members: Mapping[int, Member]) -> dict[int, str]:
    """Those who were paged at the same time; where there was nobody else, the same person over another channel."""
    said: dict[int, str] = {}
    alive = [page for page in pages if not page.is_dead]
    for page in pages:
        if not page.is_dead or page.tried_next:
            continue
        others = [other.member_id for other in alive if other.member_id != page.member_id]
        same = ", ".join(_BY[other.channel] for other in alive if other.member_id == page.member_id)
        if others:
            said[page.pk] = f"{_names(others, members)}, paged at the same time"
        else:
            said[page.pk] = f"{_names([page.member_id], members)} {same}"
    return said


def _names(member_ids: Iterable[int | None], members: Mapping[int, Member]) -> str:
    unique = dict.fromkeys(key for key in member_ids if key in members)
    return named([members[key].name for key in unique if key is not None]) or "somebody who has left"


def _write(said: Mapping[int, str]) -> None:
    # In the order in which everybody locks them.
    locked = Notification.objects.filter(pk__in=said).order_by("pk").select_for_update(no_key=True)
    by_text: defaultdict[str, list[int]] = defaultdict(list)
    for key in locked.values_list("pk", flat=True):
        by_text[fit(said[key], limit=_LIMIT)].append(key)
    for text, keys in by_text.items():
        Notification.objects.filter(pk__in=keys).update(tried_next=text)

"""The rungs of an escalation as rows of its alert: read, fired and written back as the pure core says.

Whoever fires the first step and whoever fires a later one climb here. Needs the tenant's scope and the alert's lock.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from notifications.core.escalation import Escalation, Key, Outcome, Rung, climbed
from notifications.core.snapshot import FlowPlan
from notifications.flows.write_pages import write_pages
from notifications.models import Alert, AlertStep, Notification
from notifications.queries.flows import members_to_page
from tenants.audit import Act, record

_KEPT = ("outcome", "member_id", "due_at", "fired_at", "waits_until", "moved_on_at")
_WRITTEN = [name.removesuffix("_id") for name in _KEPT]


def rows_of(alert: Alert) -> dict[Key, AlertStep]:
    """The rows of the alert's rungs, in their order."""
    rows = AlertStep.objects.filter(alert=alert).order_by("round", "position", "place")
    return {Key(row.round, row.position, row.place): row for row in rows}


def escalation_of(alert: Alert, rows: Mapping[Key, AlertStep], *, dead: Iterable[int]) -> Escalation:
    """The rungs as the core knows them.

    :param dead: the ids of the rows whose pages can reach nobody any more.
    """
    gone = set(dead)
    return Escalation(tuple(_rung(key, row, is_dead=row.pk in gone) for key, row in rows.items()), alert.ended_at)


def climb(
    alert: Alert, escalation: Escalation, *, plan: FlowPlan, rows: dict[Key, AlertStep], at: datetime
) -> list[Notification]:
    """Fire what is due, write the pages of it, and keep how far it came; return the pages. Fills in `rows`."""
    came = climbed(escalation, plan=plan, expand=members_to_page, now=at)
    keep(alert, came.escalation, rows=rows)
    pages: list[Notification] = []
    for fired in came.fired:
        pages += write_pages(
            alert,
            alert_step=rows[fired.key],
            step=plan.steps[fired.key.position],
            member_ids=fired.member_ids,
            validity=plan.validity,
            at=at,
        )
    for number, position in came.nobody:
        said = {"step": position + 1, "round": number + 1}
        record(Act.STEP_REACHED_NOBODY, tenant_id=alert.tenant_id, actor=None, subject=alert, at=at, data=said)
    if came.escalation.ended_at != alert.ended_at:
        alert.ended_at = came.escalation.ended_at
        alert.save(update_fields=["ended_at"])
    return pages


def keep(alert: Alert, escalation: Escalation, *, rows: dict[Key, AlertStep]) -> None:
    """Bring the rows up to these rungs: one statement for what changed, one for what is new."""
    changed, made = [], []
    for rung in escalation.rungs:
        row = rows.get(rung.key)
        if row is None:
            row = rows[rung.key] = AlertStep(
                tenant_id=alert.tenant_id,
                alert=alert,
                round=rung.key.round,
                position=rung.key.position,
                place=rung.key.place,
            )
            made.append(row)
        elif _values(row) != _values(rung):
            changed.append(row)
        for name in _KEPT:
            setattr(row, name, getattr(rung, name))
    AlertStep.objects.bulk_create(made)
    AlertStep.objects.bulk_update(changed, _WRITTEN)


def _values(of: AlertStep | Rung) -> Sequence[object]:
    return [getattr(of, name) for name in _KEPT]


def _rung(key: Key, row: AlertStep, *, is_dead: bool) -> Rung:
    return Rung(
        key=key,
        outcome=Outcome(row.outcome),
        member_id=row.member_id,
        due_at=row.due_at,
        fired_at=row.fired_at,
        waits_until=row.waits_until,
        moved_on_at=row.moved_on_at,
        is_dead=is_dead,
    )

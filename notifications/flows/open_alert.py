"""Opens an alert: the flow as it stands, the text filled in, its steps, and the pages of the step that is due now.

It does not ask whether the flow may fire (notifications/flows/may_fire.py), and sends nothing: it writes rows and wakes
the workers.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from notifications.core.snapshot import FlowPlan, StepPlan
from notifications.core.text import render
from notifications.flows.write_pages import write_pages
from notifications.models import Alert, AlertStep, Flow, Trigger
from notifications.queries.flows import first_to_page, flow_plan
from notifications.wake import wake_dispatch
from tenants.audit import Act, record
from tenants.models import User

_TEST = "TEST: "


def open_alert(
    flow: Flow,
    *,
    payload: Mapping[str, Any],
    source: Alert.Source,
    trigger: Trigger | None = None,
    actor: User | None,
    at: datetime,
) -> Alert:
    """Write one firing of `flow` and the pages that are due at once, all or nothing; needs the tenant's scope.

    Groups are expanded now. A step without anybody to page costs no wait: the next one is due in its place.
    """
    with transaction.atomic():
        plan = flow_plan(flow)
        alert = Alert.objects.create(
            tenant_id=flow.tenant_id,
            flow=flow,
            flow_snapshot=plan.as_json(),
            payload=dict(payload),
            text=(_TEST if source is Alert.Source.TEST else "") + render(plan.text, payload).text,
            source=source,
            opened_by=actor,
            opened_at=at,
        )
        pages = _fire_first_step(alert, plan=plan, at=at)
        if trigger is not None:
            trigger.alert = alert
            trigger.save(update_fields=["alert"])
        record(
            Act.ALERT_OPENED,
            tenant_id=flow.tenant_id,
            actor=actor,
            subject=alert,
            at=at,
            data={"flow": flow.slug, "source": source.value, "pages": pages},
        )
        wake_dispatch()
    return alert


def _fire_first_step(alert: Alert, *, plan: FlowPlan, at: datetime) -> int:
    first, member_ids = first_to_page(plan)
    rows = [row for step in plan.steps for row in _rows(alert, step=step, first=first, members=len(member_ids), at=at)]
    AlertStep.objects.bulk_create(rows)
    if first is None:
        return 0
    fired = next(row for row in rows if row.outcome == AlertStep.Outcome.PAGED)
    pages = write_pages(
        alert,
        alert_step=fired,
        step=first,
        member_ids=member_ids[:1] if first.in_turn else member_ids,
        validity=plan.validity,
        at=at,
    )
    return len(pages)


def _rows(alert: Alert, *, step: StepPlan, first: StepPlan | None, members: int, at: datetime) -> list[AlertStep]:
    """The rows of one step: fired, passed over because it has nobody, or waiting for the one before it."""
    row = AlertStep(tenant_id=alert.tenant_id, alert=alert, position=step.position)
    if step is first:
        row.due_at = row.fired_at = at
        row.outcome = AlertStep.Outcome.PAGED
        turns = members if step.in_turn else 1
        return [row, *(_waiting(alert, position=step.position, place=place) for place in range(1, turns))]
    if first is None or step.position < first.position:
        row.due_at = row.fired_at = at
        row.outcome = AlertStep.Outcome.NOBODY
    return [row]


def _waiting(alert: Alert, *, position: int, place: int) -> AlertStep:
    return AlertStep(tenant_id=alert.tenant_id, alert=alert, position=position, place=place)

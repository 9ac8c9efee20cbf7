"""Opens an alert: the flow as it stands, the text filled in, its steps, and the pages of the step that is due now.

It does not ask whether the flow may fire (notifications/flows/may_fire.py), and sends nothing: it writes rows and wakes
the workers.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from notifications.core.escalation import begun
from notifications.core.text import render
from notifications.flows.ladder import climb
from notifications.models import Alert, Flow, Trigger
from notifications.queries.flows import flow_plan
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

    Groups of the first step are expanded now. A step without anybody to page costs no wait: the next one is due in its
    place.
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
        pages = climb(alert, begun(plan, at=at), plan=plan, rows={}, at=at)
        if trigger is not None:
            trigger.alert = alert
            trigger.save(update_fields=["alert"])
        record(
            Act.ALERT_OPENED,
            tenant_id=flow.tenant_id,
            actor=actor,
            subject=alert,
            at=at,
            data={"flow": flow.slug, "source": source.value, "pages": len(pages)},
        )
        wake_dispatch()
    return alert

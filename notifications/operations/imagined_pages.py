"""What a test alert would come to, were it fired now: the pages of its first step, which are never written."""

from datetime import datetime

from notifications.core.states import Channel, Purpose
from notifications.core.text import render
from notifications.models import Alert, Flow, Notification
from notifications.operations.alerts import sample
from notifications.queries.flows import flow_plan, who_is_paged
from notifications.queries.imagined import Imagined, imagined
from tenants.models import User
from tenants.scope import tenant_scope

# As long as a code is; which one it would be is drawn when a page is written.
_SOME_CODE = "0000"


def foresee_test(flow: Flow, *, actor: User, at: datetime) -> list[Imagined]:
    """What would become of each page of the first step that has anybody, in their order; in turn, of each one's turn.

    An alert that was not written stands behind them, so that the facts of the flow are read as they will be.
    """
    with tenant_scope(flow.tenant_id):
        plan = flow_plan(flow)
        text = "TEST: " + render(plan.text, sample(plan.text)).text
        alert = Alert(pk=-1, tenant=flow.tenant, flow=flow, source=Alert.Source.TEST, opened_by=actor, opened_at=at)
        rows = [
            Notification(
                pk=-place,
                tenant=flow.tenant,
                purpose=Purpose.PAGE.value,
                channel=person.channel.value,
                alert=alert,
                member=person.member,
                number=person.number or "",
                address=person.member.email if person.channel is Channel.EMAIL else "",
                body=text,
                ack_code="" if person.channel is Channel.EMAIL else _SOME_CODE,
                created_at=at,
                due_at=at,
                expires_at=at + plan.validity,
                sent_by=actor,
            )
            for place, person in enumerate(who_is_paged(flow), start=1)
        ]
        return imagined(rows, now=at)

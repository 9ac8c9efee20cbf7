"""What tests of escalations share: a clock that is moved by hand, flows with several steps, and who was paged when."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from members.models import Group, Member
from notifications.flows.advance import advance_due
from notifications.flows.open_alert import open_alert
from notifications.models import Alert, Flow, Notification, Step, StepRecipient
from tenants.models import Tenant
from tenants.scope import platform_scope, tenant_scope

MINUTE = timedelta(minutes=1)
#: A Saturday.
BEGAN = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)


@dataclass(slots=True)
class Clock:
    """The time that the shipped code is told."""

    now: datetime = BEGAN

    def __call__(self) -> datetime:
        return self.now

    def passes(self, span: timedelta) -> None:
        self.now += span


def flow_of(
    tenant: Tenant,
    *steps: list[Member | Group],
    name: str = "Crane down",
    repeats: int = 0,
    wait: timedelta = 5 * MINUTE,
) -> Flow:
    """A flow whose steps page these people, all at once; needs the tenant's scope."""
    flow = Flow.objects.create(
        tenant=tenant, name=name, slug=name.lower().replace(" ", "-"), text="{service} is down", repeats=repeats
    )
    for position, recipients in enumerate(steps):
        step = Step.objects.create(tenant=tenant, flow=flow, position=position, wait=wait)
        for place, one in enumerate(recipients):
            named: dict[str, Any] = {"member": one} if isinstance(one, Member) else {"group": one}
            StepRecipient.objects.create(tenant=tenant, step=step, position=place, **named)
    return flow


def fires(flow: Flow, *, at: datetime, **fields: Any) -> Alert:
    with tenant_scope(flow.tenant_id):
        values: dict[str, Any] = {
            "payload": {"service": "Pump 3"},
            "source": Alert.Source.HOOK,
            "actor": None,
            **fields,
        }
        return open_alert(flow, at=at, **values)


def paged(alert: Alert, *, since: datetime = BEGAN) -> list[tuple[int, str]]:
    """Who was paged how many seconds after the beginning."""
    with platform_scope():
        rows = Notification.objects.filter(alert=alert).select_related("member").order_by("pk")
        return [(int((row.created_at - since).total_seconds()), row.member.name if row.member else "") for row in rows]


def dies(alert: Alert, who: str, *, status: str = "skipped", reason: str = "SCHEDULE-1") -> None:
    """The newest page to this member ends so."""
    with platform_scope():
        row = Notification.objects.filter(alert=alert, member__name=who).order_by("-pk")[0]
        Notification.objects.filter(pk=row.pk).update(status=status, reason=reason, reason_text="Not at this hour.")


def steps(alert: Alert) -> list[tuple[int, int, int, str]]:
    """Round, position, place and outcome of each rung."""
    with platform_scope():
        rows = alert.steps.order_by("round", "position", "place")
        return [(row.round, row.position, row.place, row.outcome) for row in rows]


def runs_for(clock: Clock, span: timedelta, *, every: timedelta = timedelta(seconds=1)) -> None:
    """Have the workers look as often as the tick wakes them."""
    until = clock.now + span
    while clock.now < until:
        clock.passes(every)
        advance_due(clock=clock)

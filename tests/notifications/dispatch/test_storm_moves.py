"""Whatever meets a storm in whatever order, no page of it is lost."""

from collections import Counter
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifications.dispatch.expire import expire
from notifications.flows.resolve import resolve
from notifications.models import Alert, Attempt, Flow, Notification
from tenants.scope import platform_scope, tenant_scope
from tests.cast import Cast
from tests.notifications.dispatch.conftest import attempts
from tests.notifications.dispatch.storming import (
    deliver,
    intended,
    never_left,
    says_one,
    storm,
)
from tests.notifications.escalating import BEGAN, Clock, fires, flow_of
from tests.sandbox.process import RunningSandbox


@given(st.lists(st.sampled_from(["fire", "another", "acknowledge", "resolve", "fail", "deliver", "wait"]), max_size=25))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_page_is_ever_lost(cast: Cast, sandbox: RunningSandbox, acts: list[str]) -> None:
    """Whatever happens in whatever order, each page was attempted, or is inside one that was, or says why not."""
    clock = Clock()
    with platform_scope():
        Alert.objects.filter(resolved_at__isnull=True).update(resolved_at=clock.now)
        Notification.objects.update(created_at=BEGAN - timedelta(days=2))
        Attempt.objects.update(committed_at=BEGAN - timedelta(days=2))
    with tenant_scope(cast.harbor.pk):
        name = f"Storm {Flow.objects.count()}"
        flow = flow_of(cast.harbor, [cast.ben], name=name)
    before = max((row.pk for row in _all_pages()), default=0)
    for act in [*acts, "wait", "deliver", "wait", "deliver"]:
        _act(act, cast, flow, clock)
    deliver(clock)
    clock.passes(timedelta(hours=2))
    expire(now=clock.now)
    rows = {row.pk: row for row in _all_pages() if row.pk > before}
    fired = acts.count("fire") * 3 + acts.count("another")
    assert len(rows) == fired
    for row in rows.values():
        if row.status == "merged":
            carrier = rows[row.merged_into_id or 0]
            assert (carrier.status != "merged", len(attempts(carrier)) > 0, attempts(row)) == (True, True, [])
        else:
            assert attempts(row) or row.reason, row.status
    carriers = Counter(row.merged_into_id for row in rows.values() if row.merged_into_id)
    assert all(f"({count + 1} alerts since " in rows[key or 0].body for key, count in carriers.items())


def _all_pages() -> list[Notification]:
    with platform_scope():
        return list(Notification.objects.filter(purpose="page").order_by("pk"))


def _act(act: str, cast: Cast, flow: Flow, clock: Clock) -> None:
    if act == "fire":
        storm(flow, clock, alerts=3)
    elif act == "another":
        fires(flow, at=clock.now, payload={"service": "Pump 4"})
    elif act == "acknowledge":
        says_one(cast, clock)
    elif act == "resolve":
        with tenant_scope(cast.harbor.pk):
            alert = Alert.objects.filter(flow=flow, resolved_at__isnull=True, acknowledged_at__isnull=True).first()
            if alert is not None:
                resolve(alert, actor=cast.ana, at=clock.now)
    elif act == "fail":
        never_left(intended(clock), clock)
    elif act == "deliver":
        deliver(clock)
    else:
        clock.passes(timedelta(seconds=25))

"""An alert that is resolved by hand: nobody needs to answer any more, and what had not gone is cancelled."""

import pytest

from notifications.flows.acknowledge import AckOutcome, acknowledge
from notifications.flows.resolve import resolve
from notifications.models import Notification
from tenants.models import AuditEntry
from tests.cast import Cast, add_member
from tests.notifications.escalating import MINUTE, Clock, dies, fires, flow_of, paged, runs_for, steps


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_what_waits_is_cancelled_with_who_and_when_and_no_later_step_fires(harbor: Cast, clock: Clock) -> None:
    ana = add_member(harbor.harbor, name="Ana", number="+12065557001")
    alert = fires(flow_of(harbor.harbor, [harbor.ben, ana], [ana]), at=clock.now)
    dies(alert, "Ben", status="delivered")
    resolved = resolve(alert, actor=harbor.ana, at=clock.now)
    assert (resolved.done, resolved.cancelled) == (True, 1)
    ben, waited = Notification.objects.order_by("pk")
    assert (ben.status, waited.status, waited.reason) == ("delivered", "cancelled", "ROW-3")
    assert waited.reason_text == ("Ana resolved this alert at 15:00:00 UTC on 2026-11-21, before this message went.")
    runs_for(clock, 10 * MINUTE, every=MINUTE)
    assert paged(alert) == [(0, "Ben"), (0, "Ana")]
    assert steps(alert) == [(0, 0, 0, "paged"), (0, 1, 0, "cancelled")]
    alert.refresh_from_db()
    assert (alert.resolved_by, alert.ended_at) == (harbor.ana, None)
    assert AuditEntry.objects.filter(code="alert.resolved", subject_id=alert.public_id).count() == 1


def test_what_is_over_is_resolved_no_second_time_and_a_late_answer_changes_nothing(harbor: Cast, clock: Clock) -> None:
    alert = fires(flow_of(harbor.harbor, [harbor.ben]), at=clock.now)
    dies(alert, "Ben", status="delivered")
    assert resolve(alert, actor=harbor.ana, at=clock.now).done
    assert not resolve(alert, actor=harbor.ana, at=clock.now).done
    late = acknowledge(Notification.objects.get(), via="sms", at=clock.now, by_member=harbor.ben)
    assert late.outcome is AckOutcome.ALREADY
    assert AuditEntry.objects.filter(code="alert.resolved").count() == 1

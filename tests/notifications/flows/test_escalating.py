"""An escalation goes on to the second, at once where nobody can be reached, and never twice."""

import logging
from datetime import timedelta

import pytest

from members.models import Group, GroupPlace, Member
from notifications.flows.acknowledge import acknowledge
from notifications.flows.advance import advance_due
from notifications.models import Alert, AlertStep, Flow, Notification, Step
from notifications.queries.escalations import is_escalation_due
from tenants.models import AuditEntry
from tenants.scope import platform_scope
from tests.cast import BEN_NUMBER, Cast, add_member
from tests.notifications.escalating import BEGAN, MINUTE, Clock, dies, fires, flow_of, paged, runs_for, steps

SECOND = timedelta(seconds=1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def _people(cast: Cast, *names: str) -> list[Member]:
    return [add_member(cast.harbor, name=name, number=f"+1206555{place:04}") for place, name in enumerate(names, 7000)]


def _is_due(clock: Clock) -> bool:
    with platform_scope():
        return is_escalation_due(now=clock.now)


def test_each_step_fires_at_its_second_and_after_the_last_wait_nobody_answered(harbor: Cast, clock: Clock) -> None:
    ana, cyn = _people(harbor, "Ana", "Cyn")
    alert = fires(flow_of(harbor.harbor, [harbor.ben], [ana, cyn], repeats=1), at=clock.now)
    clock.passes(5 * MINUTE - SECOND)
    assert not _is_due(clock)
    assert advance_due(clock=clock) == 0
    clock.passes(SECOND)
    assert _is_due(clock)
    assert advance_due(clock=clock) == 2
    runs_for(clock, 20 * MINUTE, every=30 * SECOND)
    assert paged(alert) == [(0, "Ben"), (300, "Ana"), (300, "Cyn"), (600, "Ben"), (900, "Ana"), (900, "Cyn")]
    alert.refresh_from_db()
    assert alert.ended_at == BEGAN + 20 * MINUTE
    assert not _is_due(clock)
    page = Notification.objects.filter(member=ana).order_by("pk")[0]
    assert (page.status, page.due_at, page.expires_at) == ("queued", BEGAN + 5 * MINUTE, BEGAN + 35 * MINUTE)


def test_in_turn_the_wait_lies_between_them_and_the_group_stays_as_it_was_when_the_step_fired(
    harbor: Cast, clock: Clock
) -> None:
    ana, cyn, dan = _people(harbor, "Ana", "Cyn", "Dan")
    group = Group.objects.create(tenant=harbor.harbor, name="On call")
    for place, member in enumerate([ana, cyn]):
        GroupPlace.objects.create(tenant=harbor.harbor, group=group, member=member, position=place)
    flow = flow_of(harbor.harbor, [group], [harbor.ben])
    Step.objects.filter(flow=flow, position=0).update(mode=Step.Mode.IN_TURN)
    alert = fires(flow, at=clock.now)
    GroupPlace.objects.filter(group=group, member=ana).update(member=dan)
    runs_for(clock, 10 * MINUTE, every=MINUTE)
    assert paged(alert) == [(0, "Ana"), (300, "Cyn"), (600, "Ben")]


@pytest.mark.parametrize("status", ["skipped", "failed", "quota_exceeded", "expired", "cancelled"])
def test_the_next_is_paged_at_once_when_the_last_page_of_a_step_can_reach_nobody(
    harbor: Cast, clock: Clock, status: str
) -> None:
    ana, cyn = _people(harbor, "Ana", "Cyn")
    alert = fires(flow_of(harbor.harbor, [harbor.ben, ana], [cyn]), at=clock.now)
    clock.passes(7 * SECOND)
    dies(alert, "Ben", status=status)
    assert advance_due(clock=clock) == 0
    row = Notification.objects.get(member=harbor.ben)
    # Ana was paged at the same time, so nobody else is.
    assert (row.tried_next, paged(alert)) == ("Ana, paged at the same time", [(0, "Ben"), (0, "Ana")])
    dies(alert, "Ana", status=status)
    assert _is_due(clock)
    assert advance_due(clock=clock) == 1
    assert paged(alert)[2:] == [(7, "Cyn")]
    assert [row.tried_next for row in Notification.objects.order_by("pk")] == ["Cyn", "Cyn", ""]
    assert steps(alert) == [(0, 0, 0, "nobody"), (0, 1, 0, "paged")]
    assert AuditEntry.objects.filter(code="alert.step_reached_nobody", subject_id=alert.public_id).count() == 1
    assert not _is_due(clock)


@pytest.mark.parametrize("status", ["held", "sending", "sent", "delivered", "unconfirmed"])
def test_a_page_that_may_still_arrive_is_waited_for(harbor: Cast, clock: Clock, status: str) -> None:
    (ana,) = _people(harbor, "Ana")
    alert = fires(flow_of(harbor.harbor, [harbor.ben], [ana]), at=clock.now)
    dies(alert, "Ben", status=status)
    clock.passes(SECOND)
    assert not _is_due(clock)
    assert advance_due(clock=clock) == 0


def test_a_new_round_is_never_at_once_and_the_row_says_who_was_tried_when_it_comes(harbor: Cast, clock: Clock) -> None:
    alert = fires(flow_of(harbor.harbor, [harbor.ben], repeats=1), at=clock.now)
    dies(alert, "Ben")
    runs_for(clock, 5 * MINUTE, every=MINUTE)
    assert paged(alert) == [(0, "Ben"), (300, "Ben")]
    assert Notification.objects.order_by("pk")[0].tried_next == "Ben, in round 2"
    dies(alert, "Ben")
    runs_for(clock, SECOND)
    alert.refresh_from_db()
    assert alert.ended_at == clock.now
    assert Notification.objects.order_by("-pk")[0].tried_next == "nobody, as no other step was left"


def test_a_page_that_is_called_undelivered_after_the_wait_makes_the_step_one_that_reached_nobody(
    harbor: Cast, clock: Clock
) -> None:
    (ana,) = _people(harbor, "Ana")
    alert = fires(flow_of(harbor.harbor, [harbor.ben], [ana]), at=clock.now)
    runs_for(clock, 5 * MINUTE, every=5 * MINUTE)
    dies(alert, "Ben", status="failed")
    advance_due(clock=clock)
    assert steps(alert)[0][3] == "paged"
    advance_due(clock=clock, late=True)
    assert steps(alert)[0][3] == "nobody"
    assert paged(alert) == [(0, "Ben"), (300, "Ana")]
    assert Notification.objects.get(member=harbor.ben).tried_next == "Ana"


def test_a_disabled_flow_pages_nobody_any_more(harbor: Cast, clock: Clock) -> None:
    (ana,) = _people(harbor, "Ana")
    alert = fires(flow_of(harbor.harbor, [harbor.ben], [ana]), at=clock.now)
    Flow.objects.filter(pk=alert.flow_id).update(is_enabled=False)
    runs_for(clock, 5 * MINUTE, every=MINUTE)
    assert paged(alert) == [(0, "Ben")]
    assert steps(alert) == [(0, 0, 0, "paged"), (0, 1, 0, "cancelled")]
    assert not _is_due(clock)


def test_nobody_is_paged_after_an_acknowledgement(harbor: Cast, clock: Clock) -> None:
    (ana,) = _people(harbor, "Ana")
    alert = fires(flow_of(harbor.harbor, [harbor.ben], [ana]), at=clock.now)
    dies(alert, "Ben", status="delivered")
    acknowledge(Notification.objects.get(), via="sms", at=clock.now, by_member=harbor.ben)
    runs_for(clock, 10 * MINUTE, every=MINUTE)
    assert paged(alert) == [(0, "Ben")]
    assert steps(alert) == [(0, 0, 0, "paged"), (0, 1, 0, "cancelled")]
    alert.refresh_from_db()
    assert alert.ended_at is None


def test_one_alert_that_cannot_be_read_holds_up_no_other_and_is_loud(
    harbor: Cast, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    (ana,) = _people(harbor, "Ana")
    flow = flow_of(harbor.harbor, [harbor.ben], [ana])
    broken, whole = fires(flow, at=clock.now), fires(flow, at=clock.now)
    Alert.objects.filter(pk=broken.pk).update(flow_snapshot={"flow": {}})
    clock.passes(5 * MINUTE)
    with caplog.at_level(logging.ERROR):
        assert advance_due(clock=clock) == 1
    assert (len(paged(broken)), len(paged(whole))) == (1, 2)
    assert f"alert {broken.pk} cannot be moved on" in caplog.text
    # It is not looked at again and again, and is tried again all the same.
    assert not _is_due(clock)
    Alert.objects.filter(pk=broken.pk).update(flow_snapshot=whole.flow_snapshot)
    runs_for(clock, MINUTE, every=MINUTE)
    assert paged(broken) == [(0, "Ben"), (360, "Ana")]


def test_pages_of_a_test_are_their_senders_own_and_those_of_a_machine_nobodys(harbor: Cast, clock: Clock) -> None:
    (ana,) = _people(harbor, "Ana")
    flow = flow_of(harbor.harbor, [harbor.ben], [ana])
    fires(flow, at=clock.now, source=Alert.Source.TEST, actor=harbor.ana)
    fires(flow, at=clock.now, source=Alert.Source.COMMAND, actor=harbor.ana)
    runs_for(clock, 5 * MINUTE, every=MINUTE)
    by_text = {(row.body.startswith("TEST"), row.sent_by) for row in Notification.objects.select_related("sent_by")}
    assert by_text == {(True, harbor.ana), (False, None)}


def test_by_e_mail_a_page_goes_to_the_address_and_has_no_number_and_no_code(harbor: Cast, clock: Clock) -> None:
    (ana,) = _people(harbor, "Ana")
    Member.objects.filter(pk=ana.pk).update(email="")
    flow = flow_of(harbor.harbor, [harbor.ben, ana])
    Step.objects.filter(flow=flow).update(channels=["sms", "email"])
    fires(flow, at=clock.now)
    rows = Notification.objects.order_by("pk")
    assert [(row.channel, row.number, row.address, bool(row.ack_code)) for row in rows] == [
        ("sms", BEN_NUMBER, "", True),
        ("email", "", "ben@harbor.example", False),
        ("sms", "+12065557000", "", True),
        ("email", "", "", False),
    ]


def test_two_looks_at_the_same_moment_fire_it_once(harbor: Cast, clock: Clock) -> None:
    (ana,) = _people(harbor, "Ana")
    alert = fires(flow_of(harbor.harbor, [harbor.ben], [ana]), at=clock.now)
    clock.passes(5 * MINUTE)
    assert [advance_due(clock=clock), advance_due(clock=clock)] == [1, 0]
    assert AlertStep.objects.filter(alert=alert).count() == 2

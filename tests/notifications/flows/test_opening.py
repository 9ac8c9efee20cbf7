"""What one firing writes: the alert with its snapshot, its steps, and the pages of the step that is due."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from members.consent.keywords import read_reply
from members.models import Group, GroupPlace, Member
from notifications.core.snapshot import FlowPlan
from notifications.flows.open_alert import open_alert
from notifications.models import Alert, AlertStep, Flow, Notification, Step, StepRecipient
from notifications.operations.alerts import fire_test
from notifications.queries.flows import who_is_paged
from tenants.models import AuditEntry
from tests.cast import BEN_NUMBER, Cast, add_flow, add_member

AT = timezone.now()


def _open(flow: Flow, **payload: str) -> Alert:
    return open_alert(flow, payload=payload, source=Alert.Source.COMMAND, actor=None, at=AT)


def _group(cast: Cast, *members: Member) -> Group:
    group = Group.objects.create(tenant=cast.harbor, name="On call")
    for place, member in enumerate(members):
        GroupPlace.objects.create(tenant=cast.harbor, group=group, member=member, position=place)
    return group


def test_a_firing_writes_the_text_the_page_and_the_audit_entry(harbor: Cast) -> None:
    alert = _open(harbor.flow, service="Pump 3")
    page = Notification.objects.get()
    assert alert.text == page.body == "Pump 3 is down"
    assert (page.purpose, page.channel, page.number, page.status) == ("page", "sms", BEN_NUMBER, "queued")
    assert (page.due_at, page.expires_at) == (AT, AT + harbor.flow.validity)
    assert len(page.ack_code) == 4
    assert page.alert_step is not None
    assert (page.alert_step.outcome, page.alert_step.fired_at) == ("paged", AT)
    assert AuditEntry.objects.get(code="alert.opened").subject_id == alert.public_id


def test_the_snapshot_keeps_the_flow_as_it_was_and_reads_back(harbor: Cast) -> None:
    alert = _open(harbor.flow)
    Flow.objects.filter(pk=harbor.flow.pk).update(name="Renamed", text="Other")
    StepRecipient.objects.all().delete()
    alert.refresh_from_db()
    plan = FlowPlan.from_json(alert.flow_snapshot)
    assert (plan.name, plan.text, plan.validity) == ("Pump down", "{service} is down", timedelta(minutes=30))
    assert [recipient.name for recipient in plan.steps[0].recipients] == ["Ben"]
    assert plan.as_json() == alert.flow_snapshot


def test_groups_are_expanded_in_their_order_and_each_member_once(harbor: Cast) -> None:
    ana, cyn, dan = (add_member(harbor.harbor, name=name, number=None) for name in ("Ana", "Cyn", "Dan"))
    Member.objects.filter(pk=dan.pk).update(is_active=False)
    flow = add_flow(harbor.harbor, name="Mixed", members=[cyn])
    group = _group(harbor, ana, harbor.ben, cyn, dan)
    StepRecipient.objects.create(tenant=harbor.harbor, step=flow.steps.get(), group=group, position=5)
    _open(flow)
    pages = Notification.objects.order_by("id")
    # Dan left: his page is written all the same, so that the log can say why he was not reached.
    assert [(page.member_id, page.number) for page in pages] == [
        (cyn.pk, ""),
        (ana.pk, ""),
        (harbor.ben.pk, BEN_NUMBER),
        (dan.pk, ""),
    ]
    assert [(person.member.name, person.number) for person in who_is_paged(flow)] == [
        ("Cyn", None),
        ("Ana", None),
        ("Ben", BEN_NUMBER),
        ("Dan", None),
    ]


def test_in_turn_pages_the_first_alone_and_keeps_a_place_for_each_of_the_others(harbor: Cast) -> None:
    ana = add_member(harbor.harbor, name="Ana", number=None)
    flow = add_flow(harbor.harbor, name="Turn", members=[harbor.ben, ana])
    flow.steps.update(mode=Step.Mode.IN_TURN, channels=["sms", "voice"])
    Step.objects.create(tenant=harbor.harbor, flow=flow, position=1)
    _open(flow)
    assert [(page.member_id, page.channel) for page in Notification.objects.order_by("id")] == [
        (harbor.ben.pk, "sms"),
        (harbor.ben.pk, "voice"),
    ]
    steps = AlertStep.objects.order_by("position", "place")
    assert [(step.position, step.place, step.outcome, step.due_at) for step in steps] == [
        (0, 0, "paged", AT),
        (0, 1, "waiting", AT + timedelta(minutes=5)),
        (1, 0, "waiting", None),
    ]
    assert [step.member_id for step in steps] == [harbor.ben.pk, ana.pk, None]
    assert [(person.member.name, person.place) for person in who_is_paged(flow)] == [
        ("Ben", 0),
        ("Ben", 0),
        ("Ana", 1),
        ("Ana", 1),
    ]


def test_a_step_of_an_empty_group_costs_no_wait(harbor: Cast) -> None:
    flow = add_flow(harbor.harbor, name="Empty first", members=[])
    StepRecipient.objects.create(tenant=harbor.harbor, step=flow.steps.get(), group=_group(harbor))
    second = Step.objects.create(tenant=harbor.harbor, flow=flow, position=1)
    StepRecipient.objects.create(tenant=harbor.harbor, step=second, member=harbor.ben)
    _open(flow)
    assert Notification.objects.get().member_id == harbor.ben.pk
    assert [step.outcome for step in AlertStep.objects.order_by("position")] == ["nobody", "paged"]


def test_open_pages_on_one_number_never_share_a_code(harbor: Cast) -> None:
    for _ in range(40):
        _open(harbor.flow)
    codes = list(Notification.objects.values_list("ack_code", flat=True))
    assert len(set(codes)) == 40
    assert all(read_reply(code, opt_out_type=None).code == code for code in codes)
    assert all(read_reply(f"1 {code}", opt_out_type=None).code == code for code in codes)


def test_200_recipients_cost_as_many_queries_as_2(
    harbor: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    people = [add_member(harbor.harbor, name=f"P{n}", number=f"+1206555{n:04}") for n in range(1000, 1200)]
    few = add_flow(harbor.harbor, name="Few", members=people[:2])
    many = add_flow(harbor.harbor, name="Many", members=people)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as spent:
        _open(few)
    with django_assert_num_queries(len(spent)):
        _open(many)
    assert len(spent) < 25
    assert Notification.objects.count() == 202


def test_a_test_alert_pages_for_real_and_says_that_it_is_a_test(harbor: Cast) -> None:
    Flow.objects.filter(pk=harbor.flow.pk).update(text="{service} at {site.name} is down")
    harbor.flow.refresh_from_db()
    alert = fire_test(harbor.flow, actor=harbor.ana, at=AT)
    assert isinstance(alert, Alert)
    assert alert.text == "TEST: service at name is down"
    assert (alert.source, alert.opened_by) == ("test", harbor.ana)


def test_a_disabled_flow_fires_no_test(harbor: Cast) -> None:
    harbor.flow.is_enabled = False
    refused = fire_test(harbor.flow, actor=harbor.ana, at=AT)
    assert not isinstance(refused, Alert)
    assert refused.code == "TRIGGER-5"
    assert not Alert.objects.exists()


def test_an_alert_that_cannot_be_written_whole_is_not_written_at_all(harbor: Cast) -> None:
    harbor.flow.validity = timedelta(days=3_000_000)
    with pytest.raises(OverflowError):
        _open(harbor.flow)
    assert not Alert.objects.exists()

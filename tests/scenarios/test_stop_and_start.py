"""A person texts STOP: it counts at once, for every flow and every tenant; START is the way back."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members.models import Member
from members.queries import standing_of
from notifications.dispatch.deliver import deliver_due
from notifications.models import Alert, Flow, Notification
from notifications.operations.alerts import fire
from tenants.models import Tenant
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, SENDER_NUMBER, add_flow, add_member
from tests.consenting import agree
from tests.scenarios.conftest import Story


def fires(flow: Flow, *, tenant: Tenant) -> Notification:
    """Fire `flow` from a command, let a worker do its round, and return the page as it stands then."""
    with tenant_scope(tenant.pk):
        alert = fire(flow, payload={"service": "pump 4"}, actor=None, at=timezone.now())
    assert isinstance(alert, Alert)
    deliver_due(clock=timezone.now, owner="worker-1", for_seconds=5)
    with platform_scope():
        return Notification.objects.get(alert=alert)


def pages(story: Story) -> list[str]:
    """The pages that reached Ben's handset; what the provider itself answers to keywords is none."""
    return [text["body"] for text in story.texts(BEN_NUMBER) if "is down" in text["body"]]


def diagnosis_page(story: Story, row: Notification, *, reader: object) -> str:
    client = Client()
    client.force_login(reader)  # type: ignore[arg-type]
    return client.get(reverse("admin:notifications_notification_do_diagnose", args=[row.pk])).content.decode()


@pytest.mark.row(9, 10)
def test_a_stop_in_answer_to_one_flow_silences_every_flow_without_a_call_to_the_provider(story: Story) -> None:
    with tenant_scope(story.cast.harbor.pk):
        other = add_flow(story.cast.harbor, name="Gate open", members=[story.cast.ben])
    first = fires(story.cast.flow, tenant=story.cast.harbor)
    assert first.status in {"sent", "delivered"}
    assert len(pages(story)) == 1
    assert story.sandbox.reply(BEN_NUMBER, "STOP")["webhook"]["status"] == 200
    with platform_scope():
        said = standing_of(story.cast.ben, channel="sms", at=timezone.now())
    assert said is not None
    assert said.state == "opted_out"
    for flow in (story.cast.flow, other):
        row = fires(flow, tenant=story.cast.harbor)
        assert (row.status, row.reason) == ("skipped", "CONSENT-3")
        with platform_scope():
            assert not row.attempts.exists(), "no provider was called"
    assert len(pages(story)) == 1


@pytest.mark.row(11)
def test_a_stop_heard_by_ridge_silences_the_number_at_harbor_which_learns_no_more_than_that(story: Story) -> None:
    ridge = story.cast.ridge
    with tenant_scope(ridge.pk):
        rita: Member = add_member(ridge, name="Rhona", number=BEN_NUMBER)
        flow = add_flow(ridge, name="Ridge flow", members=[rita])
    agree(rita, tenant=ridge)
    assert fires(flow, tenant=ridge).status in {"sent", "delivered"}
    assert fires(story.cast.flow, tenant=story.cast.harbor).status in {"sent", "delivered"}
    story.sandbox.reply(BEN_NUMBER, "STOP")
    row = fires(story.cast.flow, tenant=story.cast.harbor)
    assert (row.status, row.reason) == ("skipped", "CONSENT-3")
    page = diagnosis_page(story, row, reader=story.cast.ana)
    assert "opted out" in page
    for foreign in ("Ridge", "Rhona", ridge.public_id, rita.public_id):
        assert foreign not in page


@pytest.mark.row(12)
def test_start_from_the_handset_is_the_way_back_and_the_diagnosis_says_which_number_to_text(story: Story) -> None:
    fires(story.cast.flow, tenant=story.cast.harbor)
    story.sandbox.reply(BEN_NUMBER, "STOP")
    row = fires(story.cast.flow, tenant=story.cast.harbor)
    assert row.status == "skipped"
    assert f"START to {SENDER_NUMBER}" in diagnosis_page(story, row, reader=story.cast.ana)
    story.sandbox.reply(BEN_NUMBER, "START", to=SENDER_NUMBER)
    assert fires(story.cast.flow, tenant=story.cast.harbor).status in {"sent", "delivered"}
    assert len(pages(story)) == 2


@pytest.mark.row(27, 28)
def test_an_answer_by_text_cancels_the_sibling_that_did_not_go_and_both_rows_say_so(story: Story) -> None:
    harbor = story.cast.harbor
    with tenant_scope(harbor.pk):
        dana = add_member(harbor, name="Dana", number="+12065550155")
        flow = add_flow(harbor, name="Both", members=[story.cast.ben, dana])
        alert = fire(flow, payload={"service": "pump 5"}, actor=None, at=timezone.now())
        assert isinstance(alert, Alert)
        waiting = Notification.objects.get(alert=alert, member=dana)
        # Not due yet, as in a step that pages one after the other.
        Notification.objects.filter(pk=waiting.pk).update(due_at=timezone.now() + timedelta(minutes=5))
    deliver_due(clock=timezone.now, owner="worker-1", for_seconds=5)
    story.sandbox.reply(BEN_NUMBER, "1")
    with tenant_scope(harbor.pk):
        answered = Notification.objects.get(alert=alert, member=story.cast.ben)
        waiting.refresh_from_db()
        assert (answered.status, waiting.status) == ("acknowledged", "cancelled")
        assert waiting.cancelled_by_id == answered.pk
    page = diagnosis_page(story, waiting, reader=story.cast.ana)
    assert answered.public_id in page
    assert "Ben acknowledged" in page
    page = diagnosis_page(story, answered, reader=story.cast.ana)
    assert "probably not the row you want" in page
    assert waiting.public_id in page
    assert story.texts("+12065550155") == []

"""Pages that a ruling, a provider or a carrier stops move the escalation on at once, and the rows say to whom."""

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from members.models import Member
from members.operations import set_week
from members.schedules.week import Window
from notifications.dispatch.deliver import deliver_due
from notifications.dispatch.expire import expire
from notifications.flows.acknowledge import acknowledge
from notifications.flows.advance import advance_due
from notifications.models import Alert, Notification, ProviderBlock, Sender, Step
from notifications.sandbox.defaults import AZURE_HOST
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, Cast
from tests.notifications.dispatch.conftest import attempts, person
from tests.notifications.escalating import BEGAN, MINUTE, Clock, fires, flow_of, paged
from tests.notifications.webhooks.azure_posts import KEY, azure_account, azure_sender, post
from tests.sandbox.event_receiver import event_receiver
from tests.sandbox.process import RunningSandbox, eventually

Texts = Callable[[Member], list[dict[str, Any]]]
#: The sandbox refuses it as one that has opted out.
OPTED_OUT = "+12065551610"


@pytest.fixture
def clock() -> Clock:
    return Clock()


def _works(clock: Clock) -> None:
    """What the workers do until nothing is due: hand over, move on, and hand over what came of that."""
    for _ in range(4):
        deliver_due(clock=clock, owner="worker-1", for_seconds=5)
        advance_due(clock=clock)


def _row(alert: Alert, who: Member) -> Notification:
    with platform_scope():
        return Notification.objects.filter(alert=alert, member=who).order_by("-pk")[0]


def _opens(cast: Cast, clock: Clock, *steps: list[Any], **options: Any) -> Alert:
    with tenant_scope(cast.harbor.pk):
        flow = flow_of(cast.harbor, *steps, **options)
    return fires(flow, at=clock.now)


def _diagnosis(cast: Cast, row: Notification) -> str:
    client = Client()
    client.force_login(cast.ana)
    return client.get(reverse("admin:notifications_notification_do_diagnose", args=[row.pk])).content.decode()


@pytest.mark.row(36)
def test_outside_their_schedule_a_member_is_skipped_and_the_next_in_order_is_paged_at_once(
    cast: Cast, sandbox: RunningSandbox, texts: Texts, clock: Clock
) -> None:
    dana, eve = person(cast, number="+12067770001"), person(cast, number="+12067770002", name="Eve")
    with tenant_scope(cast.harbor.pk):
        office = [Window(day, time(9), time(17)) for day in range(5)]
        for member in (cast.ben, dana):
            assert set_week(member, windows=office, actor=cast.ana, at=BEGAN)
        flow = flow_of(cast.harbor, [cast.ben, dana, eve])
        Step.objects.filter(flow=flow).update(mode=Step.Mode.IN_TURN)
    alert = fires(flow, at=clock.now)
    _works(clock)
    # It is a Saturday: both were passed over within the same second, though the wait between them is five minutes.
    assert paged(alert) == [(0, "Ben"), (0, "Dana"), (0, "Eve")]
    ben, after = _row(alert, cast.ben), _row(alert, dana)
    assert (ben.status, ben.reason, ben.tried_next) == ("skipped", "SCHEDULE-1", "Dana")
    assert (after.status, after.reason, after.tried_next) == ("skipped", "SCHEDULE-1", "Eve")
    assert "09:00-17:00" in ben.reason_text
    assert "Sat 21 Nov 2026" in ben.reason_text
    assert attempts(ben) == []
    assert (texts(cast.ben), len(texts(eve))) == ([], 1)
    page = _diagnosis(cast, after)
    assert "ESCALATION-1" in page
    assert "Eve was tried next" in page
    # Eve is free, so that nobody else is paged.
    clock.passes(5 * MINUTE)
    _works(clock)
    assert len(paged(alert)) == 3


@pytest.mark.case("O14")
def test_a_number_that_the_provider_calls_opted_out_is_tried_nowhere_else_and_the_next_is_paged_at_once(
    cast: Cast, sandbox: RunningSandbox, texts: Texts, clock: Clock
) -> None:
    dana = person(cast, number=OPTED_OUT)
    alert = _opens(cast, clock, [dana], [cast.ben])
    _works(clock)
    assert paged(alert) == [(0, "Dana"), (0, "Ben")]
    row = _row(alert, dana)
    assert (row.status, row.reason, row.tried_next) == ("failed", "TWILIO-21610", "Ben")
    (attempt,) = attempts(row)
    assert (attempt.provider, attempt.fault_code) == ("twilio", "21610")
    with platform_scope():
        assert ProviderBlock.objects.filter(number=OPTED_OUT, state="active").exists()
    assert len(texts(cast.ben)) == 1


@pytest.mark.case("O15")
def test_a_report_of_azure_that_the_recipient_opted_out_moves_on_as_a_refusal_does(
    cast: Cast, sandbox: RunningSandbox, clock: Clock, settings: Any
) -> None:
    settings.AZURE_BASE_URL, settings.AZURE_EVENTS_KEYS = sandbox.url, [KEY]
    azure = azure_sender(azure_account(host=AZURE_HOST))
    with platform_scope():
        Sender.objects.exclude(pk=azure.pk).update(is_active=False)
    dana = person(cast, number=OPTED_OUT)
    with event_receiver() as events:
        sandbox.post("/subscription", url=events.url).raise_for_status()
        alert = _opens(cast, clock, [dana], [cast.ben])
        deliver_due(clock=clock, owner="worker-1", for_seconds=5)
        assert _row(alert, dana).status == "sent", "Azure takes it, and says so afterwards"
        told = eventually(lambda: [event for _, kind, event in events.posted if kind == "Notification"])
    clock.passes(timedelta(seconds=3))
    assert post(Client(), *told).status_code == 200
    with platform_scope():
        Sender.objects.update(is_active=True)
    advance_due(clock=clock)
    row = _row(alert, dana)
    assert (row.status, row.reason, row.tried_next) == ("failed", "AZURE-4007", "Ben")
    assert paged(alert)[0] == (0, "Dana")
    assert paged(alert)[1][1] == "Ben"
    with platform_scope():
        block = ProviderBlock.objects.get(number=row.number, provider="azure", state="active")
    assert (block.sender_address, block.code) == (azure.address, "4007")
    deliver_due(clock=clock, owner="worker-1", for_seconds=5)
    (attempt,) = attempts(row)
    assert (attempt.provider, attempt.fault_code) == ("azure", "4007"), "nobody else was asked"


def test_a_page_that_ran_out_before_it_could_go_moves_on(cast: Cast, clock: Clock) -> None:
    dana = person(cast, number="+12067770001")
    alert = _opens(cast, clock, [cast.ben], [dana], wait=60 * MINUTE)
    clock.passes(30 * MINUTE)
    expire(now=clock.now)
    advance_due(clock=clock)
    assert paged(alert) == [(0, "Ben"), (1800, "Dana")]
    assert (_row(alert, cast.ben).status, _row(alert, cast.ben).tried_next) == ("expired", "Dana")


@pytest.mark.row(28)
def test_an_answer_cancels_what_a_later_step_still_had_to_send_and_names_who_answered_and_when(
    cast: Cast, sandbox: RunningSandbox, texts: Texts, clock: Clock
) -> None:
    dana, eve = person(cast, number="+12067770001"), person(cast, number="+12067770002", name="Eve")
    alert = _opens(cast, clock, [cast.ben], [dana], [eve])
    _works(clock)
    clock.passes(5 * MINUTE)
    # The second step fires, and Ben answers before a worker took its page.
    advance_due(clock=clock)
    clock.passes(timedelta(seconds=1))
    ben = _row(alert, cast.ben)
    acknowledge(ben, via="sms", at=clock.now, by_member=cast.ben)
    clock.passes(30 * MINUTE)
    _works(clock)
    assert (len(texts(cast.ben)), texts(dana), texts(eve)) == (1, [], [])
    assert paged(alert) == [(0, "Ben"), (300, "Dana")]
    waited = _row(alert, dana)
    assert (waited.status, waited.cancelled_by_id) == ("cancelled", ben.pk)
    assert waited.reason_text.startswith("Ben acknowledged this alert at 15:05:01 UTC on 2026-11-21")
    page = _diagnosis(cast, waited)
    assert ben.public_id in page
    assert "Ben acknowledged" in page
    assert BEN_NUMBER in page or ben.public_id in page

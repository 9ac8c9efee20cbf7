"""A provider that fails is passed over by all workers and tried again by one message; with none left messages wait."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from members.models import Member
from notifications.core.breaker import FAULTS_TO_OPEN, FIRST_PAUSE
from notifications.diagnosis.reading import read_facts
from notifications.diagnosis.report import report
from notifications.dispatch.breakers import let_clock_move
from notifications.dispatch.claim import claim_due
from notifications.dispatch.intend import intend
from notifications.dispatch.intent import Outcome
from notifications.dispatch.join import Report, join_reports
from notifications.dispatch.record import record
from notifications.dispatch.send import answered
from notifications.models import Attempt, Breaker, Notification, ProviderAccount, ProviderBlock, Sender
from notifications.providers.base import Answer, NotProcessed, Refused
from notifications.providers.trace import Trace
from notifications.sandbox import defaults
from tenants.scope import platform_scope
from tests.cast import BEN_NUMBER, Cast
from tests.notifications.dispatch.conftest import again, attempts, message, person
from tests.notifications.dispatch.interleaving import Actor, gates, interleave, orders
from tests.notifications.dispatch.routing import Clock, breaker, changes, deliver, open_breaker, providers, state
from tests.sandbox.process import RunningSandbox

Texts = Callable[[Member], list[dict[str, Any]]]
OPTED_OUT, UNKNOWN_NUMBER = "+12065551610", "+12065551211"
LEASE = timedelta(seconds=45)
pytestmark = pytest.mark.usefixtures("sandbox")
#: Nobody listens there.
NOWHERE = "http://127.0.0.1:9"
NO_TRACE = Trace("POST", "")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def azure(cast: Cast, sandbox: RunningSandbox, settings: Any) -> Sender:
    """A second provider, after the first in line, for everybody."""
    settings.AZURE_BASE_URL = sandbox.url
    with platform_scope():
        account = ProviderAccount.objects.create(
            provider="azure", name="ACS", account_id=defaults.AZURE_HOST, secret=defaults.AZURE_ACCESS_KEY
        )
        return Sender.objects.create(account=account, address=defaults.AZURE_NUMBERS[0], priority=20)


def said(row: Notification, code: str) -> str:
    found = report(read_facts([row.pk], now=timezone.now(), zone="UTC")[row.pk])
    return next(finding.says for finding in found.findings if finding.code == code)


@pytest.mark.row(31)
@pytest.mark.usefixtures("azure")
def test_a_page_that_could_not_reach_one_provider_goes_by_the_other_and_the_report_says_so(
    cast: Cast, clock: Clock, texts: Texts, settings: Any
) -> None:
    settings.TWILIO_BASE_URL = NOWHERE
    row = message(cast.ben)
    deliver(clock)
    assert state(row) == ("held", "RETRY-2")
    clock.move(timedelta(seconds=2))
    deliver(clock)
    assert again(row).status in ("sent", "delivered")
    assert providers(row) == ["twilio", "azure"]
    assert len(texts(cast.ben)) == 1
    assert said(row, "ROUTE-3") == (
        "Azure Communication Services took this attempt in place of Twilio, since the attempt before had failed there."
    )
    assert breaker().faults == 1


@pytest.mark.usefixtures("azure")
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Refused(400, "21702", "Messaging service not available", NO_TRACE), "RETRY-4"),
        (NotProcessed(429, "20429", "Too many requests", None, NO_TRACE), "RETRY-1"),
    ],
)
def test_what_a_provider_surely_did_not_take_for_a_trouble_of_its_own_goes_by_the_other(
    cast: Cast, clock: Clock, answer: Answer, reason: str
) -> None:
    row = message(cast.ben)
    claimed = claim_due(now=clock(), limit=10, owner="worker", lease=LEASE)
    (intent,) = intend(claimed, clock=clock, owner="worker", lease=LEASE)
    record([Outcome(intent, answer, clock())])
    assert state(row) == ("held", reason)
    clock.move(timedelta(seconds=2))
    deliver(clock)
    assert providers(row) == ["twilio", "azure"]
    assert again(row).status in ("sent", "delivered")


@pytest.mark.row(31)
@pytest.mark.usefixtures("azure")
def test_a_provider_that_is_down_is_passed_over_tried_by_one_message_and_used_again(
    cast: Cast, clock: Clock, sandbox: RunningSandbox, texts: Texts
) -> None:
    sandbox.force("down", provider="twilio")
    first = [message(cast.ben) for _ in range(FAULTS_TO_OPEN)]
    deliver(clock)
    assert {state(row) for row in first} == {("unconfirmed", "UNCONFIRMED-1")}
    assert changes() == [("closed", "open", "faults")]
    assert breaker().last_fault_code == "twilio 20503"
    # An outcome that is unknown is asked about, and never given to another provider.
    assert texts(cast.ben) == []

    by_the_other = message(cast.ben)
    deliver(clock)
    assert again(by_the_other).status in ("sent", "delivered")
    assert providers(by_the_other) == ["azure"]
    assert "in place of Twilio, since its circuit breaker was open" in said(by_the_other, "ROUTE-3")

    sandbox.force(None, provider="twilio")
    clock.move(FIRST_PAUSE)
    tries = [message(cast.ben, at=clock()) for _ in range(3)]
    deliver(clock)
    assert sorted(providers(row)[0] for row in tries) == ["azure", "azure", "twilio"]
    assert changes()[1:] == [("open", "half_open", "clock"), ("half_open", "closed", "probe")]
    after = message(cast.ben, at=clock())
    deliver(clock)
    assert providers(after) == ["twilio"]


@pytest.mark.row(32)
def test_with_both_providers_down_it_is_held_nothing_is_delivered_and_it_goes_once_one_works(
    cast: Cast, azure: Sender, clock: Clock, sandbox: RunningSandbox, texts: Texts
) -> None:
    now = clock()
    open_breaker("twilio", at=now)
    open_breaker("azure", at=now + timedelta(seconds=10))
    row = message(cast.ben)
    deliver(clock)
    assert state(row) == ("held", "ROUTE-1")
    assert again(row).due_at == now + FIRST_PAUSE
    assert again(row).reason_text.startswith("No provider that could take it works at the moment, so nothing was sent.")
    found = report(read_facts([row.pk], now=clock(), zone="UTC")[row.pk])
    assert found.cause is not None
    assert (found.cause.code, found.cause.verdict.value) == ("ROUTE-1", "stopped")
    assert found.cause.says.startswith("Nothing was delivered: no provider that could take it worked")
    assert texts(cast.ben) == []
    clock.move(FIRST_PAUSE)
    deliver(clock)
    assert again(row).status in ("sent", "delivered")
    assert providers(row) == ["twilio"]


def test_messages_that_wait_for_a_route_go_as_soon_as_it_closes(cast: Cast, clock: Clock) -> None:
    open_breaker(at=clock() - FIRST_PAUSE)
    rows = [message(cast.ben) for _ in range(3)]
    claimed = claim_due(now=clock(), limit=10, owner="worker", lease=LEASE)
    intents = intend(claimed, clock=clock, owner="worker", lease=LEASE)
    assert [intent.is_trial for intent in intents] == [True]
    held = [row for row in rows if state(row) == ("held", "ROUTE-1")]
    assert len(held) == 2
    assert all(again(row).due_at > clock() for row in held)
    record([Outcome(intent, answered(intent), clock()) for intent in intents])
    assert breaker().state == "closed"
    assert all(again(row).due_at <= clock() for row in held)
    deliver(clock)
    assert {again(row).status for row in rows} <= {"sent", "delivered"}


def test_two_workers_let_exactly_one_message_try_a_route_in_whatever_order_they_meet(
    cast: Cast, clock: Clock, azure: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    dana = person(cast, number="+12065550143")
    for order in orders("one", 2, "two", 2):
        with platform_scope():
            Breaker.objects.all().delete()
            Notification.objects.all().update(status="cancelled")
        open_breaker(at=clock() - FIRST_PAUSE)
        rows = {"one": message(cast.ben), "two": message(dana)}
        for name, row in rows.items():
            with platform_scope():
                Notification.objects.filter(pk=row.pk).update(lease_owner=name, lease_until=clock() + LEASE)
        actors = [
            Actor(name, partial(intend, [row.pk], clock=clock, owner=name, lease=LEASE)) for name, row in rows.items()
        ]
        with gates(monkeypatch, "notifications.dispatch.ruled.facts_of") as gated:
            gated.extend(actors)
            interleave(order, *actors)
        found = [intent for actor in actors for intent in actor.result]
        assert sorted((one.provider, one.is_trial) for one in found) == [("azure", False), ("twilio", True)], order


def test_the_trial_of_a_worker_that_is_killed_is_given_back(cast: Cast, clock: Clock, azure: Sender) -> None:
    open_breaker(at=clock() - FIRST_PAUSE)

    def intended() -> list[tuple[str, bool]]:
        message(cast.ben, at=clock())
        claimed = claim_due(now=clock(), limit=10, owner="worker", lease=LEASE)
        return [(one.provider, one.is_trial) for one in intend(claimed, clock=clock, owner="worker", lease=LEASE)]

    assert intended() == [("twilio", True)]  # and the worker is killed
    assert intended() == [("azure", False)]
    clock.move(LEASE)
    assert intended() == [("twilio", True)]


def test_a_block_is_never_led_around_by_another_provider(cast: Cast, azure: Sender, clock: Clock, texts: Texts) -> None:
    with platform_scope():
        ProviderBlock.objects.create(
            provider="twilio",
            sender=cast.sender,
            sender_address=cast.sender.address,
            number=BEN_NUMBER,
            since=clock(),
            source=ProviderBlock.Source.REFUSED,
        )
    open_breaker(at=clock())
    row = message(cast.ben)
    deliver(clock)
    assert state(row) == ("skipped", "BLOCK-1")
    assert texts(cast.ben) == []


@pytest.mark.usefixtures("azure")
def test_an_opt_out_that_a_provider_knows_is_tried_nowhere_else(cast: Cast, clock: Clock, texts: Texts) -> None:
    dana = person(cast, number=OPTED_OUT)
    row = message(dana)
    deliver(clock)
    clock.move(timedelta(minutes=2))
    deliver(clock)
    assert state(row) == ("failed", "TWILIO-21610")
    assert providers(row) == ["twilio"]
    assert texts(dana) == []


@pytest.mark.usefixtures("azure")
def test_an_answer_stays_with_the_sender_that_was_texted(cast: Cast, clock: Clock) -> None:
    open_breaker(at=clock())
    row = message(cast.ben, reply_from=cast.sender)
    deliver(clock)
    assert state(row) == ("held", "ROUTE-1")
    assert providers(row) == []


def test_what_recipients_and_carriers_do_counts_nothing_and_costs_nothing(cast: Cast, clock: Clock) -> None:
    dana = person(cast, number=UNKNOWN_NUMBER)
    for _ in range(2 * FAULTS_TO_OPEN):
        message(dana)
    with CaptureQueriesContext(connection) as captured:
        deliver(clock)
    with platform_scope():
        assert list(Breaker.objects.all()) == []
    # The rulings read the breakers, once a batch; no answer is written there.
    asked = [query["sql"] for query in captured if "notifications_breaker" in query["sql"]]
    assert asked
    assert all(sql.startswith("SELECT") for sql in asked)
    assert len(asked) <= 3


def test_faults_of_the_providers_own_that_come_by_receipt_count_as_well(cast: Cast, clock: Clock) -> None:
    rows = [message(cast.ben) for _ in range(FAULTS_TO_OPEN)]
    deliver(clock)
    reports = [Report(attempts(row)[0].pk, "failed", "30500", "callback", clock()) for row in rows]
    join_reports(reports[:-1])
    assert (breaker().state, breaker().faults) == ("closed", FAULTS_TO_OPEN - 1)
    join_reports(reports[:-1])  # said twice, and counted once
    assert breaker().faults == FAULTS_TO_OPEN - 1
    join_reports(reports[-1:])
    assert (breaker().state, breaker().last_fault_code) == ("open", "twilio 30500")


def test_a_receipt_about_a_tenants_own_account_takes_no_provider_away_from_the_others(cast: Cast, clock: Clock) -> None:
    rows = [message(cast.ben) for _ in range(FAULTS_TO_OPEN)]
    deliver(clock)
    with platform_scope():
        # Its secret is the tenant's, who can sign any receipt with it.
        account = ProviderAccount.objects.create(
            tenant=cast.harbor, provider="twilio", name="Harbor's own", account_id="AC" + "7" * 32, secret="own"
        )
        own = Sender.objects.create(tenant=cast.harbor, account=account, address="+12065550177")
        Attempt.objects.update(sender=own)
    join_reports([Report(attempts(row)[0].pk, "failed", "30500", "callback", clock()) for row in rows])
    assert {again(row).status for row in rows} == {"failed"}
    with platform_scope():
        assert not Breaker.objects.exists()


def test_the_tick_writes_down_what_time_alone_has_changed(cast: Cast, clock: Clock) -> None:
    open_breaker(at=clock())
    assert let_clock_move(now=clock()) == 0
    assert let_clock_move(now=clock() + FIRST_PAUSE) == 1
    assert let_clock_move(now=clock() + FIRST_PAUSE) == 0
    assert breaker().state == "half_open"
    assert changes() == [("open", "half_open", "clock")]

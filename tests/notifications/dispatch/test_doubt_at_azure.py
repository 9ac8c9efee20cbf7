"""An outcome at Azure that is unknown is settled by making the same request again: nobody is texted twice."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from members.consent.handset import opt_out_from_handset
from members.models import Member
from notifications.dispatch.claim import claim_due
from notifications.dispatch.deliver import deliver_due
from notifications.dispatch.intend import intend
from notifications.dispatch.reconcile import let_lapse, reconcile
from notifications.dispatch.send import answered
from notifications.models import Notification, ProviderAccount, ProviderBlock, Sender
from notifications.sandbox import defaults
from tenants.scope import platform_scope
from tests.cast import Cast
from tests.notifications.dispatch.conftest import again, attempts, message, person
from tests.sandbox.process import RunningSandbox

Texts = Callable[[Member], list[dict[str, Any]]]
TAKEN, NOT_TAKEN, SILENT = "+12065550408", "+12065550504", "+12065552000"
pytestmark = pytest.mark.usefixtures("impatient")


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return timezone.now() + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(autouse=True)
def by_azure(cast: Cast, sandbox: RunningSandbox, settings: Any) -> Sender:
    """Azure is the only provider that messages go through."""
    settings.AZURE_BASE_URL = sandbox.url
    with platform_scope():
        Sender.objects.update(is_active=False)
        account = ProviderAccount.objects.create(
            provider="azure", name="ACS", account_id=defaults.AZURE_HOST, secret=defaults.AZURE_ACCESS_KEY
        )
        return Sender.objects.create(account=account, address=defaults.AZURE_NUMBERS[0])


def deliver(clock: Clock) -> int:
    return deliver_due(clock=clock, owner="worker-1", for_seconds=5)


def ask(clock: Clock, *, after: float) -> int:
    clock.ahead += timedelta(seconds=after)
    return reconcile(clock=clock, owner="worker-2")


def state(row: Notification) -> tuple[str, str]:
    row = again(row)
    return row.status, row.reason


@pytest.mark.row(87)
def test_a_text_that_was_taken_and_never_answered_is_known_by_its_id_and_goes_once(
    cast: Cast, clock: Clock, texts: Texts
) -> None:
    dana = person(cast, number=TAKEN)
    row = message(dana)
    deliver(clock)
    assert state(row) == ("unconfirmed", "UNCONFIRMED-1")
    assert ask(clock, after=4) == 0
    assert ask(clock, after=2) == 1
    assert again(row).status == "sent"
    (attempt,) = attempts(row)
    (text,) = texts(dana)
    assert (attempt.outcome, attempt.provider_message_id) == ("accepted", text["sid"])
    assert attempt.asked_times == 1
    first, second = attempt.trace["first_request"]["request_fields"], attempt.trace["request_fields"]
    assert first == second, "both requests are on record, under one id"
    assert attempt.exception_class == "TimeoutError"
    assert ask(clock, after=30) == ask(clock, after=1000) == 0
    assert deliver(clock) == 0


def test_a_text_that_never_arrived_goes_with_the_second_request(
    cast: Cast, clock: Clock, sandbox: RunningSandbox, texts: Texts
) -> None:
    dana = person(cast, number=NOT_TAKEN)
    row = message(dana)
    deliver(clock)
    assert ask(clock, after=6) == 1
    assert state(row) == ("unconfirmed", "UNCONFIRMED-1"), "no answer again: it is asked again later"
    assert ask(clock, after=20) == 0
    sandbox.force("delivered", to=NOT_TAKEN)
    assert ask(clock, after=15) == 1
    assert again(row).status == "sent"
    assert [attempt.asked_times for attempt in attempts(row)] == [2]
    assert len(texts(dana)) == 1


def test_a_recipient_that_azure_refuses_when_asked_again_fails_with_its_code(
    cast: Cast, clock: Clock, sandbox: RunningSandbox
) -> None:
    row = message(person(cast, number=NOT_TAKEN))
    deliver(clock)
    sandbox.force("invalid_number", to=NOT_TAKEN)
    assert ask(clock, after=6) == 1
    assert state(row) == ("failed", "AZURE-400")


@pytest.mark.row(76)
def test_a_recipient_that_azure_refuses_inside_a_202_is_on_record_with_status_and_code(
    cast: Cast, clock: Clock, texts: Texts
) -> None:
    dana = person(cast, number="+12065551211")
    row = message(dana)
    deliver(clock)
    assert state(row) == ("failed", "AZURE-400")
    (attempt,) = attempts(row)
    assert (attempt.outcome, attempt.http_status, attempt.fault_code) == ("refused", 400, "400")
    assert "Invalid To phone number format" in attempt.fault_text
    assert attempt.trace["response_status"] == 202
    assert texts(dana) == []


def test_after_four_minutes_azure_may_have_forgotten_and_nothing_is_repeated(
    cast: Cast, clock: Clock, sandbox: RunningSandbox, texts: Texts
) -> None:
    dana = person(cast, number=NOT_TAKEN)
    row = message(dana)
    deliver(clock)
    sandbox.force("delivered", to=NOT_TAKEN)
    assert ask(clock, after=245) == 0
    assert state(row) == ("unconfirmed", "UNCONFIRMED-5")
    assert ask(clock, after=60) == 0
    assert texts(dana) == []


def _opts_out(row: Notification) -> None:
    now = timezone.now()
    opt_out_from_handset(
        number=row.number,
        at=now,
        received_at=now,
        raw_text="STOP",
        method="keyword",
        provider="azure",
        provider_message_id="Incoming_1",
        sender_address=defaults.AZURE_NUMBERS[0],
        tenant_id=None,
        member_id=None,
    )


def _is_blocked(row: Notification) -> None:
    ProviderBlock.objects.create(
        number=row.number,
        provider="azure",
        sender_address=defaults.AZURE_NUMBERS[0],
        since=timezone.now(),
        source=ProviderBlock.Source.KEYWORD,
    )


def _expires(row: Notification) -> None:
    Notification.objects.filter(pk=row.pk).update(expires_at=timezone.now())


def _changes(row: Notification) -> None:
    Notification.objects.filter(pk=row.pk).update(body="Something else")


def _stays(row: Notification) -> None:
    """Nothing happens to it."""


CHANGES: tuple[tuple[str, Callable[[Notification], None], str, str, str], ...] = (
    ("206", _opts_out, "unconfirmed", "UNCONFIRMED-7", "opted out"),
    ("212", _is_blocked, "unconfirmed", "UNCONFIRMED-7", "block"),
    ("213", _expires, "unconfirmed", "UNCONFIRMED-7", "validity"),
    ("214", _changes, "unconfirmed", "UNCONFIRMED-6", "cannot be made again"),
    ("215", _stays, "sent", "", ""),
)


def test_what_may_not_go_any_more_is_not_repeated_and_its_row_says_why(
    cast: Cast, clock: Clock, sandbox: RunningSandbox, texts: Texts
) -> None:
    people = [person(cast, number=f"+1{area}5550504", name=f"Dana {area}") for area, *_ in CHANGES]
    rows = [message(each) for each in people]
    deliver(clock)
    assert {again(row).status for row in rows} == {"unconfirmed"}
    sandbox.force("delivered")
    with platform_scope():
        for row, (_, change, *_) in zip(rows, CHANGES, strict=True):
            change(row)
    assert ask(clock, after=6) == 1
    for row, member, (_, _, status, reason, says) in zip(rows, people, CHANGES, strict=True):
        assert state(row) == (status, reason)
        assert says in again(row).reason_text.lower()
        assert len(texts(member)) == (status == "sent")


def test_a_worker_that_is_lost_after_its_call_leaves_a_row_that_is_settled(
    cast: Cast, clock: Clock, sandbox: RunningSandbox, texts: Texts
) -> None:
    lease = timedelta(seconds=45)
    row = message(cast.ben)
    claimed = claim_due(now=clock(), limit=10, owner="lost", lease=lease)
    (intent,) = intend(claimed, clock=clock, owner="lost", lease=lease)
    answered(intent)
    clock.ahead += timedelta(seconds=46)
    assert let_lapse(now=clock()) == 1
    assert ask(clock, after=6) == 1
    assert again(row).status in {"sent", "delivered"}
    assert len(texts(cast.ben)) == 1


def test_an_accepted_text_that_nothing_is_heard_of_stays_sent_and_is_not_asked_about(
    cast: Cast, clock: Clock, texts: Texts
) -> None:
    row = message(person(cast, number=SILENT))
    deliver(clock)
    assert ask(clock, after=61) == ask(clock, after=600) == 0
    assert state(row) == ("sent", "")
    assert attempts(row)[0].asked_times == 0

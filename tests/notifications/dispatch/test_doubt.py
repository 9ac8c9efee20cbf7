"""An outcome that is unknown is asked about; only what the provider does not know is sent once more, and only once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from members.models import Member
from notifications.dispatch.claim import claim_due
from notifications.dispatch.deliver import deliver_due
from notifications.dispatch.expire import expire
from notifications.dispatch.intend import intend
from notifications.dispatch.intent import Outcome
from notifications.dispatch.join import Report, join_reports
from notifications.dispatch.reconcile import let_lapse, reconcile
from notifications.dispatch.record import record
from notifications.dispatch.send import answered
from notifications.models import Attempt, Notification, ProviderAccount, Sender
from tenants.scope import platform_scope
from tests.cast import Cast
from tests.notifications.dispatch.conftest import again, attempts, message, person
from tests.sandbox.process import RunningSandbox

Texts = Callable[[Member], list[dict[str, Any]]]
LEASE = timedelta(seconds=45)
pytestmark = pytest.mark.usefixtures("impatient")


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return timezone.now() + self.ahead

    def move(self, seconds: float) -> None:
        self.ahead += timedelta(seconds=seconds)


@pytest.fixture
def clock(cast: Cast) -> Clock:
    return Clock()


def deliver(clock: Clock) -> int:
    return deliver_due(clock=clock, owner="worker-1", for_seconds=5)


def ask(clock: Clock, *, after: float) -> int:
    clock.move(after)
    return reconcile(clock=clock, owner="worker-2")


def state(row: Notification) -> tuple[str, str]:
    row = again(row)
    return row.status, row.reason


def test_a_request_that_was_accepted_and_never_answered_is_found_by_asking(
    cast: Cast, clock: Clock, sandbox: RunningSandbox, texts: Texts
) -> None:
    dana = person(cast, number="+12065550408")
    row = message(dana)
    deliver(clock)
    assert state(row) == ("unconfirmed", "UNCONFIRMED-1")
    assert ask(clock, after=4) == 0
    assert ask(clock, after=2) == 1
    assert again(row).status in {"sent", "delivered"}
    (attempt,) = attempts(row)
    assert attempt.outcome == "accepted"
    assert attempt.provider_message_id == texts(dana)[0]["sid"]
    assert {receipt.door for receipt in attempt.receipts.all()} == {"asked"}
    clock.move(120)
    assert deliver(clock) == 0
    assert len(texts(dana)) == 1


def test_a_request_that_the_provider_does_not_know_is_sent_once_more_and_the_row_says_so(
    cast: Cast, clock: Clock, sandbox: RunningSandbox, texts: Texts
) -> None:
    dana = person(cast, number="+12065550504")
    row = message(dana)
    deliver(clock)
    for after in (5, 15):
        assert ask(clock, after=after) == 1
        assert state(row) == ("unconfirmed", "UNCONFIRMED-1")
        assert deliver(clock) == 0
    sandbox.force("delivered", to="+12065550504")
    assert ask(clock, after=41) == 1
    assert state(row) == ("held", "RESEND-1")
    assert deliver(clock) == 1
    assert state(row) == ("sent", "RESEND-1")
    assert [attempt.outcome for attempt in attempts(row)] == ["absent", "accepted"]
    assert len(texts(dana)) == 1


def test_a_message_that_is_absent_twice_fails_and_is_never_sent_a_third_time(
    cast: Cast, clock: Clock, sandbox: RunningSandbox
) -> None:
    dana = person(cast, number="+12065550504")
    row = message(dana)
    for _ in range(2):
        assert deliver(clock) == 1
        for after in (6, 16, 42):
            assert ask(clock, after=after) == 1
    assert state(row) == ("failed", "RESEND-2")
    assert deliver(clock) == 0
    assert len(attempts(row)) == 2


def test_a_provider_that_cannot_be_asked_proves_nothing(
    cast: Cast, clock: Clock, sandbox: RunningSandbox, settings: Any
) -> None:
    dana = person(cast, number="+12065550504")
    row = message(dana)
    deliver(clock)
    settings.TWILIO_BASE_URL = "http://127.0.0.1:9"
    for _ in range(5):
        assert ask(clock, after=70) == 1
    assert state(row) == ("unconfirmed", "UNCONFIRMED-1")
    assert attempts(row)[0].asked_times == 0


def test_the_same_words_to_the_same_phone_are_not_taken_for_each_other(
    cast: Cast, clock: Clock, sandbox: RunningSandbox, texts: Texts
) -> None:
    dana = person(cast, number="+12065550777")
    known = message(dana)
    deliver(clock)
    sandbox.force("timeout_before", to="+12065550777")
    lost = message(dana)
    deliver(clock)
    assert (again(known).status, again(lost).status) == ("sent", "unconfirmed")
    for after in (6, 16, 42):
        ask(clock, after=after)
    assert state(lost) == ("held", "RESEND-1")


def test_a_worker_that_is_lost_before_its_call_leaves_a_row_that_ends_truthfully(
    cast: Cast, clock: Clock, sandbox: RunningSandbox, texts: Texts
) -> None:
    row = message(cast.ben)
    claimed = claim_due(now=clock(), limit=10, owner="lost", lease=LEASE)
    assert len(intend(claimed, clock=clock, owner="lost", lease=LEASE)) == 1
    assert again(row).status == "sending"
    clock.move(44)
    assert let_lapse(now=clock()) == 0
    clock.move(2)
    assert let_lapse(now=clock()) == 1
    assert state(row) == ("unconfirmed", "UNCONFIRMED-1")
    assert attempts(row)[0].exception_class == "LeaseLapsed"
    for after in (6, 16, 42):
        assert ask(clock, after=after) == 1
    assert deliver(clock) == 1
    assert state(row) == ("sent", "RESEND-1")
    assert len(texts(cast.ben)) == 1


def test_a_worker_that_is_lost_after_its_call_leaves_a_row_that_is_found_and_not_repeated(
    cast: Cast, clock: Clock, sandbox: RunningSandbox, texts: Texts
) -> None:
    row = message(cast.ben)
    claimed = claim_due(now=clock(), limit=10, owner="lost", lease=LEASE)
    (intent,) = intend(claimed, clock=clock, owner="lost", lease=LEASE)
    answered(intent)
    clock.move(46)
    let_lapse(now=clock())
    assert ask(clock, after=6) == 1
    assert again(row).status in {"sent", "delivered"}
    clock.move(120)
    assert deliver(clock) == 0
    assert len(texts(cast.ben)) == 1


def test_a_receipt_that_is_faster_than_the_answer_keeps_the_row_delivered(
    cast: Cast, clock: Clock, sandbox: RunningSandbox
) -> None:
    row = message(cast.ben)
    claimed = claim_due(now=clock(), limit=10, owner="worker-1", lease=LEASE)
    (intent,) = intend(claimed, clock=clock, owner="worker-1", lease=LEASE)
    answer = answered(intent)
    word = Report(intent.attempt_id, "delivered", "", "callback", clock(), provider_message_id="SM-early")
    join_reports([word, word])
    assert again(row).status == "delivered"
    record([Outcome(intent, answer, clock())])
    assert again(row).status == "delivered"
    (attempt,) = attempts(row)
    assert (attempt.word, attempt.outcome, attempt.has_conflict) == ("delivered", "accepted", False)
    assert {(r.word, r.times) for r in attempt.receipts.all()} == {("delivered", 2), ("queued", 1)}


def test_an_acknowledgement_that_is_faster_than_the_answer_stays(
    cast: Cast, clock: Clock, sandbox: RunningSandbox
) -> None:
    row = message(cast.ben)
    claimed = claim_due(now=clock(), limit=10, owner="worker-1", lease=LEASE)
    (intent,) = intend(claimed, clock=clock, owner="worker-1", lease=LEASE)
    with platform_scope():
        Notification.objects.filter(pk=row.pk).update(status="acknowledged", acknowledged_at=clock())
    record([Outcome(intent, answered(intent), clock())])
    assert again(row).status == "acknowledged"
    assert attempts(row)[0].outcome == "accepted"


def test_two_different_last_words_are_kept_and_shown_as_a_conflict(
    cast: Cast, clock: Clock, sandbox: RunningSandbox
) -> None:
    row = message(cast.ben)
    deliver(clock)
    (attempt,) = attempts(row)
    for word, code, status in (
        ("undelivered", "30003", "failed"),
        ("sent", "", "failed"),
        ("delivered", "", "delivered"),
    ):
        join_reports([Report(attempt.pk, word, code, "callback", clock())])
        assert again(row).status == status
    (attempt,) = attempts(row)
    assert (attempt.word, attempt.has_conflict) == ("delivered", True)
    assert sorted(receipt.word for receipt in attempt.receipts.all()) == ["delivered", "queued", "sent", "undelivered"]


def test_a_carriers_refusal_fails_the_row_with_its_code(cast: Cast, clock: Clock, sandbox: RunningSandbox) -> None:
    row = message(cast.ben)
    deliver(clock)
    join_reports([Report(attempts(row)[0].pk, "undelivered", "30006", "callback", clock())])
    assert state(row) == ("failed", "TWILIO-30006")
    assert attempts(row)[0].fault_text != ""


def test_a_message_whose_receipts_were_lost_is_asked_about_after_a_minute_and_ten(
    cast: Cast, clock: Clock, sandbox: RunningSandbox
) -> None:
    dana, quiet = person(cast, number="+12065552006"), person(cast, number="+12065552000", name="Quinn")
    lost, silent = message(dana), message(quiet)
    deliver(clock)
    assert ask(clock, after=50) == 0
    assert ask(clock, after=15) == 2
    assert (again(lost).status, again(silent).status) == ("delivered", "sent")
    assert ask(clock, after=60) == 0
    assert ask(clock, after=600) == 1
    assert ask(clock, after=6000) == 0
    assert again(silent).status == "sent"


AREAS = (206, 212, 213, 214, 215, 312, 313, 314, 315, 316)


class HangingProvider(Clock):
    """A clock that a provider's silence moves: whoever looks at it finds three seconds gone."""

    def __call__(self) -> datetime:
        self.move(3)
        return super().__call__()


def test_a_round_of_questions_ends_in_time_and_the_next_one_asks_the_rest(
    cast: Cast, clock: Clock, sandbox: RunningSandbox
) -> None:
    rows = [message(person(cast, number=f"+1{area}5550408", name=f"Dana {area}")) for area in AREAS]
    deliver(clock)
    clock.move(6)
    hanging = HangingProvider()
    hanging.ahead = clock.ahead
    asked = reconcile(clock=hanging, owner="worker-2")
    assert 0 < asked < 6
    assert [again(row).status for row in rows].count("unconfirmed") == 10 - asked
    clock.ahead = hanging.ahead
    assert ask(clock, after=1) == 10 - asked
    assert "unconfirmed" not in [again(row).status for row in rows]


def test_accepted_messages_that_a_round_had_no_time_for_are_asked_about_in_the_next(
    cast: Cast, clock: Clock, sandbox: RunningSandbox
) -> None:
    rows = [message(person(cast, number=f"+1{area}5552000", name=f"Quinn {area}")) for area in AREAS]
    deliver(clock)
    clock.move(61)
    hanging = HangingProvider()
    hanging.ahead = clock.ahead
    asked = reconcile(clock=hanging, owner="worker-2")
    assert 0 < asked < 6
    assert sum(attempts(row)[0].asked_times for row in rows) == asked
    clock.ahead = hanging.ahead
    assert ask(clock, after=1) == 10 - asked
    assert [attempts(row)[0].asked_times for row in rows] == [1] * 10
    assert ask(clock, after=1) == 0


def test_what_nobody_claimed_in_time_expires(cast: Cast, clock: Clock) -> None:
    waiting = message(cast.ben, status="held", due_at=clock() + timedelta(hours=2))
    claimed = message(cast.ben)
    claim_due(now=clock(), limit=10, owner="worker-1", lease=timedelta(hours=3))
    assert expire(now=clock()) == 0
    clock.move(31 * 60)
    assert expire(now=clock()) == 1
    assert state(waiting) == ("expired", "ROW-2")
    assert again(claimed).status == "queued"


def test_an_account_whose_secret_cannot_be_read_does_not_keep_others_from_being_asked_about(
    cast: Cast, clock: Clock, sandbox: RunningSandbox
) -> None:
    row = message(person(cast, number="+12065550408"))
    broken = message(person(cast, number="+12125550408", name="Eli"))
    deliver(clock)
    with platform_scope():
        lost = ProviderAccount.objects.create(provider="twilio", account_id="AC" + "9" * 32, name="Lost", secret="x")
        sender = Sender.objects.create(account=lost, address="+12065550199")
        Attempt.objects.filter(notification=broken).update(sender=sender)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE notifications_provideraccount SET secret = 'v1:nonsense' WHERE id = %s", [lost.pk])
    ask(clock, after=6)
    assert again(row).status in {"sent", "delivered"}
    assert state(broken) == ("unconfirmed", "UNCONFIRMED-1")

"""A due message goes out once, with its intent on record before the call, and its row claims what is known."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from members.models import Member
from notifications.dispatch import deliver as deliver_module
from notifications.dispatch.claim import claim_due
from notifications.dispatch.deliver import deliver_due
from notifications.dispatch.send import hands
from notifications.models import Notification
from tenants.models import Standing
from tenants.scope import platform_scope
from tests.cast import Cast
from tests.notifications.dispatch.conftest import again, attempts, message, person
from tests.sandbox.process import RunningSandbox, eventually

Texts = Callable[[Member], list[dict[str, Any]]]


def deliver() -> int:
    return deliver_due(clock=timezone.now, owner="worker-1", for_seconds=10)


def test_a_due_message_is_handed_over_once_and_its_row_says_sent(cast: Cast, texts: Texts) -> None:
    row = message(cast.ben)
    assert deliver() == 1
    assert deliver() == 0
    assert [text["body"] for text in texts(cast.ben)] == ["The pump is down"]
    row = again(row)
    assert (row.status, row.reason, row.lease_owner, row.finished_at) == ("sent", "", "", None)
    assert row.handed_over_at is not None
    (attempt,) = attempts(row)
    assert (attempt.outcome, attempt.word, attempt.http_status) == ("accepted", "queued", 201)
    assert attempt.provider_message_id == texts(cast.ben)[0]["sid"]
    assert attempt.consent_event_public_id.startswith("cns_")
    assert [(receipt.word, receipt.door) for receipt in attempt.receipts.all()] == [("queued", "answer")]


def test_a_hundred_messages_cost_less_than_two_statements_each(
    cast: Cast, sandbox: RunningSandbox, settings: Any
) -> None:
    settings.RECIPIENT_TEXTS_A_MINUTE = 200
    for _ in range(100):
        message(cast.ben)
    with CaptureQueriesContext(connection) as statements:
        assert deliver() == 100
    with platform_scope():
        assert Notification.objects.filter(status="sent").count() == 100
    assert len(statements) < 260


def test_a_row_that_nobody_can_read_fails_and_the_others_go_on(cast: Cast, texts: Texts) -> None:
    before, broken, after = message(cast.ben), message(cast.ben, purpose="from_a_later_version"), message(cast.ben)
    assert deliver() == 2
    broken = again(broken)
    assert (broken.status, broken.reason) == ("failed", "INTERNAL-1")
    assert broken.reason_text.endswith("(ValueError)")
    assert "from_a_later_version" not in broken.reason_text
    assert attempts(broken) == []
    assert [again(row).status for row in (before, after)] == ["sent", "sent"]
    assert len(texts(cast.ben)) == 2


def test_what_may_not_go_is_closed_with_its_reason_and_facts_and_no_call(cast: Cast, texts: Texts) -> None:
    going, late = message(cast.ben), message(cast.ben, expires_at=timezone.now() - timedelta(seconds=1))
    with platform_scope():
        cast.harbor.standing = Standing.PAST_DUE
        cast.harbor.save()
    deliver()
    assert [again(row).reason for row in (going, late)] == ["TENANT-1", "ROW-2"]
    assert [again(row).status for row in (going, late)] == ["skipped", "expired"]
    stored = again(going).ruling or {}
    assert stored["verdict"] == "block"
    assert stored["facts"]["tenant_standing"] == "past_due"
    assert attempts(going) == texts(cast.ben) == []


def test_without_a_sender_a_message_is_held_and_goes_when_there_is_one(cast: Cast, texts: Texts) -> None:
    row = message(cast.ben)
    with platform_scope():
        type(cast.sender).objects.update(is_active=False)
    deliver()
    held = again(row)
    assert (held.status, held.reason) == ("held", "SENDER-1")
    assert held.due_at > timezone.now() + timedelta(seconds=50)
    with platform_scope():
        type(cast.sender).objects.update(is_active=True)
    deliver_due(clock=lambda: timezone.now() + timedelta(seconds=61), owner="worker-1", for_seconds=5)
    assert again(row).status == "sent"
    assert len(texts(cast.ben)) == 1


def test_the_providers_own_opt_out_fails_the_row_with_its_code_and_is_not_tried_again(
    cast: Cast, sandbox: RunningSandbox, texts: Texts
) -> None:
    opted_out = person(cast, number="+12065551610")
    row, other = message(opted_out), message(cast.ben)
    deliver()
    deliver()
    row = again(row)
    assert (row.status, row.reason) == ("failed", "TWILIO-21610")
    (attempt,) = attempts(row)
    assert (attempt.outcome, attempt.fault_code, attempt.http_status) == ("refused", "21610", 400)
    assert again(other).status == "sent"
    assert texts(opted_out) == []


def test_a_message_that_is_turned_away_unread_is_held_and_tried_again(
    cast: Cast, sandbox: RunningSandbox, texts: Texts
) -> None:
    throttled = person(cast, number="+12065550429")
    row = message(throttled)
    deliver()
    held = again(row)
    assert (held.status, held.reason) == ("held", "RETRY-1")
    deliver_due(clock=lambda: held.due_at + timedelta(seconds=1), owner="worker-1", for_seconds=5)
    assert again(row).status == "sent"
    assert [attempt.outcome for attempt in attempts(row)] == ["not_processed", "accepted"]
    assert len(texts(throttled)) == 1


def test_a_message_that_cannot_be_tried_before_it_expires_fails_with_the_fault(
    cast: Cast, sandbox: RunningSandbox
) -> None:
    throttled = person(cast, number="+12065551429")
    row = message(throttled, expires_at=timezone.now() + timedelta(milliseconds=900))
    deliver()
    assert (again(row).status, again(row).reason) == ("failed", "TWILIO-20429")


def test_while_the_provider_is_away_nothing_leaves_and_the_row_waits(cast: Cast, sandbox: Any, settings: Any) -> None:
    row = message(cast.ben)
    settings.TWILIO_BASE_URL = "http://127.0.0.1:9"
    deliver()
    assert (again(row).status, again(row).reason) == ("held", "RETRY-2")
    assert [attempt.outcome for attempt in attempts(row)] == ["never_left"]
    settings.TWILIO_BASE_URL = sandbox.url
    deliver_due(clock=lambda: timezone.now() + timedelta(seconds=3), owner="worker-1", for_seconds=5)
    assert again(row).status == "sent"


def test_a_round_that_the_database_broke_off_leaves_its_answers_to_the_next(
    cast: Cast, texts: Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [message(cast.ben) for _ in range(5)]
    with monkeypatch.context() as lost:
        lost.setattr(deliver_module, "claim_due", _once(claim_due))
        with pytest.raises(OperationalError):
            deliver()
    eventually(lambda: len(texts(cast.ben)) == 5)
    rows.append(message(cast.ben))
    assert deliver() == 1
    assert [again(row).status for row in rows] == ["sent"] * 6
    assert hands().in_flight == 0
    assert deliver() == 0


def _once(claim: Callable[..., list[int]]) -> Callable[..., list[int]]:
    """Claims the first time, and finds no database from then on."""
    claimed: list[list[int]] = []

    def claim_once(**options: Any) -> list[int]:
        if claimed:
            raise OperationalError("the connection is lost")
        claimed.append(claim(**options))
        return claimed[0]

    return claim_once

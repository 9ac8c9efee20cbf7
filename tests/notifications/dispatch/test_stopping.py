"""No attempt commits after a STOP, whichever of the two came first to the number's lock."""

import threading
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from members.consent.handset import opt_out_from_handset
from members.consent.ledger import lock_numbers
from notifications.dispatch.claim import claim_due
from notifications.dispatch.intend import intend
from notifications.dispatch.intent import Intent
from notifications.models import Notification
from tenants.scope import platform_scope
from tests.cast import BEN_NUMBER, SENDER_NUMBER, Cast
from tests.notifications.dispatch.conftest import again, attempts, message
from tests.sandbox.process import eventually

LEASE = timedelta(seconds=45)


def stop(message_id: str = "SM1") -> None:
    """Ben texts STOP."""
    now = timezone.now()
    opt_out_from_handset(
        number=BEN_NUMBER,
        at=now,
        received_at=now,
        raw_text="STOP",
        method="keyword",
        provider="twilio",
        provider_message_id=message_id,
        sender_address=SENDER_NUMBER,
        tenant_id=None,
        member_id=None,
    )


def commit(row: Notification) -> list[Intent]:
    claimed = claim_due(now=timezone.now(), limit=10, owner="worker-1", lease=LEASE)
    assert claimed == [row.pk]
    return intend(claimed, clock=timezone.now, owner="worker-1", lease=LEASE)


def waiting_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def test_a_stop_between_claim_and_intent_blocks_the_message(cast: Cast) -> None:
    first, second = message(cast.ben), message(cast.ben, due_at=timezone.now() + timedelta(hours=1))
    claimed = claim_due(now=timezone.now(), limit=10, owner="worker-1", lease=LEASE)
    assert claimed == [first.pk]
    stop()
    assert intend(claimed, clock=timezone.now, owner="worker-1", lease=LEASE) == []
    assert (again(first).status, again(first).reason) == ("skipped", "CONSENT-3")
    assert attempts(first) == []
    assert again(second).status == "queued"


def test_a_commit_that_met_an_uncommitted_stop_waits_for_it_and_obeys(cast: Cast) -> None:
    row = message(cast.ben)
    found: list[list[Intent]] = []

    def work() -> None:
        try:
            found.append(commit(row))
        finally:
            connection.close()

    worker = threading.Thread(target=work)
    with platform_scope():
        stop()
        worker.start()
        eventually(waiting_for_a_lock)
        assert found == []
    worker.join(10)
    assert found == [[]]
    assert (again(row).reason, attempts(row)) == ("CONSENT-3", [])


def test_a_stop_that_met_an_uncommitted_attempt_waits_and_the_next_message_is_blocked(cast: Cast) -> None:
    first = message(cast.ben)
    stopped = threading.Event()

    def text_stop() -> None:
        try:
            stop()
            stopped.set()
        finally:
            connection.close()

    handset = threading.Thread(target=text_stop)
    with platform_scope():
        intents = commit(first)
        assert len(intents) == 1
        handset.start()
        eventually(waiting_for_a_lock)
        assert not stopped.is_set()
    handset.join(10)
    assert stopped.is_set()
    assert again(first).status == "sending"
    second = message(cast.ben)
    assert commit(second) == []
    assert again(second).reason == "CONSENT-3"


def test_two_workers_may_hold_one_number_at_the_same_time(cast: Cast) -> None:
    row = message(cast.ben)
    done = threading.Event()

    def other() -> None:
        try:
            with platform_scope():
                lock_numbers([BEN_NUMBER], exclusively=False)
            done.set()
        finally:
            connection.close()

    with platform_scope():
        assert len(commit(row)) == 1
        thread = threading.Thread(target=other)
        thread.start()
        assert done.wait(10)
    thread.join(10)

"""Receipts that come at once are written together: each is kept, each counts, and a bad one holds up no other."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import DatabaseError, OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications.models import Attempt, Notification, ProviderCallback, Receipt
from notifications.operations import receipt_batches
from notifications.operations.callbacks import join_unjoined, keep_and_join
from tenants.scope import platform_scope
from tests.cast import Cast, make_cast
from tests.notifications.webhooks.twilio_requests import ACCOUNT, again, message_sid, page, receipt


def _callback(
    attempt: Attempt, word: str, *, sid: str = "", payload: dict[str, object] | None = None
) -> ProviderCallback:
    said = {"AccountSid": ACCOUNT, "MessageSid": sid or attempt.provider_message_id, "MessageStatus": word}
    return ProviderCallback(
        provider="twilio",
        kind=ProviderCallback.Kind.STATUS,
        received_at=timezone.now(),
        account_id=ACCOUNT,
        attempt_public_id=attempt.public_id,
        provider_message_id=sid or attempt.provider_message_id,
        payload=said if payload is None else payload,
    )


def _pages(cast: Cast, count: int) -> list[tuple[Notification, Attempt]]:
    at = timezone.now() - timedelta(minutes=1)
    rows = [page(cast.flow, sender=cast.sender, at=at, service=f"Pump {number}") for number in range(count)]
    with platform_scope():
        return [(row, row.attempts.get()) for row in rows]


def _statements(count: int, cast: Cast) -> int:
    found = [_callback(attempt, "delivered") for _, attempt in _pages(cast, count)]
    with CaptureQueriesContext(connection) as queries:
        receipt_batches._keep_all(found)
    return len(queries)


def test_thirty_receipts_cost_the_statements_of_two(cast: Cast) -> None:
    assert _statements(30, cast) == _statements(2, cast) <= 21


def test_all_words_of_one_message_may_come_in_one_batch(cast: Cast, sent: Notification) -> None:
    with platform_scope():
        attempt = sent.attempts.get()
    receipt_batches._keep_all([_callback(attempt, word) for word in ("delivered", "sent", "delivered", "sending")])
    assert again(sent).status == "delivered"
    with platform_scope():
        assert dict(Receipt.objects.values_list("word", "times")) == {"delivered": 2, "sent": 1, "sending": 1}
        assert not ProviderCallback.objects.filter(joined_at__isnull=True).exists()


def test_one_that_says_nothing_and_one_of_a_stranger_hold_up_no_other(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    (_, silent), (strange_row, strange), (good_row, good) = _pages(cast, 3)
    receipt_batches._keep_all(
        [
            _callback(silent, "", payload={"AccountSid": ACCOUNT}),
            _callback(strange, "failed", sid=message_sid()),
            _callback(good, "delivered"),
        ]
    )
    assert (again(good_row).status, again(strange_row).status) == ("delivered", "sent")
    assert "lacks" in caplog.text
    assert "does not belong" in caplog.text
    with platform_scope():
        assert ProviderCallback.objects.filter(joined_at__isnull=False).count() == 3


def test_where_joining_fails_all_are_kept_and_joined_by_the_sweep(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    (row, attempt), (other_row, other) = _pages(cast, 2)
    # A time that a report cannot carry: whatever it is that fails, the receipts are kept.
    broken = _callback(other, "delivered")
    broken.provider_message_id = "SM" + "b" * 62
    broken.payload = {**(broken.payload or {}), "MessageSid": "SM" + "b" * 500}
    with platform_scope():
        Attempt.objects.filter(pk=other.pk).update(provider_message_id="")
    receipt_batches._keep_all([_callback(attempt, "delivered"), broken])
    assert "could not be joined" in caplog.text
    with platform_scope():
        assert ProviderCallback.objects.filter(joined_at__isnull=True).count() == 2
    assert join_unjoined(at=timezone.now()) == 1
    assert (again(row).status, again(other_row).status) == ("delivered", "sent")


@pytest.mark.django_db(transaction=True)
def test_many_at_once_over_http_all_count() -> None:
    pages = _pages(make_cast(), 8)
    start = Barrier(len(pages) * 2)

    def report(given: tuple[Attempt, str]) -> int:
        try:
            start.wait()
            return int(receipt(Client(), *given).status_code)
        finally:
            connection.close()

    asked: Sequence[tuple[Attempt, str]] = [(attempt, word) for _, attempt in pages for word in ("sent", "delivered")]
    with ThreadPoolExecutor(len(asked)) as threads:
        assert set(threads.map(report, asked)) == {204}
    assert {again(row).status for row, _ in pages} == {"delivered"}
    with platform_scope():
        assert Receipt.objects.count() == ProviderCallback.objects.filter(joined_at__isnull=False).count() == 16


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("alone", [False, True])
def test_a_receipt_whose_connection_is_lost_while_it_is_joined_is_never_thanked_for_and_lost(alone: bool) -> None:
    ((row, attempt),) = _pages(make_cast(), 1)
    callback = _callback(attempt, "delivered")
    ended: list[BaseException | None] = []

    def keep() -> None:
        try:
            if alone:
                keep_and_join(callback, at=callback.received_at)
            else:
                receipt_batches.keep_receipt(callback)
            ended.append(None)
        except DatabaseError as error:
            ended.append(error)
        finally:
            connection.close()

    with platform_scope(), connection.cursor() as cursor:
        Notification.objects.select_for_update().get(pk=row.pk)
        thread = Thread(target=keep)
        thread.start()
        waiting = _waiting_for_us(thread)
        # A login may end its own connections; the platform's role may not.
        cursor.execute("SET LOCAL ROLE NONE")
        cursor.execute("SELECT pg_terminate_backend(%s)", [waiting])
    thread.join(30)
    with platform_scope():
        kept = ProviderCallback.objects.count()
    # By itself it is kept over another connection; where that is lost too, whoever asked must hear of it.
    assert (kept, type(ended[0])) == ((0, OperationalError) if alone else (1, type(None)))


def _waiting_for_us(thread: Thread) -> int:
    """The connection that waits for a lock of this one."""
    while thread.is_alive():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pid FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            if found := cursor.fetchone():
                return int(found[0])
    raise AssertionError("it went on")

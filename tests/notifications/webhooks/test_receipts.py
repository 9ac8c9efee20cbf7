"""Receipts in any order, doubled, before our own answer is known or long after: the same outcome."""

import itertools
import logging
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from notifications.flows.acknowledge import acknowledge
from notifications.models import Notification, ProviderCallback, Receipt
from notifications.operations.callbacks import join_unjoined
from tenants.scope import platform_scope
from tests.cast import Cast
from tests.notifications.webhooks.twilio_requests import (
    ACCOUNT,
    again,
    fired,
    hand_over,
    message_sid,
    post_signed,
    receipt,
)

WORDS = ("queued", "sending", "sent", "delivered")


@pytest.mark.parametrize("order", list(itertools.permutations(WORDS)))
def test_any_order_of_words_ends_delivered(
    cast: Cast, sent: Notification, client: Client, order: tuple[str, ...]
) -> None:
    with platform_scope():
        attempt = sent.attempts.get()
    for word in order:
        assert receipt(client, attempt, word).status_code == 204
    with platform_scope():
        attempt.refresh_from_db()
        assert (attempt.word, attempt.has_conflict) == ("delivered", False)
        assert sorted(attempt.receipts.values_list("word", flat=True)) == sorted(WORDS)
        assert not ProviderCallback.objects.filter(joined_at__isnull=True).exists()
    assert again(sent).status == "delivered"


def test_a_doubled_receipt_is_counted_and_changes_nothing(cast: Cast, sent: Notification, client: Client) -> None:
    with platform_scope():
        attempt = sent.attempts.get()
    for _ in range(3):
        receipt(client, attempt, "delivered")
    with platform_scope():
        assert Receipt.objects.get().times == 3
        assert ProviderCallback.objects.count() == 3


def test_a_failure_opens_its_reason_and_a_later_delivery_is_believed_and_shown_as_a_conflict(
    cast: Cast, sent: Notification, client: Client
) -> None:
    with platform_scope():
        attempt = sent.attempts.get()
    receipt(client, attempt, "undelivered", code="30003")
    failed = again(sent)
    assert (failed.status, failed.reason) == ("failed", "TWILIO-30003")
    assert failed.reason_text
    receipt(client, attempt, "delivered")
    with platform_scope():
        attempt.refresh_from_db()
    assert again(sent).status == "delivered"
    assert attempt.has_conflict


def test_a_receipt_before_our_own_answer_finds_its_attempt_and_tells_us_the_id(cast: Cast, client: Client) -> None:
    alert = fired(cast.flow, at=timezone.now())
    with platform_scope():
        row = Notification.objects.get(alert=alert)
    attempt = hand_over(row, sender=cast.sender, at=timezone.now(), known=False)
    sid = message_sid()
    assert receipt(client, attempt, "sent", sid=sid).status_code == 204
    with platform_scope():
        attempt.refresh_from_db()
    assert (attempt.provider_message_id, attempt.word) == (sid, "sent")
    assert again(row).status == "sent"


def test_a_receipt_of_another_message_at_an_attempts_address_changes_nothing(
    cast: Cast, sent: Notification, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with platform_scope():
        attempt = sent.attempts.get()
    assert receipt(client, attempt, "failed", sid=message_sid()).status_code == 204
    assert again(sent).status == "sent"
    assert "does not belong" in caplog.text
    assert receipt(client, attempt, "failed").status_code == 204
    assert again(sent).status == "failed"


def test_an_unknown_word_is_kept_said_aloud_and_changes_nothing(
    cast: Cast, sent: Notification, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with platform_scope():
        attempt = sent.attempts.get()
    assert receipt(client, attempt, "teleported").status_code == 204
    with platform_scope():
        assert Receipt.objects.get().word == "teleported"
        attempt.refresh_from_db()
    assert (attempt.word, again(sent).status) == ("queued", "sent")
    assert [record.levelno for record in caplog.records if "teleported" in record.getMessage()] == [logging.ERROR]


@pytest.mark.parametrize("word", ["delivered", "failed", "sent"])
def test_an_acknowledged_page_keeps_its_status_whatever_comes(
    cast: Cast, sent: Notification, client: Client, word: str
) -> None:
    acknowledge(sent, via="sms", at=timezone.now(), by_member=cast.ben)
    with platform_scope():
        attempt = sent.attempts.get()
    receipt(client, attempt, word)
    assert again(sent).status == "acknowledged"
    with platform_scope():
        assert Receipt.objects.get().word == word


def test_a_receipt_that_finds_no_attempt_is_kept_and_joined_once_there_is_one(cast: Cast, client: Client) -> None:
    alert = fired(cast.flow, at=timezone.now())
    with platform_scope():
        row = Notification.objects.get(alert=alert)
    attempt = hand_over(row, sender=cast.sender, at=timezone.now(), known=False)
    sid = message_sid()
    params = {"AccountSid": ACCOUNT, "MessageSid": sid, "MessageStatus": "delivered"}
    assert post_signed(client, "/webhooks/twilio/status", params).status_code == 204
    assert again(row).status == "sending"
    assert join_unjoined(at=timezone.now()) == 0
    with platform_scope():
        attempt.provider_message_id = sid
        attempt.save()
    assert join_unjoined(at=timezone.now()) == 1
    assert again(row).status == "delivered"
    assert join_unjoined(at=timezone.now()) == 0


def test_a_receipt_that_belongs_to_nothing_is_given_up_after_ten_minutes_and_kept(cast: Cast, client: Client) -> None:
    params = {"AccountSid": ACCOUNT, "MessageSid": message_sid(), "MessageStatus": "delivered", "New": "field"}
    assert post_signed(client, "/webhooks/twilio/status", params).status_code == 204
    join_unjoined(at=timezone.now() + timedelta(minutes=9))
    with platform_scope():
        assert ProviderCallback.objects.get().joined_at is None
    join_unjoined(at=timezone.now() + timedelta(minutes=11))
    with platform_scope():
        kept = ProviderCallback.objects.get()
    assert kept.joined_at is not None
    assert kept.payload == params

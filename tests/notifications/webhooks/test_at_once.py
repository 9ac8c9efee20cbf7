"""The same text delivered twice at the same moment, and a STOP while a page is acknowledged."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from members.models import ConsentEvent, Suppression
from notifications.models import InboundMessage
from tenants.scope import platform_scope
from tests.cast import BEN_NUMBER, make_cast
from tests.notifications.webhooks.twilio_requests import again, page, replies, text_from


def _at_once(*texts: dict[str, Any]) -> list[tuple[int, bytes]]:
    start = Barrier(len(texts))

    def send(text: dict[str, Any]) -> tuple[int, bytes]:
        try:
            start.wait()
            answer = text_from(Client(), **text)
            return answer.status_code, answer.content
        finally:
            connection.close()

    with ThreadPoolExecutor(len(texts)) as threads:
        return list(threads.map(send, texts))


@pytest.mark.django_db(transaction=True)
def test_one_text_delivered_four_times_at_once_is_taken_in_once() -> None:
    cast = make_cast()
    row = page(cast.flow, sender=cast.sender, at=timezone.now() - timedelta(minutes=1), service="Pump 3")
    answers = _at_once(*[{"body": "stop texting me", "sid": "SM" + "a" * 32}] * 4)
    assert len(set(answers)) == 1
    assert answers[0][0] == 200
    with platform_scope():
        assert InboundMessage.objects.count() == 1
        assert ConsentEvent.objects.filter(act="revoke").count() == 1
    assert len(replies()) == 1
    assert again(row).status == "sent"


@pytest.mark.django_db(transaction=True)
def test_a_stop_and_an_acknowledgement_at_once_both_count() -> None:
    cast = make_cast()
    row = page(cast.flow, sender=cast.sender, at=timezone.now() - timedelta(minutes=1), service="Pump 3")
    assert {status for status, _ in _at_once({"body": "STOP"}, {"body": "1"})} == {200}
    assert again(row).status == "acknowledged"
    with platform_scope():
        assert Suppression.objects.filter(number_id=BEN_NUMBER).exists()

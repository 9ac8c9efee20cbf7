"""One Idempotency-Key fires once: again, at the same moment, with another body, a day later."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from notifications.models import Alert, Notification, Trigger
from notifications.operations.hooks import make_hook
from tenants.scope import tenant_scope
from tests.cast import Cast, make_cast
from tests.notifications.hooks.conftest import TOKEN, Post

KEY = {"Idempotency-Key": "order-1"}


def test_the_same_request_again_gets_the_same_answer_and_fires_nothing(cast: Cast, post: Post) -> None:
    first, again = post({"a": 1}, **KEY), post({"a": 1}, **KEY)
    assert first.json() == again.json()
    assert (first.status_code, again.status_code) == (202, 202)
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    with tenant_scope(cast.harbor.pk):
        assert Alert.objects.count() == Notification.objects.count() == 1
        assert [row.code for row in Trigger.objects.order_by("id")] == ["FIRED", "REPLAYED"]


def test_another_body_under_the_same_key_is_409_and_under_another_key_fires(cast: Cast, post: Post) -> None:
    post({"a": 1}, **KEY)
    other = post({"a": 2}, **KEY)
    assert (other.status_code, other.json()["error"]["code"]) == (409, "TRIGGER-14")
    assert post({"a": 2}, **{"Idempotency-Key": "order-2"}).status_code == 202
    with tenant_scope(cast.harbor.pk):
        assert Alert.objects.count() == 2


def test_a_key_counts_for_a_day_and_for_its_own_address(cast: Cast, post: Post) -> None:
    with tenant_scope(cast.harbor.pk):
        make_hook(cast.flow, actor=None, at=timezone.now(), token="whk_another-address-entirely")
    start = timezone.now()
    alerts = [post({}, **KEY).json()["alert"], post({}, token="whk_another-address-entirely", **KEY).json()["alert"]]
    with time_machine.travel(start + timedelta(hours=23, minutes=59)):
        alerts.append(post({}, **KEY).json()["alert"])
    with time_machine.travel(start + timedelta(hours=24, minutes=1)):
        alerts.append(post({}, **KEY).json()["alert"])
    assert alerts[2] == alerts[0]
    assert len(set(alerts)) == 3


def test_a_refused_request_leaves_its_key_free(cast: Cast, post: Post) -> None:
    assert post(b"{", **KEY).status_code == 400
    assert post({}, **KEY).status_code == 202


@pytest.mark.parametrize("key", ["x" * 201, "clé", "a\tb"])
def test_a_key_that_cannot_be_kept_is_refused(cast: Cast, post: Post, key: str) -> None:
    answer = post({}, **{"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "TRIGGER-13")
    assert post({}, **{"Idempotency-Key": "x" * 200}).status_code == 202


@pytest.mark.django_db(transaction=True)
def test_equal_keys_at_the_same_moment_make_one_alert() -> None:
    cast = make_cast()
    with tenant_scope(cast.harbor.pk):
        make_hook(cast.flow, actor=None, at=timezone.now(), token=TOKEN)
    start = Barrier(6)

    def fire(_: int) -> tuple[int, str, bool]:
        try:
            start.wait()
            answer = Client().post(
                f"/hooks/{TOKEN}", data=json.dumps({"a": 1}), content_type="application/json", headers=KEY
            )
            return answer.status_code, answer.json()["alert"], answer.has_header("Idempotency-Replayed")
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(fire, range(6)))
    assert {status for status, _, _ in answers} == {202}
    assert len({alert for _, alert, _ in answers}) == 1
    assert sorted(replayed for _, _, replayed in answers) == [False] + [True] * 5
    with tenant_scope(cast.harbor.pk):
        assert Alert.objects.count() == Notification.objects.count() == 1

"""A phone is tried, and a sender used, as often as its limit says: what is over waits for room, and says so."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from notifications.dispatch.claim import claim_due
from notifications.dispatch.expire import expire
from notifications.dispatch.intend import intend
from notifications.models import Notification, Sender
from tenants.scope import platform_scope
from tests.cast import Cast
from tests.consenting import agree
from tests.notifications.dispatch.conftest import again, attempts, message, person
from tests.notifications.dispatch.storming import (
    LEASE,
    deliver,
    intended,
    told,
)
from tests.notifications.escalating import BEGAN, MINUTE, Clock

pytestmark = pytest.mark.usefixtures("sandbox")


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_what_a_phone_gets_counts_for_its_tenant_and_purpose_alone(cast: Cast, clock: Clock, settings: Any) -> None:
    settings.RECIPIENT_TEXTS_A_MINUTE = 2
    eve = person(cast, number="+12065550143", name="Eve")
    rows = [message(cast.ben, at=clock.now, body=f"No. {number}") for number in range(4)]
    other = message(eve, at=clock.now)
    deliver(clock)
    # Those of one batch count for one another.
    assert [again(row).status for row in rows] == ["sent", "sent", "held", "held"]
    assert [again(row).due_at for row in rows[2:]] == [BEGAN + MINUTE, BEGAN + MINUTE + timedelta(seconds=30)]
    assert again(other).status == "sent"
    stored = again(rows[2]).ruling or {}
    assert stored["facts"]["phone_pace"]["limit"] == 2
    clock.now = BEGAN + MINUTE
    deliver(clock)
    assert [again(row).status for row in rows] == ["sent", "sent", "sent", "held"]
    settings.RECIPIENT_TEXTS_A_MINUTE = 0
    clock.passes(timedelta(seconds=30))
    deliver(clock)
    assert again(rows[3]).status == "sent"


def test_what_is_throttled_expires_by_its_own_validity(cast: Cast, clock: Clock, settings: Any) -> None:
    settings.RECIPIENT_TEXTS_A_MINUTE = 1
    first = message(cast.ben, at=clock.now)
    late = message(cast.ben, at=clock.now, expires_at=clock.now + timedelta(seconds=40))
    deliver(clock)
    assert [again(row).status for row in (first, late)] == ["sent", "held"]
    clock.passes(timedelta(seconds=41))
    expire(now=clock.now)
    assert (again(late).status, again(late).reason) == ("expired", "ROW-2")


@pytest.mark.parametrize(("closes", "code"), [("phone", "THROTTLE-1"), ("sender", "THROTTLE-4")])
def test_the_diagnosis_says_how_many_of_how_many_and_when_there_is_room(
    cast: Cast, clock: Clock, settings: Any, closes: str, code: str
) -> None:
    if closes == "phone":
        settings.RECIPIENT_TEXTS_A_MINUTE = 1
    else:
        with platform_scope():
            Sender.objects.update(texts_a_minute=1)
    rows = [message(cast.ben, at=clock.now, body=f"No. {number}") for number in range(2)]
    deliver(clock)
    assert [again(row).reason for row in rows] == ["", code]
    waiting = told(rows[1], clock)
    assert waiting[code].verdict == "stopped"
    assert waiting[code].remedy.text.startswith("It goes by itself at 15:01:00 UTC")
    assert waiting[""].startswith("Held: ")
    assert waiting[code].then == "1 of 1"
    assert told(rows[0], clock)[code].verdict == "notable"
    clock.passes(MINUTE)
    deliver(clock)
    assert again(rows[1]).status == "sent"
    assert told(rows[1], clock).keys().isdisjoint({"THROTTLE-2", "THROTTLE-3"})


def test_two_workers_at_once_place_exactly_as_many_calls_as_a_caller_bears(cast: Cast, settings: Any) -> None:
    settings.RECIPIENT_CALLS_IN_TEN_MINUTES = 0
    now = timezone.now()
    with platform_scope():
        Sender.objects.filter(pk=cast.sender.pk).update(channels=["sms", "voice"], calls_an_hour=16)
    agree(cast.ben, tenant=cast.harbor, channel="voice")
    for number in range(40):
        message(cast.ben, channel="voice", at=now, body=f"No. {number}")
    claimed = {
        owner: claim_due(now=timezone.now(), limit=10, owner=owner, lease=LEASE)
        for owner in ("one", "two", "three", "four")
    }
    start = Barrier(4)

    def work(owner: str) -> int:
        try:
            start.wait()
            return len(intend(claimed[owner], clock=timezone.now, owner=owner, lease=LEASE))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as workers:
        assert sum(workers.map(work, claimed)) == 16
    with platform_scope():
        found = Counter(Notification.objects.filter(channel="voice").values_list("status", "reason"))
    assert found == {("sending", ""): 16, ("held", "THROTTLE-3"): 24}


def test_a_caller_at_its_limit_leaves_the_call_to_the_next_one(cast: Cast, settings: Any) -> None:
    with platform_scope():
        Sender.objects.filter(pk=cast.sender.pk).update(channels=["sms", "voice"], calls_an_hour=1)
        second = Sender.objects.create(
            account=cast.sender.account, address="+12065550101", channels=["voice"], priority=20, calls_an_hour=2
        )
    agree(cast.ben, tenant=cast.harbor, channel="voice")
    clock = Clock()
    rows = [message(cast.ben, channel="voice", at=clock.now, body=f"No. {number}") for number in range(4)]
    intended(clock)
    assert [[one.sender_address for one in attempts(row)] for row in rows] == [
        [cast.sender.address], [second.address], [second.address], [],
    ]  # fmt: skip
    assert (again(rows[3]).reason, again(rows[3]).due_at) == ("THROTTLE-3", BEGAN + timedelta(hours=1))

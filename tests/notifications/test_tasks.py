"""A tick says that beat lives, closes what is over, and wakes whoever has work that a lost wake-up left lying."""

import json
from base64 import b64decode
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from imes import broker
from notifications.models import Heartbeat, Notification, ProviderCallback
from notifications.tasks import escalate, tick
from tenants.scope import platform_scope, tenant_scope
from tests.cast import Cast, make_cast
from tests.consenting import agree
from tests.notifications.dispatch.conftest import again, message
from tests.notifications.escalating import MINUTE, fires, flow_of, paged


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    cast = make_cast()
    agree(cast.ben, tenant=cast.harbor)
    return cast


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder that this test's wake-ups go to; the run's own is shared by all its processes."""
    monkeypatch.setattr(broker.Channel, "data_folder_out", str(tmp_path), raising=False)
    return tmp_path


def woken(folder: Path) -> list[str]:
    """The tasks that were sent since the last look."""
    found: list[dict[str, Any]] = []
    for file in sorted(folder.glob("*.msg")):
        found.append(json.loads(file.read_text()))
        file.unlink()
    assert all(b64decode(task["body"]).startswith(b"[[], {}") for task in found), "a task carried something"
    return [task["headers"]["task"] for task in found]


def test_a_tick_with_nothing_to_do_wakes_nobody_and_says_that_beat_lives(cast: Cast, folder: Path) -> None:
    tick()
    assert woken(folder) == []
    assert Heartbeat.objects.get(name="beat").at > timezone.now() - timedelta(seconds=5)


def test_a_due_message_whose_wake_up_was_lost_is_found(cast: Cast, folder: Path) -> None:
    message(cast.ben)
    tick()
    assert woken(folder) == ["notifications.dispatch"]


def test_a_message_in_doubt_is_found(cast: Cast, folder: Path) -> None:
    now = timezone.now()
    message(cast.ben, status="sending", lease_until=now - timedelta(seconds=1))
    message(cast.ben, status="unconfirmed", lease_until=now + timedelta(seconds=60))
    tick()
    assert woken(folder) == ["notifications.reconcile"]
    with platform_scope():
        Notification.objects.filter(status="sending").update(lease_until=now + timedelta(seconds=60))
    tick()
    assert woken(folder) == []


def test_a_message_that_is_over_is_closed_and_not_sent(cast: Cast, folder: Path) -> None:
    row = message(cast.ben, expires_at=timezone.now() - timedelta(seconds=1))
    tick()
    assert again(row).status == "expired"
    assert woken(folder) == []


@pytest.mark.parametrize(("age", "second", "wakes"), [(10, 7, 1), (3, 7, 0), (90, 7, 0), (90, 30, 1)])
@pytest.mark.usefixtures("cast")
def test_a_webhook_that_belongs_to_nothing_known_is_looked_at_less_often_with_time(
    folder: Path, time_machine: Any, age: int, second: int, wakes: int
) -> None:
    now = timezone.now().replace(minute=20, second=second)
    with platform_scope():
        ProviderCallback.objects.create(provider="twilio", kind="status", received_at=now - timedelta(seconds=age))
    time_machine.move_to(now, tick=False)
    tick()
    assert woken(folder).count("notifications.join_callbacks") == wakes


def test_a_step_that_is_due_and_one_that_reached_nobody_are_found(cast: Cast, folder: Path) -> None:
    with tenant_scope(cast.harbor.pk):
        flow = flow_of(cast.harbor, [cast.ben], [cast.ben], wait=5 * MINUTE)
    alert = fires(flow, at=timezone.now() - 5 * MINUTE)
    with platform_scope():
        Notification.objects.update(status="sent")
    woken(folder)
    tick()
    assert woken(folder) == ["notifications.escalate"]
    escalate()
    assert [seconds for seconds, _ in paged(alert, since=alert.opened_at)] == [0, 300]
    with platform_scope():
        alert.steps.filter(position=0).update(outcome="nobody", moved_on_at=timezone.now() - timedelta(seconds=6))
        Notification.objects.update(status="sent")
    woken(folder)
    tick()
    assert woken(folder) == ["notifications.tell_admins"]

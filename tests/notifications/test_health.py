"""/health says 200 only while a page would go out, and says why not to those who may know; /livez answers anyway."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from notifications.dispatch.heartbeat import BEAT, forget_the_dead, has_ended, seen_alive
from notifications.models import Heartbeat, Notification
from tenants.scope import tenant_scope
from tests.cast import Cast, make_cast

WORKER = "worker:host-1"


@pytest.fixture
def cast(transactional_db: None, settings: Any, tmp_path: Path) -> Cast:
    """A pipeline in which everything moves."""
    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.CELERY_BROKER_URL, settings.BROKER_DIR = "filesystem://", str(tmp_path)
    (tmp_path / "queue").mkdir()
    now = timezone.now()
    for name in (WORKER, BEAT):
        seen_alive(name, at=now, since=now)
    return make_cast()


def ask(user: Any = None) -> tuple[int, dict[str, Any]]:
    client = Client()
    if user is not None:
        client.force_login(user)
    answer = client.get("/health")
    return answer.status_code, answer.json()


def silence(name: str) -> None:
    seen_alive(name, at=timezone.now() - timedelta(minutes=2), since=timezone.now())


@pytest.mark.row(29)
def test_while_everything_moves_it_is_ok_and_strangers_learn_no_more(cast: Cast) -> None:
    assert ask() == (200, {"status": "ok"})


@pytest.mark.row(29)
@pytest.mark.parametrize(("name", "check"), [(WORKER, "worker"), (BEAT, "beat")])
def test_a_part_that_fell_silent_makes_it_down(cast: Cast, name: str, check: str) -> None:
    silence(name)
    assert ask() == (503, {"status": "down"})
    status, answer = ask(cast.sam)
    assert status == 503
    assert [part for part, seen in answer["checks"].items() if not seen["ok"]] == [check]
    assert "120 s ago" in answer["checks"][check]["says"]


def test_ticks_that_stay_out_blame_neither_beat_nor_workers_alone(cast: Cast) -> None:
    silence(BEAT)
    says = ask(cast.sam)[1]["checks"]["beat"]["says"]
    assert says.startswith("no tick was carried out")
    assert "beat may not be running" in says
    assert "every slot of the workers may be busy or stopped" in says


def test_a_due_message_that_waits_over_a_minute_makes_a_living_worker_not_ok(cast: Cast) -> None:
    with tenant_scope(cast.harbor.pk):
        row = Notification.objects.create(
            tenant=cast.harbor, purpose="test", channel="sms", due_at=timezone.now() - timedelta(seconds=50)
        )
    assert ask()[0] == 200
    with tenant_scope(cast.harbor.pk):
        Notification.objects.filter(pk=row.pk).update(due_at=timezone.now() - timedelta(seconds=70))
    status, answer = ask(cast.sam)
    assert status == 503
    assert [part for part, seen in answer["checks"].items() if not seen["ok"]] == ["worker"]
    assert "waited 70 s" in answer["checks"]["worker"]["says"]


def test_just_after_the_start_it_is_down_and_no_probe_writes_an_error(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    Heartbeat.objects.all().delete()
    status, answer = ask(cast.sam)
    assert status == 503
    assert {answer["checks"][part]["says"] for part in ("worker", "beat")} == {"starting: no heartbeat yet"}
    assert [record for record in caplog.records if record.name == "django.request"] == []
    assert Client().get("/no-such-page").status_code == 404
    assert [record.name for record in caplog.records if record.name == "django.request"] == ["django.request"]


def test_one_living_worker_is_enough(cast: Cast) -> None:
    seen_alive("worker:host-2", at=timezone.now() - timedelta(hours=2), since=timezone.now())
    assert ask()[0] == 200
    forget_the_dead(at=timezone.now())
    assert set(Heartbeat.objects.values_list("name", flat=True)) == {WORKER, BEAT}
    has_ended(WORKER)
    assert ask()[0] == 503


def test_a_broker_whose_folder_is_gone_makes_it_down(cast: Cast, tmp_path: Path) -> None:
    (tmp_path / "queue").rmdir()
    status, answer = ask(cast.pat)
    assert (status, answer["checks"]["broker"]["ok"]) == (503, False)
    assert answer["checks"]["worker"]["ok"] is True


def test_a_broker_that_does_not_answer_makes_it_down_and_does_not_hang(cast: Cast, settings: Any) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:9/0"
    started = timezone.now()
    status, answer = ask(cast.pat)
    assert (status, answer["checks"]["broker"]["ok"]) == (503, False)
    assert timezone.now() - started < timedelta(seconds=6)


def test_only_support_and_platform_learn_what_is_down(cast: Cast) -> None:
    silence(BEAT)
    for user in (cast.ana, cast.vic, cast.cleo):
        assert ask(user) == (503, {"status": "down"})
    for user in (cast.sam, cast.pat):
        assert set(ask(user)[1]["checks"]) == {"database", "broker", "worker", "beat"}


def test_loopback_learns_it_in_development_alone_and_not_through_a_proxy(cast: Cast, settings: Any) -> None:
    settings.DEBUG = True
    assert "checks" in ask()[1]
    assert "checks" not in Client().get("/health", HTTP_X_FORWARDED_FOR="203.0.113.9").json()


def test_livez_asks_nobody(cast: Cast, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        answer = Client().get("/livez")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})

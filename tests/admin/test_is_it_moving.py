"""The dashboard says to everybody who opens it whether messages move, by the same measure as /health."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from notifications.dispatch.heartbeat import BEAT, seen_alive
from tests.admin.parts import signed_in
from tests.cast import Cast, make_cast
from tests.notifications.dispatch.conftest import message
from tests.notifications.test_registrations import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(settings: Any) -> Cast:
    settings.PLATFORM_SUPPORT = "help@platform.example"
    return make_cast()


def alive(name: str, *, ago: timedelta = timedelta()) -> None:
    at = timezone.now() - ago
    seen_alive(name, at=at, since=at)


def card(user: Any) -> str:
    return text_of(signed_in(user), "/admin/").partition("Is it moving?")[2]


@pytest.mark.row(29)
def test_while_it_moves_each_audience_sees_so(cast: Cast) -> None:
    alive("worker:a")
    alive(BEAT)
    for user in (cast.ana, cast.vic, cast.sam, cast.pat):
        shown = card(user)
        assert "alive Worker 1 worker, seen" in shown
        assert "alive Beat ticked" in shown
        assert "moving Queue nothing that is due waits" in shown
        assert "Messages wait" not in shown


@pytest.mark.row(29)
def test_a_silent_worker_means_contact_support_and_to_a_platform_admin_start_it(cast: Cast) -> None:
    alive("worker:a", ago=timedelta(minutes=5))
    alive(BEAT)
    for user in (cast.ana, cast.vic):
        shown = card(user)
        assert "silent Worker last seen 5 min ago" in shown
        assert "Contact support: help@platform.example" in shown
    shown = card(cast.pat)
    assert "Start the part that is silent; /health says more." in shown
    assert "Contact support" not in shown


@pytest.mark.row(29)
def test_a_queue_that_does_not_move_is_slow_although_workers_are_alive(cast: Cast) -> None:
    alive("worker:a")
    alive(BEAT)
    message(cast.ben, at=timezone.now() - timedelta(minutes=4))
    shown = card(cast.ana)
    assert "slow Queue the oldest due message has waited 4 min" in shown
    assert "Contact support" in shown

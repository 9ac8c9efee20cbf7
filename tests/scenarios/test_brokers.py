"""The whole way over each broker that the environment names, and what becomes of pages while it is away."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.db import connection
from kombu import Connection

from notifications.management.measuring.line import Cut, line_to
from tests.cast import BEN_NUMBER
from tests.plugins import databases
from tests.sandbox.process import eventually
from tests.scenarios.conftest import Story
from tests.scenarios.processes import status_of

NAMED = {name: os.environ.get(name, "") for name in ("IMES_TEST_REDIS_URL", "IMES_TEST_AMQP_URL")}
QUEUES = ("urgent", "bulk", "webhooks")
brokers = pytest.mark.parametrize(
    "line",
    [
        pytest.param(
            url,
            id=name.split("_")[2].lower(),
            marks=pytest.mark.skipif(not url, reason=f"{name} names no server: set it to run this test"),
        )
        for name, url in NAMED.items()
    ],
    indirect=True,
)


@pytest.fixture
def line(request: pytest.FixtureRequest) -> Iterator[Cut]:
    """A line to the named broker that can be cut; its queues are empty before and gone afterwards."""
    named = urlsplit(request.param)
    _remove_queues(request.param)
    with line_to(named.hostname or "127.0.0.1", named.port or 0) as found:
        yield found
    _remove_queues(request.param)


@pytest.fixture
def broker_url(line: Cut, request: pytest.FixtureRequest) -> str:
    """The broker's URL by way of the line."""
    named = urlsplit(request.node.callspec.params["line"])
    login, at, _ = named.netloc.rpartition("@")
    return str(urlunsplit(named._replace(netloc=f"{login}{at}127.0.0.1:{line.port}")))


def _remove_queues(url: str) -> None:
    with Connection(url, connect_timeout=5) as connection, connection.channel() as channel:
        for queue in QUEUES:
            channel.queue_delete(queue)  # type: ignore[attr-defined]  # every transport of ours has it


@contextmanager
def holding(number: str) -> Iterator[None]:
    """Hold a number's lock, at which whoever dispatches to it waits."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as holder:
        holder.execute("SELECT FROM members_number WHERE e164 = %s FOR UPDATE", [number])
        yield


def somebody_waits() -> bool:
    """Whether somebody waits for it in this test's database; other tests have theirs on the same server."""
    waiting = (
        "SELECT FROM pg_stat_activity"
        " WHERE datname = %s AND wait_event_type = 'Lock' AND query LIKE '%%members_number%%'"
    )
    with databases.joined().administer() as admin:
        return admin.execute(waiting, [connection.settings_dict["NAME"]]).fetchone() is not None


@brokers
def test_pages_go_over_it_and_wait_while_it_is_away(story: Story, line: Cut) -> None:
    story.start_worker()
    story.start_beat()
    eventually(lambda: status_of(f"{story.place.url}/health") == 200, within=30)
    assert story.fire() == 202
    eventually(lambda: story.status() == "delivered")
    story.sandbox.reply(BEN_NUMBER, "1")
    eventually(lambda: story.status() == "acknowledged")
    answered = len(story.texts(BEN_NUMBER))
    line.cut()
    assert story.fire("pump 4") == 202
    assert story.status() == "queued"
    line.mend()
    eventually(lambda: story.status() == "delivered", within=60)
    pages_of_4 = [text for text in story.texts(BEN_NUMBER)[answered:] if "pump 4" in text["body"]]
    assert len(pages_of_4) == 1
    # Cut off in the middle of a task, which then cannot be acknowledged: the worker takes up what comes after it.
    with holding(BEN_NUMBER):
        assert story.fire("pump 5") == 202
        eventually(somebody_waits)
        line.cut()
    eventually(lambda: story.status() == "delivered")
    line.mend()
    assert story.fire("pump 6") == 202
    eventually(lambda: story.status() == "delivered", within=60)

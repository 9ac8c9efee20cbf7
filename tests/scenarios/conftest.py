"""A portal and a sandbox that know each other, with Harbor's Ben in it, who agreed to SMS."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import requests
from django.utils import timezone

from notifications.models import Notification, ProviderAccount
from notifications.operations.hooks import make_hook
from tenants.scope import platform_scope, tenant_scope
from tests.cast import SENDER_NUMBER, Cast, make_cast
from tests.consenting import agree
from tests.plugins import databases
from tests.sandbox.process import RunningSandbox, eventually
from tests.scenarios.processes import FOLDER, Place, place, running_beat, running_web, running_worker, status_of

#: How often in a row the web process is seen doing nothing before it counts as done.
QUIET_LOOKS = 5


@dataclass(slots=True)
class Story:
    """One test's portal: who is in it, where it runs, and what its people and machines can do."""

    cast: Cast
    sandbox: RunningSandbox
    place: Place
    web: Place
    hook_token: str
    started: ExitStack

    def start_worker(self) -> int:
        return self.started.enter_context(running_worker(self.place, TWILIO_BASE_URL=self.sandbox.url))

    def start_beat(self) -> int:
        return self.started.enter_context(running_beat(self.place))

    def fire(self, service: str = "pump 3") -> int:
        """A machine fires Harbor's flow; returns the HTTP status it gets."""
        return requests.post(
            f"{self.place.url}/hooks/{self.hook_token}", json={"service": service}, timeout=10
        ).status_code

    def texts(self, number: str) -> list[dict[str, Any]]:
        """What the handset got."""
        found = self.sandbox.get("/messages", to=number)
        return [text for text in found if text["direction"] != "inbound"]

    def rows(self) -> list[Notification]:
        """The log, oldest first."""
        with platform_scope():
            return list(Notification.objects.order_by("pk"))

    def status(self) -> str:
        """The status of the newest page."""
        return next((row.status for row in reversed(self.rows()) if row.purpose == "page"), "")


@pytest.fixture(scope="package")
def one_web(
    django_db_setup: None, one_sandbox: RunningSandbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """The web process of all stories: starting one and ending it in good order costs three seconds.

    Between stories it loses its database's rows, what it put into the broker, and what it has not done yet.
    """
    where = place(tmp_path_factory.mktemp("web"))
    providers = {"TWILIO_BASE_URL": one_sandbox.url, "AZURE_BASE_URL": one_sandbox.url}
    with where.web_socket, running_web(where, PGAPPNAME=where.name, **providers):
        yield where


class _Quiet:
    """Whether the web process has done all it was asked to: a story's rows may then be taken away under it."""

    def __init__(self, web: Place) -> None:
        self.web = web
        self.looks = 0

    def __call__(self) -> bool:
        # Requests are begun in the order in which they came, so whatever came before this one has been begun.
        assert status_of(f"{self.web.url}/livez") == 200
        with databases.joined().administer() as admin:
            busy = admin.execute(
                "SELECT FROM pg_stat_activity WHERE application_name = %s AND state <> 'idle' LIMIT 1", [self.web.name]
            ).fetchone()
        self.looks = 0 if busy else self.looks + 1
        return self.looks == QUIET_LOOKS


@pytest.fixture
def broker_url() -> str:
    """The queue of a story: a folder, unless a module names another broker."""
    return FOLDER


@pytest.fixture
def web(broker_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """The web process that serves a story; one on another broker serves no other story."""
    if broker_url == FOLDER:
        yield request.getfixturevalue("one_web")
        return
    where = place(tmp_path, broker=broker_url)
    sandbox: RunningSandbox = request.getfixturevalue("one_sandbox")
    with where.web_socket, running_web(where, TWILIO_BASE_URL=sandbox.url, PGAPPNAME=where.name):
        yield where


@pytest.fixture
def story(
    transactional_db: None, one_sandbox: RunningSandbox, web: Place, settings: Any, tmp_path: Path
) -> Iterator[Story]:
    """The web process and the sandbox run; a test starts worker and beat where it wants them."""
    where = replace(web, folder=tmp_path)
    with ExitStack() as started:
        for left in (path for path in where.broker_dir.rglob("*") if path.is_file()):
            left.unlink()
        # Nothing of an earlier story is on its way any more, and texts from handsets come here.
        one_sandbox.reset()
        started.callback(eventually, _Quiet(web))
        started.callback(one_sandbox.reset)
        (number,) = one_sandbox.twilio().incoming_phone_numbers.list(phone_number=SENDER_NUMBER)
        number.update(sms_url=f"{where.url}/webhooks/twilio/inbound")
        sandbox = one_sandbox
        settings.PUBLIC_URL, settings.TWILIO_BASE_URL = where.url, sandbox.url
        settings.BROKER_DIR = str(where.broker_dir)
        cast = make_cast()
        agree(cast.ben, tenant=cast.harbor)
        with platform_scope():
            account = ProviderAccount.objects.get(pk=cast.sender.account_id)
            account.account_id, account.secret = sandbox.account_sid, sandbox.auth_token
            account.save()
        with tenant_scope(cast.harbor.pk):
            _, token = make_hook(cast.flow, actor=None, at=timezone.now())
        yield Story(cast, sandbox, where, web, token, started)


__all__ = ["Story", "eventually"]

"""A portal and a sandbox that know each other, with Harbor's Ben in it, who agreed to SMS."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
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
from tests.sandbox.process import RunningSandbox, eventually
from tests.scenarios.processes import Place, place, running_beat, running_web, running_worker


@dataclass(slots=True)
class Story:
    """One test's portal: who is in it, where it runs, and what its people and machines can do."""

    cast: Cast
    sandbox: RunningSandbox
    place: Place
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


@pytest.fixture
def story(transactional_db: None, one_sandbox: RunningSandbox, settings: Any, tmp_path: Path) -> Iterator[Story]:
    """The web process and the sandbox run; a test starts worker and beat where it wants them."""
    where = place(tmp_path)
    with ExitStack() as started:
        started.callback(where.web_socket.close)
        # Nothing of an earlier story is on its way any more, and texts from handsets come here.
        one_sandbox.reset()
        started.callback(one_sandbox.reset)
        (number,) = one_sandbox.twilio().incoming_phone_numbers.list(phone_number=SENDER_NUMBER)
        number.update(sms_url=f"{where.url}/webhooks/twilio/inbound")
        sandbox = one_sandbox
        settings.PUBLIC_URL, settings.TWILIO_BASE_URL = where.url, sandbox.url
        settings.BROKER_DIR = str(tmp_path / "broker")
        cast = make_cast()
        agree(cast.ben, tenant=cast.harbor)
        with platform_scope():
            account = ProviderAccount.objects.get(pk=cast.sender.account_id)
            account.account_id, account.secret = sandbox.account_sid, sandbox.auth_token
            account.save()
        with tenant_scope(cast.harbor.pk):
            _, token = make_hook(cast.flow, actor=None, at=timezone.now())
        started.enter_context(running_web(where, TWILIO_BASE_URL=sandbox.url))
        yield Story(cast, sandbox, where, token, started)


__all__ = ["Story", "eventually"]

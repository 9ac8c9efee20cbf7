"""Every consent API keeps the same promises: the real clients of the portal against the sandbox."""

import base64
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from notifications.providers.azure_signing import signed_headers
from notifications.providers.base import Credentials
from notifications.providers.consents import ConsentChange, NotTaken, Taken, Wish
from notifications.providers.registry import CONSENT_APIS
from notifications.sandbox import defaults
from tests.contracts.contract import SOON
from tests.contracts.scripted import Hang, Reply, Reset, ScriptedServer
from tests.sandbox.process import RunningSandbox

OWN, TOLL_FREE, PHONE = "+12065550100", "+18885550100", "+12065550142"
BRIEFLY = timedelta(seconds=0.5)
SAID_AT = datetime(2026, 11, 20, 10, tzinfo=UTC)


@dataclass(frozen=True)
class Side:
    """One provider's side of the table."""

    name: str
    account_id: str
    secret: str
    taken: dict[str, Any]
    refused_item: str
    throttled: str

    def credentials(self, base_url: str, *, secret: str = "") -> Credentials:
        return Credentials(self.account_id, secret or self.secret, base_url)

    def change(
        self,
        base_url: str,
        wish: Wish = "opt_in",
        *,
        number: str = PHONE,
        sender: str = OWN,
        timeout: timedelta = SOON,
        secret: str = "",
        reference: str = "",
    ) -> Taken | NotTaken:
        change = ConsentChange(number, sender, wish, SAID_AT, "website", reference or uuid.uuid4().hex)
        return CONSENT_APIS[self.name].change(
            change, credentials=self.credentials(base_url, secret=secret), timeout=timeout
        )


SIDES = (
    Side(
        name="twilio",
        account_id=defaults.TWILIO_ACCOUNT_SID,
        secret=defaults.TWILIO_AUTH_TOKEN,
        taken={"items": [{"correlation_id": "0" * 32, "error_code": 0, "error_messages": []}]},
        refused_item="30646",
        throttled="20429",
    ),
    Side(
        name="azure",
        account_id="imes.unitedstates.communication.azure.com",
        secret=defaults.AZURE_ACCESS_KEY,
        taken={"value": [{"to": PHONE, "httpStatusCode": 200, "errorMessage": None}]},
        refused_item="400",
        throttled="TooManyRequests",
    ),
)


def test_the_table_names_every_consent_api() -> None:
    assert {side.name for side in SIDES} == set(CONSENT_APIS)


@pytest.fixture(params=SIDES, ids=lambda side: side.name)
def side(request: pytest.FixtureRequest) -> Side:
    found: Side = request.param
    return found


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


def out_of(sandbox: RunningSandbox) -> list[dict[str, str]]:
    return list(sandbox.get("/optouts"))


def test_an_opt_out_and_an_opt_in_change_the_list(side: Side, sandbox: RunningSandbox) -> None:
    assert isinstance(side.change(sandbox.url, "opt_out"), Taken)
    assert out_of(sandbox) == [{"sender": OWN, "number": PHONE}]
    assert isinstance(side.change(sandbox.url, "opt_in"), Taken)
    assert out_of(sandbox) == []


def test_a_refused_item_leaves_the_list_and_gives_its_code(side: Side, sandbox: RunningSandbox) -> None:
    side.change(sandbox.url, "opt_out")
    sandbox.force("consent_refused", to=PHONE)
    answer = side.change(sandbox.url)
    assert isinstance(answer, NotTaken)
    assert answer.code == side.refused_item
    assert answer.says
    assert len(out_of(sandbox)) == 1


def test_a_rate_limit_may_be_tried_again(side: Side, sandbox: RunningSandbox) -> None:
    side.change(sandbox.url, "opt_out")
    sandbox.force("consent_throttled", to=PHONE)
    answer = side.change(sandbox.url)
    assert isinstance(answer, NotTaken)
    assert (answer.http_status, answer.code, answer.may_try_again) == (429, side.throttled, True)
    assert len(out_of(sandbox)) == 1


def test_silence_may_be_tried_again(side: Side, sandbox: RunningSandbox) -> None:
    side.change(sandbox.url, "opt_out")
    sandbox.force("consent_unanswered", to=PHONE)
    answer = side.change(sandbox.url, timeout=BRIEFLY)
    assert isinstance(answer, NotTaken)
    assert (answer.code, answer.may_try_again) == (None, True)
    assert len(out_of(sandbox)) == 1


def test_a_wrong_secret_is_not_tried_again(side: Side, sandbox: RunningSandbox) -> None:
    answer = side.change(sandbox.url, "opt_out", secret="d3Jvbmcga2V5")
    assert isinstance(answer, NotTaken)
    assert (answer.http_status, answer.may_try_again) == (401, False)
    assert out_of(sandbox) == []
    assert isinstance(side.change(sandbox.url, "opt_out"), Taken)


def test_a_sender_of_somebody_else_is_refused(side: Side, sandbox: RunningSandbox) -> None:
    assert isinstance(side.change(sandbox.url, "opt_out", sender="+12125550199"), NotTaken)
    assert isinstance(side.change(sandbox.url, "opt_out"), Taken)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, "<html>all is well</html>", content_type="text/html"),
        Reply(201, "{}"),
        Reply(200, '{"items": [], "value": []}'),
        Reply(503, "busy"),
        Hang(),
        Reset(),
    ],
    ids=["page", "empty", "nobody", "503", "hang", "reset"],
)
def test_what_proves_nothing_may_be_tried_again(side: Side, server: ScriptedServer, reply: Any) -> None:
    server.plays(reply)
    answer = side.change(server.url, timeout=BRIEFLY)
    assert isinstance(answer, NotTaken)
    assert answer.may_try_again
    assert PHONE not in answer.says
    assert side.secret not in answer.says


def test_neither_the_number_nor_the_secret_is_in_what_is_kept(side: Side, server: ScriptedServer) -> None:
    said = (
        f'{{"code": 20001, "message": "{PHONE} with {side.secret}", "error": {{"message": "{PHONE} {side.secret}"}}}}'
    )
    server.plays(Reply(400, said))
    answer = side.change(server.url)
    assert isinstance(answer, NotTaken)
    assert (answer.http_status, answer.may_try_again) == (400, False)
    assert PHONE not in repr(answer)
    assert side.secret not in repr(answer)


def test_an_azure_secret_goes_to_azure_alone() -> None:
    elsewhere = Credentials("evil.example", defaults.AZURE_ACCESS_KEY, None)
    change = ConsentChange(PHONE, OWN, "opt_in", SAID_AT, "website", "0" * 32)
    answer = CONSENT_APIS["azure"].change(change, credentials=elsewhere, timeout=BRIEFLY)
    assert isinstance(answer, NotTaken)
    assert not answer.may_try_again
    assert "host name" in answer.says


def test_our_signature_is_the_one_of_the_published_recipe() -> None:
    """The vector was computed with the provider's own SDK."""
    headers = signed_headers(
        "https://example.communication.azure.com/sms?api-version=2026-01-23",
        method="POST",
        body=b'{"a":1}',
        access_key=base64.b64encode(b"k" * 32).decode(),
        at=datetime(2019, 3, 26, 16, 6, 51, tzinfo=UTC),
    )
    assert headers["x-ms-date"] == "Tue, 26 Mar 2019 16:06:51 GMT"
    assert headers["x-ms-content-sha256"] == "AVq9f1zFei3ZS3WQ8ErYCEJzkF7jPsXOvq5iJ2qX+GI="
    assert headers["Authorization"].endswith("Signature=KMWfpVFrxfzrsSiOn5h8YCgzyI6fNwggxoj8Zyoa6zI=")

"""What the provider is asked about a sender: the portal's real client against the sandbox, and against bad days."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from notifications.core.sender_state import NumberSeen, SenderSeen, ServiceSeen
from notifications.providers.base import Credentials, ProviderDidNotAnswer
from notifications.providers.twilio_numbers import look_at_sender
from notifications.sandbox import defaults
from tests.conftest import SERVICE
from tests.contracts.contract import SOON
from tests.contracts.scripted import Hang, Reply, ScriptedServer
from tests.sandbox.process import RunningSandbox

ALONE, POOLED = defaults.LONG_CODE, "+12065550101"
INBOUND = "http://127.0.0.1:9/webhooks/twilio/inbound"
BRIEFLY = timedelta(seconds=0.5)


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


def looked(base_url: str, address: str, *, timeout: timedelta = SOON, secret: str = "") -> SenderSeen:
    token = secret or defaults.TWILIO_AUTH_TOKEN
    credentials = Credentials(defaults.TWILIO_ACCOUNT_SID, token, base_url)
    return look_at_sender(address, credentials=credentials, timeout=timeout)


def test_a_number_tells_what_it_can_do_and_where_its_texts_go(sandbox: RunningSandbox) -> None:
    number = sandbox.twilio().incoming_phone_numbers.list(phone_number=ALONE)[0]
    number.update(sms_url="https://eve:secret@old.example/in?token=secret", voice_url="https://calls.example/")
    sandbox.post("/senders", phone_number=ALONE, sms=False, voice=True).raise_for_status()
    seen = looked(sandbox.url, ALONE)
    shown = NumberSeen(ALONE, False, True, False, "https://old.example/in?…", "POST", "https://calls.example/")
    assert seen == SenderSeen((shown,), None)


def test_a_number_of_a_service_is_told_with_the_service_and_the_service_with_its_numbers(
    sandbox: RunningSandbox,
) -> None:
    number = NumberSeen(POOLED, True, True, False, INBOUND)
    assert looked(sandbox.url, POOLED) == SenderSeen((number,), ServiceSeen(SERVICE, defers=True))
    service = sandbox.twilio().messaging.v1.services(SERVICE)
    service.update(use_inbound_webhook_on_number=False, inbound_request_url="https://elsewhere.example/in")
    taken_over = SenderSeen((number,), ServiceSeen(SERVICE, "https://elsewhere.example/in", defers=False))
    assert looked(sandbox.url, POOLED) == looked(sandbox.url, SERVICE) == taken_over


@pytest.mark.parametrize("address", ["+12065550999", "MG" + "9" * 32])
def test_what_the_account_does_not_have_is_told_as_that(sandbox: RunningSandbox, address: str) -> None:
    assert looked(sandbox.url, address) == SenderSeen()


def test_a_wrong_secret_a_refusal_and_silence_are_no_answer_and_tell_no_secret(
    sandbox: RunningSandbox, server: ScriptedServer
) -> None:
    with pytest.raises(ProviderDidNotAnswer) as refused:
        looked(sandbox.url, ALONE, secret="wrong-secret")
    assert (refused.value.http_status, refused.value.code) == (401, "20003")
    server.plays(Reply(500, '{"code": 20500, "message": "no"}'), Hang())
    with pytest.raises(ProviderDidNotAnswer) as failed:
        looked(server.url, ALONE)
    assert failed.value.http_status == 500
    with pytest.raises(ProviderDidNotAnswer) as silent:
        looked(server.url, ALONE, timeout=BRIEFLY)
    assert defaults.TWILIO_AUTH_TOKEN not in f"{refused.value}{failed.value}{silent.value}"

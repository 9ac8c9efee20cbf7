"""What is Twilio's own: the fields of its API, its second error form, and the hosts that the SDK may reach."""

import json
import os
from collections.abc import Iterator
from datetime import timedelta

import pytest
from twilio.rest import Client

from notifications.providers.base import Accepted, NotProcessed, Refused
from notifications.providers.twilio_transport import HostNotMapped, NoCallInProgress, TwilioTransport, addressed
from tests.contracts.contract import SOON, TWILIO, sms, twilio_error, twilio_message
from tests.contracts.scripted import Reply, ScriptedServer

BASE = "http://127.0.0.1:8025"


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


def sent_form(server: ScriptedServer, **changes: object) -> dict[str, list[str]]:
    server.plays(TWILIO.accepted("SM1", "queued"))
    TWILIO.provider.send_sms(sms(**changes), credentials=TWILIO.credentials(server.url), timeout=SOON)
    assert server.seen[-1].path == f"/2010-04-01/Accounts/AC{'a' * 32}/Messages.json"
    return dict(server.seen[-1].form)


def test_a_number_is_sent_from_and_a_messaging_service_chooses_for_itself(server: ScriptedServer) -> None:
    from_number = sent_form(server)
    assert from_number["From"] == ["+15005550006"]
    assert "MessagingServiceSid" not in from_number
    by_service = sent_form(server, sender=TWILIO.service_sender)
    assert by_service["MessagingServiceSid"] == [TWILIO.service_sender]
    assert "From" not in by_service


def test_callback_and_validity_go_along_where_they_are_given(server: ScriptedServer) -> None:
    given = sent_form(server)
    assert given["ValidityPeriod"] == ["120"]
    assert given["StatusCallback"] == ["https://imes.example/webhooks/twilio/status/att_7?key=callbacksecret"]
    bare = sent_form(server, validity=None, status_callback=None)
    assert set(bare) == {"To", "From", "Body"}


@pytest.mark.parametrize(("asked", "sent"), [(0, "1"), (0.2, "1"), (59.1, "60"), (90_000, "36000")])
def test_the_validity_is_kept_within_what_twilio_takes(server: ScriptedServer, asked: float, sent: str) -> None:
    assert sent_form(server, validity=timedelta(seconds=asked))["ValidityPeriod"] == [sent]


def test_the_newer_error_form_is_read_too(server: ScriptedServer) -> None:
    problem = {"type": "https://x", "title": "Bad", "status": 400, "code": 21211, "detail": "Not a number."}
    server.plays(Reply(400, json.dumps(problem), "application/problem+json"))
    answer = TWILIO.provider.send_sms(sms(), credentials=TWILIO.credentials(server.url), timeout=SOON)
    assert isinstance(answer, Refused)
    assert (answer.code, answer.message) == ("21211", "Not a number.")


def test_a_rate_limit_says_when_to_come_back_where_twilio_does(server: ScriptedServer) -> None:
    server.plays(twilio_error(429, 20429, "Too Many", {"Retry-After": "3"}), twilio_error(429, 20429, "Too Many"))
    for expected in (timedelta(seconds=3), None):
        answer = TWILIO.provider.send_sms(sms(), credentials=TWILIO.credentials(server.url), timeout=SOON)
        assert isinstance(answer, NotProcessed)
        assert answer.retry_after == expected


def test_a_message_that_failed_at_once_carries_its_code(server: ScriptedServer) -> None:
    server.plays(Reply(201, json.dumps(twilio_message("SM1", "failed", error_code=30034))))
    answer = TWILIO.provider.send_sms(sms(), credentials=TWILIO.credentials(server.url), timeout=SOON)
    assert isinstance(answer, Accepted)
    assert (answer.status_word, answer.error_code) == ("failed", "30034")


def test_two_accounts_keep_to_their_own_credentials(server: ScriptedServer) -> None:
    server.plays(*[TWILIO.accepted("SM1", "queued")] * 3)
    credentials = TWILIO.credentials(server.url)
    other = type(credentials)("AC" + "c" * 32, "another-token", server.url)
    for each in (credentials, other, credentials):
        TWILIO.provider.send_sms(sms(), credentials=each, timeout=SOON)
    first, second, third = (seen.headers["Authorization"] for seen in server.seen)
    assert first == third != second


@pytest.mark.parametrize("product", ["api", "accounts", "lookups", "messaging", "monitor"])
def test_each_host_that_we_use_is_mapped_under_the_base_url(product: str) -> None:
    url = f"https://{product}.twilio.com/v1/Things?A=b"
    assert addressed(url, base_url=BASE) == f"{BASE}/v1/Things?A=b"
    assert addressed(url, base_url=None) == url


@pytest.mark.parametrize(
    "url", ["https://video.twilio.com/v1", "https://api.twilio.com.evil.example/", "http://api.twilio.com/", "/v1"]
)
@pytest.mark.parametrize("base_url", [BASE, None])
def test_credentials_go_to_no_other_host(url: str, base_url: str | None) -> None:
    with pytest.raises(HostNotMapped):
        addressed(url, base_url=base_url)


def test_the_sdk_cannot_be_used_without_a_deadline() -> None:
    client = Client("AC" + "a" * 32, "t", http_client=TwilioTransport(base_url=BASE))
    with pytest.raises(NoCallInProgress):
        client.messages.create(to="+14155550123", from_="+15005550006", body="x")


def test_the_sdk_is_not_loaded_before_it_is_needed() -> None:
    code = "import sys, notifications.providers.registry; sys.exit('twilio.rest' in sys.modules)"
    import subprocess
    import sys

    environment = {"PATH": os.environ.get("PATH", "")}
    assert subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0

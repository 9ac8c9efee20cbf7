"""Azure's calls in the sandbox, met through Azure's own SDK: placed, repeated, led, refused, and told of by events."""

import json
import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest
import requests
from azure.communication.callautomation import (
    CallAutomationClient,
    PhoneNumberIdentifier,
    RecognizeInputType,
    TextSource,
)
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import HttpResponseError

from notifications.sandbox import defaults

from .process import RunningSandbox, eventually

FROM = defaults.AZURE_NUMBERS[0]
PHONE = "+12065550142"
ISSUER = "https://acscallautomation.communication.azure.com"


class Events:
    """Stands where the portal's address for events would, and keeps what is posted."""

    def __init__(self) -> None:
        self.posted: list[tuple[str, dict[str, Any]]] = []
        posted = self.posted

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                [event] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                posted.append((self.headers.get("Authorization", ""), event))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Keep the test output clean."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/call/att_1"

    def kinds(self) -> list[str]:
        return [event["type"].rpartition(".")[2] for _, event in self.posted]

    def one(self, kind: str) -> dict[str, Any]:
        """The data of the first event of a kind, once it has come."""
        return eventually(
            lambda: next((event["data"] for _, event in self.posted if event["type"].endswith(f".{kind}")), {})
        )


@pytest.fixture
def events(sandbox: RunningSandbox) -> Iterator[Events]:
    found = Events()
    thread = threading.Thread(target=found.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield found
        sandbox.reset()
    finally:
        found.server.shutdown()
        found.server.server_close()


def client(sandbox: RunningSandbox, *, key: str = defaults.AZURE_ACCESS_KEY) -> CallAutomationClient:
    return CallAutomationClient(sandbox.url, AzureKeyCredential(key), retry_total=0)


def place(sandbox: RunningSandbox, events: Events, *, to: str = PHONE, key: str = "", **changes: Any) -> Any:
    given: dict[str, Any] = {
        "source_caller_id_number": PhoneNumberIdentifier(FROM),
        "operation_context": "att_1",
        "cognitive_services_endpoint": defaults.AZURE_SPEECH,
        **({"headers": {"Repeatability-Request-ID": key}} if key else {}),
    }
    return client(sandbox).create_call(PhoneNumberIdentifier(to), events.url, **(given | changes))


def line(sandbox: RunningSandbox, call: Any) -> Any:
    return client(sandbox).get_call_connection(call.call_connection_id)


def text(words: str) -> TextSource:
    return TextSource(text=words, source_locale="en-GB", voice_name="en-GB-SoniaNeural")


def test_a_call_rings_is_answered_led_by_keys_and_ended(sandbox: RunningSandbox, events: Events) -> None:
    call = place(sandbox, events)
    assert call.call_connection_state == "connecting"
    ringing = sandbox.ringing(PHONE)
    assert (ringing["provider"], ringing["from"], ringing["sid"]) == ("azure", FROM, call.call_connection_id)
    sandbox.on_phone(ringing, "answer")
    assert events.one("CallConnected")["operationContext"] == "att_1"
    assert line(sandbox, call).get_call_properties().call_connection_state == "connected"
    line(sandbox, call).start_recognizing_media(
        RecognizeInputType.DTMF,
        PhoneNumberIdentifier(PHONE),
        play_prompt=text("Press 1."),
        initial_silence_timeout=9,
        dtmf_max_tones_to_collect=1,
        operation_context="att_1:1",
    )
    sandbox.press(ringing, "1")
    heard = events.one("RecognizeCompleted")
    assert (heard["dtmfResult"]["tones"], heard["operationContext"]) == (["one"], "att_1:1")
    line(sandbox, call).play_media(text("Thank you."), operation_context="att_1:0")
    assert events.one("PlayCompleted")["operationContext"] == "att_1:0"
    line(sandbox, call).hang_up(is_for_everyone=True)
    ended = events.one("CallDisconnected")["resultInformation"]
    assert (ended["code"], ended["subCode"]) == (200, 560000)
    over = sandbox.over(PHONE)
    assert [(said["said"], said["language"]) for said in over["transcript"]] == [
        ("Press 1.", "en-GB"),
        ("Thank you.", "en-GB"),
    ]
    assert over["ended_by"] == "portal"
    with pytest.raises(HttpResponseError) as gone:
        line(sandbox, call).get_call_properties()
    assert gone.value.status_code == 404


def test_each_event_has_a_token_that_the_published_key_proves(sandbox: RunningSandbox, events: Events) -> None:
    place(sandbox, events, to="+12065554110")
    events.one("CallDisconnected")
    config = requests.get(f"{sandbox.url}/calling/.well-known/acsopenidconfiguration", timeout=10).json()
    [key] = requests.get(config["jwks_uri"], timeout=10).json()["keys"]
    for bearer, _ in events.posted:
        token = bearer.removeprefix("Bearer ")
        claims = jwt.decode(
            token, key=jwt.PyJWK(key), algorithms=["RS256"], audience=defaults.AZURE_RESOURCE_ID, issuer=ISSUER
        )
        assert claims["exp"] - claims["iat"] == 300
        assert jwt.get_unverified_header(token)["kid"] == key["kid"]
    assert config["issuer"] == ISSUER


@pytest.mark.parametrize(
    ("ending", "kind", "result"),
    [
        ("4486", "CallDisconnected", (486, 560486)),
        ("4603", "CallDisconnected", (603, 560603)),
        ("4487", "CallDisconnected", (480, 560480)),
        ("4404", "CreateCallFailed", (404, 560404)),
        ("1215", "CreateCallFailed", (403, 560403)),
    ],
)
def test_the_last_digits_decide_how_a_call_ends(
    sandbox: RunningSandbox, events: Events, ending: str, kind: str, result: tuple[int, int]
) -> None:
    place(sandbox, events, to=f"+1206555{ending}")
    told = events.one(kind)["resultInformation"]
    assert (told["code"], told["subCode"]) == result
    assert "CallConnected" not in events.kinds()


def test_nobody_presses_a_key_and_no_service_reads_the_text(sandbox: RunningSandbox, events: Events) -> None:
    for speech, wanted in ((defaults.AZURE_SPEECH, 8510), ("https://other.cognitiveservices.azure.com", 8567)):
        events.posted.clear()
        call = place(sandbox, events, to="+12065554100", cognitive_services_endpoint=speech)
        events.one("CallConnected")
        line(sandbox, call).start_recognizing_media(
            "dtmf", PhoneNumberIdentifier("+12065554100"), play_prompt=text("Hello."), dtmf_max_tones_to_collect=1,
            initial_silence_timeout=1,
        )  # fmt: skip
        assert events.one("RecognizeFailed")["resultInformation"]["subCode"] == wanted
        line(sandbox, call).hang_up(is_for_everyone=True)
        events.one("CallDisconnected")


def test_the_same_request_again_is_answered_as_the_first_time_and_calls_nobody(
    sandbox: RunningSandbox, events: Events
) -> None:
    key = str(uuid.uuid4())
    first, second = (place(sandbox, events, key=key) for _ in range(2))
    assert first.call_connection_id == second.call_connection_id
    assert len(sandbox.calls(PHONE)) == 1
    with pytest.raises(HttpResponseError) as other:
        place(sandbox, events, key=key, to="+12065550143")
    assert other.value.status_code == 409
    place(sandbox, events)
    assert len(sandbox.calls(PHONE)) == 2


def test_what_is_wrong_is_refused(sandbox: RunningSandbox, events: Events) -> None:
    with pytest.raises(HttpResponseError) as stranger:
        place(sandbox, events, source_caller_id_number=PhoneNumberIdentifier("+12065550100"))
    with pytest.raises(HttpResponseError) as unsigned:
        client(sandbox, key="QUFB").create_call(PhoneNumberIdentifier(PHONE), events.url)
    sandbox.force("down", provider="azure")
    with pytest.raises(HttpResponseError) as down:
        place(sandbox, events)
    assert [each.value.status_code for each in (stranger, unsigned, down)] == [403, 401, 503]
    sandbox.force(None, provider="azure")
    call = place(sandbox, events)
    with pytest.raises(HttpResponseError) as early:
        line(sandbox, call).play_media(text("Hello."))
    assert early.value.status_code == 400
    assert len(sandbox.calls()) == 1

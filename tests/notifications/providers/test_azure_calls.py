"""Azure's own ways of calls: what is asked for, what an answer proves, what is said, and what its events mean."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from notifications.core.faults import FaultKind
from notifications.core.spoken import Language, Scene, Spoken
from notifications.core.states import Purpose
from notifications.providers.azure import repeatability_id
from notifications.providers.azure_call_events import (
    AzureCallEvent,
    call_event,
    context_of,
    nothing_said,
    read_call_event,
)
from notifications.providers.azure_call_line import LONGEST_PROMPT, VOICES, Done, Line, NotDone, hang_up, say
from notifications.providers.azure_calls import AzureCalls
from notifications.providers.base import (
    Accepted,
    Answer,
    CallRequest,
    Credentials,
    NeverLeft,
    ProviderDidNotAnswer,
    Refused,
)
from notifications.providers.faults import fault_of
from tests.contracts.contract import AZURE, BEN, HARBOR_SENDER, SOON, TOKEN, azure_asked
from tests.contracts.scripted import Hang, Reply, Reset, ScriptedServer

CALL = "421f3500-f5de-4c12-bf61-9e2641433687"
SPEECH = "https://harbor.cognitiveservices.azure.com"
FIRST_SENT = datetime(2026, 11, 20, 18, 0, 5, tzinfo=UTC)
ANSWERED = datetime(2026, 11, 20, 18, 0, 20, tzinfo=UTC)
TAKEN = Reply(201, json.dumps({"callConnectionId": CALL, "callConnectionState": "connecting"}))


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


def account(server: ScriptedServer) -> Credentials:
    return AZURE.credentials(server.url)


def request(**changes: object) -> CallRequest:
    given: dict[str, Any] = {
        "to": BEN,
        "sender": HARBOR_SENDER,
        "script": "This is Harbor.\nPump 3 is down.",
        "events": "https://imes.example/webhooks/azure/call/att_7",
        "ring_for": timedelta(seconds=25),
        "reference": "att_7",
        "first_sent_at": FIRST_SENT,
        "speech_endpoint": SPEECH,
    }
    return CallRequest(**(given | changes))


def place(server: ScriptedServer, **changes: object) -> Answer:
    return AzureCalls().place_call(request(**changes), credentials=account(server), timeout=SOON)


def refused(status: int, code: str, **headers: str) -> Reply:
    body = {"error": {"code": "Forbidden", "message": "No.", "innererror": {"code": code}}}
    return Reply(status, json.dumps(body), headers=headers)


def test_one_number_is_called_with_the_address_of_its_events_and_no_word_of_the_text(server: ScriptedServer) -> None:
    server.plays(TAKEN)
    answer = place(server)
    assert isinstance(answer, Accepted)
    assert (answer.provider_message_id, answer.status_word, answer.status_known) == (CALL, "initiated", True)
    [seen] = server.seen
    assert (seen.method, seen.path) == ("POST", "/calling/callConnections")
    assert azure_asked(seen) == {
        "targets": [{"kind": "phoneNumber", "rawId": f"4:{BEN}", "phoneNumber": {"value": BEN}}],
        "sourceCallerIdNumber": {"value": HARBOR_SENDER},
        "callbackUri": "https://imes.example/webhooks/azure/call/att_7",
        "operationContext": "att_7",
        "callIntelligenceOptions": {"cognitiveServicesEndpoint": SPEECH},
    }
    headers = {name.lower(): value for name, value in seen.headers.items()}
    assert headers["repeatability-request-id"] == repeatability_id("att_7")
    assert headers["repeatability-first-sent"] == "Fri, 20 Nov 2026 18:00:05 GMT"
    assert AZURE.authorised(seen)


def test_a_listed_code_inside_an_error_says_more_than_its_status(server: ScriptedServer) -> None:
    server.plays(refused(403, "7507"), refused(403, "1234"))
    answer, other = place(server), place(server)
    assert isinstance(answer, Refused)
    assert isinstance(other, Refused)
    assert (answer.http_status, answer.code, other.code) == (403, "7507", "403")
    found = fault_of(answer, provider="azure", channel="voice")
    assert found is not None
    assert (found.kind, found.failover_allowed) == (FaultKind.SENDER_MISCONFIGURED, True)


def test_without_a_speech_service_nobody_is_called_to_hear_nothing(server: ScriptedServer) -> None:
    answer = place(server, speech_endpoint="")
    assert isinstance(answer, NeverLeft)
    assert (answer.exception_class, answer.unreachable) == ("NoSpeechService", False)
    assert server.seen == []


def test_a_repeated_request_is_the_same_one_and_a_refusal_counts_where_it_was_compared(server: ScriptedServer) -> None:
    compared = {"Repeatability-Result": "accepted"}
    server.plays(TAKEN, TAKEN, refused(403, "7507", **compared), refused(403, "7507"), Reset())
    place(server)

    def repeat() -> Accepted | Refused:
        return AzureCalls().repeat_call(request(), credentials=account(server), timeout=SOON)

    assert isinstance(repeat(), Accepted)
    first, second = server.seen
    assert (first.body, first.headers["Repeatability-Request-ID"]) == (
        second.body,
        second.headers["Repeatability-Request-ID"],
    )
    assert isinstance(repeat(), Refused)
    for _ in range(2):
        with pytest.raises(ProviderDidNotAnswer):
            repeat()


SCENE = Scene(Language.FR, ("Ici <Harbor> & fils.", "Appuyez sur 1."), turn=2, waits=6)


def line(server: ScriptedServer) -> Line:
    return Line(CALL, BEN, account(server))


def test_a_scene_is_said_as_text_with_a_voice_of_its_language_and_a_key_is_waited_for(server: ScriptedServer) -> None:
    server.plays(Reply(202, ""), Reply(202, ""), Reply(204, ""))
    assert isinstance(say(SCENE, line=line(server), context="att_7:2", timeout=SOON), Done)
    last = Scene(Language.EN, ("Acknowledged.", "Goodbye."))
    assert isinstance(say(last, line=line(server), context="att_7:0", timeout=SOON), Done)
    assert isinstance(hang_up(line=line(server), timeout=SOON), Done)
    recognizing, playing, ending = server.seen
    assert recognizing.path == f"/calling/callConnections/{CALL}:recognize"
    assert azure_asked(recognizing) == {
        "recognizeInputType": "dtmf",
        "playPrompt": {
            "kind": "text",
            "text": {
                "text": "Ici <Harbor> & fils. Appuyez sur 1.",
                "sourceLocale": "fr-FR",
                "voiceName": "fr-FR-DeniseNeural",
            },
        },
        "recognizeOptions": {
            "interruptPrompt": True,
            "initialSilenceTimeoutInSeconds": 6,
            "targetParticipant": {"kind": "phoneNumber", "rawId": f"4:{BEN}", "phoneNumber": {"value": BEN}},
            "dtmfOptions": {"interToneTimeoutInSeconds": 6, "maxTonesToCollect": 1},
        },
        "operationContext": "att_7:2",
    }
    assert playing.path == f"/calling/callConnections/{CALL}:play"
    assert azure_asked(playing)["playSources"][0]["text"]["text"] == "Acknowledged. Goodbye."
    assert ending.path == f"/calling/callConnections/{CALL}:terminate"
    assert all(AZURE.authorised(seen) for seen in server.seen)


def test_every_language_has_a_voice_and_the_longest_message_is_one_prompt() -> None:
    assert set(VOICES) == set(Language)
    longest = Spoken("&" * 120, "&<>" * 1000, Purpose.PAGE, Language.FR, contact="help@harbor.example")
    scenes = (longest.first(), longest.after_silence(turn=1), longest.repeated(turn=2), longest.to_machine())
    assert max(len(" ".join(scene.says)) for scene in scenes) < LONGEST_PROMPT


@pytest.mark.parametrize(
    ("play", "code", "is_final"),
    [
        (Reply(404, json.dumps({"error": {"code": "8522", "message": f"{BEN} Appuyez sur 1."}})), "8522", True),
        (refused(400, "8501"), "8501", True),
        (Reply(429, json.dumps({"error": {"code": "TooManyRequests", "message": "Slow down."}})), "429", False),
        (Reply(503, "<p>?</p>", "text/html"), "", False),
        (Reset(), "", False),
        (Hang(), "", False),
    ],
    ids=repr,
)
def test_what_is_not_done_says_whether_asking_again_may_help(
    server: ScriptedServer, play: Any, code: str, is_final: bool
) -> None:
    server.plays(play)
    found = say(SCENE, line=line(server), context="att_7:2", timeout=timedelta(seconds=0.4))
    assert isinstance(found, NotDone)
    assert (found.code, found.is_final) == (code, is_final)
    kept = json.dumps(found.trace.as_json() if found.trace else {}) + found.says
    assert not any(secret in kept for secret in (BEN, "Appuyez", TOKEN))


def test_a_call_is_shown_while_it_lasts_and_none_are_listed(server: ScriptedServer) -> None:
    gone = Reply(404, json.dumps({"error": {"code": "8522", "message": "Call not found"}}))
    shown = {"callConnectionId": CALL, "callConnectionState": "connected", "sourceCallerIdNumber": {"value": "+1206"}}
    strange = {**shown, "callConnectionState": "teleported"}
    server.plays(Reply(200, json.dumps(shown)), Reply(200, json.dumps(strange)), gone, Reply(404, "<p>"), Reset())

    def fetch() -> Any:
        return AzureCalls().fetch_call(CALL, credentials=account(server), timeout=SOON)

    assert (fetch().status_word, fetch().status_known) == ("in-progress", False)
    assert fetch() is None
    for _ in range(2):
        with pytest.raises(ProviderDidNotAnswer):
            fetch()
    with pytest.raises(ProviderDidNotAnswer):
        AzureCalls().find_calls(to=BEN, after=FIRST_SENT, credentials=account(server), timeout=SOON)


def raw(kind: str, *, code: object = None, sub_code: object = None, **data: object) -> dict[str, Any]:
    result = {"code": code, "subCode": sub_code, "message": "as it went"}
    return {
        "id": "e-1",
        "source": f"calling/callConnections/{CALL}",
        "type": f"Microsoft.Communication.{kind}",
        "data": {"callConnectionId": CALL, "operationContext": "att_7:2", "resultInformation": result, **data},
        "time": "2026-11-20T18:00:34.2500000Z",
        "specversion": "1.0",
    }


def event(kind: str, **changes: Any) -> AzureCallEvent:
    found = read_call_event(raw(kind, **changes))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("code", "sub_code", "told"),
    [
        (486, 560486, ("busy", 486, "560486")),
        (480, 560480, ("no-answer", 480, "560480")),
        (487, 540487, ("no-answer", 487, "540487")),
        (603, 560603, ("failed", 603, "560603")),
        (404, 560404, ("failed", 404, "560404")),
        (608, 560608, ("failed", 608, "SIP-608")),
        (403, 510403, ("failed", 403, "510403")),
        (500, 99, ("failed", 500, "SIP-500")),
        (408, None, ("no-answer", 408, "SIP-408")),
    ],
)
def test_a_call_that_nobody_took_ends_in_a_word_the_network_s_answer_and_a_code(
    code: int, sub_code: int | None, told: tuple[str, int, str]
) -> None:
    for kind in ("CallDisconnected", "CreateCallFailed"):
        found = call_event(event(kind, code=code, sub_code=sub_code), answered_at=None)
        assert found is not None
        assert (found.word, found.sip_code, found.fault_code) == told
        assert (found.seconds, found.answered_by) == (0, "")


@pytest.mark.parametrize(("code", "sub_code"), [(200, 560000), (0, 7000), (None, None), (500, 560500)])
def test_a_call_that_was_answered_is_completed_however_it_ended(code: int | None, sub_code: int | None) -> None:
    found = call_event(event("CallDisconnected", code=code, sub_code=sub_code), answered_at=ANSWERED)
    assert found is not None
    assert (found.word, found.sip_code, found.fault_code) == ("completed", None, "")
    assert (found.seconds, found.answered_by) == (15, "unknown")


def test_an_ordinary_end_that_comes_before_the_rest_is_an_answered_call() -> None:
    found = call_event(event("CallDisconnected", code=200, sub_code=560000), answered_at=None)
    assert found is not None
    assert (found.word, found.seconds) == ("completed", None)


def test_a_call_on_which_nothing_could_be_said_stays_failed() -> None:
    mute = nothing_said(event("RecognizeFailed", code=400, sub_code=8567), "8567")
    assert (mute.word, mute.fault_code, mute.answered_by) == ("failed", "8567", "unknown")
    end = event("CallDisconnected", code=200, sub_code=560000)
    found = call_event(end, answered_at=ANSWERED, mute_because="8567")
    assert found is not None
    assert (found.word, found.fault_code) == ("failed", "8567")


@pytest.mark.parametrize(
    ("tone", "key"),
    [("one", "1"), ("Nine", "9"), ("zero", "0"), ("asterisk", "*"), ("pound", "#"), ("a", ""), (1, ""), ("", "")],
)
def test_keys_come_as_words(tone: object, key: str) -> None:
    found = event("RecognizeCompleted", dtmfResult={"tones": [tone]})
    assert (found.key, found.turn) == (key, 2)
    told = call_event(found, answered_at=ANSWERED)
    assert told is not None
    assert (told.word, told.key, told.answered_by) == ("in-progress", key, "unknown")


def test_silence_says_that_it_was_heard_out_and_another_failure_says_nothing() -> None:
    silence = call_event(event("RecognizeFailed", code=400, sub_code=8510), answered_at=ANSWERED)
    assert silence is not None
    assert (silence.word, silence.key, silence.answered_by) == ("in-progress", "", "unknown")
    assert call_event(event("RecognizeFailed", code=400, sub_code=8508), answered_at=ANSWERED) is None
    assert call_event(event("PlayCompleted", code=200), answered_at=ANSWERED) is None


@pytest.mark.parametrize(
    "changed",
    [
        None,
        [],
        "an event",
        {**raw("CallConnected"), "type": "Contoso.CallConnected"},
        {**raw("CallConnected"), "type": 7},
        {**raw("CallConnected"), "data": []},
        {**raw("CallConnected"), "data": {"callConnectionId": ""}},
        {**raw("CallConnected"), "data": {"callConnectionId": {"is": "none"}}},
    ],
)
def test_what_is_no_event_of_a_call_is_none(changed: object) -> None:
    assert read_call_event(changed) is None


@pytest.mark.parametrize("context", ["att_7", "att_7:", "att_7:x", "att_7:-1", "att_7:²", "", "att_7:999"])
def test_a_context_that_is_none_of_ours_names_no_turn(context: str) -> None:
    assert event("PlayCompleted", operationContext=context).turn == 0
    assert event("PlayCompleted", operationContext=context_of("att_7", turn=3)).turn == 3


def test_odd_results_are_read_as_far_as_they_go() -> None:
    found = event("CallDisconnected", code=True, sub_code="560486", resultInformation="none")
    assert (found.code, found.sub_code, found.sip_code) == (None, None, None)
    huge = event("CallDisconnected", code=10**12, sub_code=-1)
    assert (huge.code, huge.sub_code, huge.fault_code) == (None, None, "")
    assert event("CallConnected").fingerprint != event("CallConnected", operationContext="other").fingerprint
    detailed = raw("CallDisconnected", code=500, sub_code=99)
    detailed["data"]["resultInformation"]["sipDetails"] = {"code": 607}
    told = read_call_event(detailed)
    assert told is not None
    assert (told.sip_code, told.fault_code) == (607, "SIP-607")

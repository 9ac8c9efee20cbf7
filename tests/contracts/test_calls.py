"""What every provider of calls promises: one call placed, what is known said, asked about truthfully, traced well."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from notifications.core.faults import FaultKind
from notifications.core.spoken import Language, Spoken
from notifications.core.states import Purpose
from notifications.providers.base import (
    Accepted,
    Answer,
    CallRequest,
    CallSnapshot,
    Credentials,
    NeverLeft,
    NotProcessed,
    OutcomeUnknown,
    ProviderDidNotAnswer,
    Refused,
    VoiceProvider,
)
from notifications.providers.faults import fault_of
from notifications.providers.registry import voice_provider
from notifications.providers.twilio_twiml import LONGEST_SCRIPT, twiml, words_in
from tests.contracts.contract import BEN, HARBOR_SENDER, SOON, TOKEN, azure_error, twilio_error
from tests.contracts.scripted import BreakOff, Hang, Play, Reply, Reset, ScriptedServer

TEXT = 'pump 3 at Müller & Söhne is "down" <now> 4821'
SPOKEN = Spoken("Harbor & Sons", TEXT, Purpose.PAGE, Language.EN, ack_code="4821", texts_to=HARBOR_SENDER)
SCRIPT = twiml(SPOKEN.first(), keys_to="https://imes.example/webhooks/twilio/keys/att_7")
FIRED = datetime(2026, 11, 20, 18, 0, 5, 400_000, tzinfo=UTC)
TWILIO = voice_provider("twilio")


def resource(sid: str, status: str, **changes: object) -> dict[str, object]:
    return {
        "sid": sid,
        "status": status,
        "to": BEN,
        "from": HARBOR_SENDER,
        "duration": None,
        "answered_by": None,
        "direction": "outbound-api",
        "date_created": "Fri, 20 Nov 2026 18:00:05 +0000",
        "date_updated": None,
    } | changes


def accepted(sid: str, status: str = "queued") -> Reply:
    return Reply(201, json.dumps(resource(sid, status)))


@dataclass(frozen=True)
class Caller:
    """One provider's side of the table. `faults`: HTTP status and code of a refusal, and the kind it must become.

    `first_word` is how an accepted call stands, where nothing else is said; `strange` an answer with an unknown word.
    """

    provider: VoiceProvider
    account_id: str
    accepted: Reply
    strange: Reply
    refused: Callable[[int, str | int, str], Reply]
    faults: tuple[tuple[int, int, FaultKind], ...]
    rate_limit: tuple[int, int]
    first_word: str
    broken: dict[str, Any]


BY_TWILIO = Caller(
    provider=TWILIO,
    account_id="AC" + "a" * 32,
    accepted=accepted("CA1"),
    strange=accepted("CA1", "teleported"),
    refused=twilio_error,
    faults=(
        (400, 21210, FaultKind.SENDER_MISCONFIGURED),
        (400, 21214, FaultKind.UNREACHABLE),
        (400, 21215, FaultKind.GEO_PERMISSION),
        (400, 21216, FaultKind.CARRIER_BLOCKED),
        (400, 21217, FaultKind.INVALID_NUMBER),
        (401, 20003, FaultKind.AUTH),
        (400, 39999, FaultKind.UNKNOWN),
    ),
    rate_limit=(429, 20429),
    first_word="queued",
    broken={"ring_for": "a while"},
)


def azure_call(state: str) -> Reply:
    shown = {"callConnectionId": "CA1", "callConnectionState": state, "targets": [{"phoneNumber": {"value": BEN}}]}
    return Reply(201, json.dumps(shown))


BY_AZURE = Caller(
    provider=voice_provider("azure"),
    account_id="imes.unitedstates.communication.azure.com",
    accepted=azure_call("connecting"),
    strange=azure_call("teleported"),
    refused=azure_error,
    faults=(
        (400, 400, FaultKind.REQUEST_INVALID),
        (401, 7509, FaultKind.AUTH),
        (403, 7507, FaultKind.SENDER_MISCONFIGURED),
        (403, 7600, FaultKind.ACCOUNT_SUSPENDED),
        (400, 7602, FaultKind.INVALID_NUMBER),
        (400, 8523, FaultKind.REQUEST_INVALID),
        (418, 418, FaultKind.UNKNOWN),
    ),
    rate_limit=(429, 429),
    first_word="initiated",
    broken={"reference": 7},
)


@pytest.fixture(params=[BY_TWILIO, BY_AZURE], ids=lambda caller: caller.provider.name)
def caller(request: pytest.FixtureRequest) -> Caller:
    found: Caller = request.param
    return found


def place(
    server: ScriptedServer, *, caller: Caller = BY_TWILIO, timeout: timedelta = SOON, **changes: object
) -> Answer:
    given: dict[str, object] = {
        "to": BEN,
        "sender": HARBOR_SENDER,
        "script": SCRIPT if caller is BY_TWILIO else "\n".join(SPOKEN.first().says),
        "events": "https://imes.example/webhooks/twilio/call/att_7?key=callbacksecret",
        "ring_for": timedelta(seconds=25),
        "reference": "att_7",
        "speech_endpoint": "https://imes.cognitiveservices.azure.com",
    }
    request = CallRequest(**(given | changes))  # type: ignore[arg-type]
    credentials = Credentials(caller.account_id, TOKEN, server.url)
    return caller.provider.place_call(request, credentials=credentials, timeout=timeout)


def account(server: ScriptedServer) -> Credentials:
    return Credentials("AC" + "a" * 32, TOKEN, server.url)


def fetch(server: ScriptedServer) -> CallSnapshot | None:
    return TWILIO.fetch_call("CA1", credentials=account(server), timeout=SOON)


def find(server: ScriptedServer, *, limit: int = 200) -> list[CallSnapshot]:
    return TWILIO.find_calls(to=BEN, after=FIRED, credentials=account(server), timeout=SOON, limit=limit)


def test_the_call_is_asked_for_as_it_should_be_and_its_id_is_kept(server: ScriptedServer) -> None:
    server.plays(accepted("CA1"))
    answer = place(server)
    assert isinstance(answer, Accepted)
    assert (answer.provider_message_id, answer.status_word, answer.segments) == ("CA1", "queued", None)
    assert answer.status_known
    [seen] = server.seen
    assert seen.path.endswith("/Calls.json")
    assert (seen.form["To"], seen.form["From"]) == ([BEN], [HARBOR_SENDER])
    assert seen.form["Twiml"] == [SCRIPT]
    assert seen.form["Timeout"] == ["25"]
    assert seen.form["MachineDetection"] == ["Enable"]
    assert seen.form["StatusCallbackEvent"] == ["initiated", "ringing", "answered", "completed"]
    assert seen.form["StatusCallback"][0].startswith("https://imes.example/webhooks/twilio/call/att_7")


def test_a_call_rings_no_shorter_and_no_longer_than_the_provider_lets_it(server: ScriptedServer) -> None:
    server.plays(accepted("CA1"), accepted("CA2"))
    place(server, ring_for=timedelta(seconds=0.4))
    place(server, ring_for=timedelta(hours=1))
    assert [seen.form["Timeout"] for seen in server.seen] == [["5"], ["600"]]


def test_an_accepted_call_has_its_id_and_claims_no_more_than_was_said(server: ScriptedServer, caller: Caller) -> None:
    server.plays(caller.accepted)
    answer = place(server, caller=caller)
    assert isinstance(answer, Accepted)
    assert (answer.provider_message_id, answer.status_word, answer.status_known) == ("CA1", caller.first_word, True)
    assert len(server.seen) == 1


def test_each_refusal_becomes_its_fault_and_the_call_is_not_placed_twice(
    server: ScriptedServer, caller: Caller
) -> None:
    for http_status, code, kind in caller.faults:
        server.plays(caller.refused(http_status, code, "No."))
        answer = place(server, caller=caller)
        assert isinstance(answer, Refused)
        assert (answer.http_status, answer.code) == (http_status, str(code))
        found = fault_of(answer, provider=caller.provider.name, channel="voice")
        assert found is not None
        assert (found.kind, found.moves_breaker) == (kind, False)
    assert len(server.seen) == len(caller.faults)


def test_a_rate_limit_in_the_providers_own_words_was_never_processed(server: ScriptedServer, caller: Caller) -> None:
    server.plays(caller.refused(*caller.rate_limit, "Too Many Requests"))
    assert isinstance(place(server, caller=caller), NotProcessed)


@pytest.mark.parametrize(
    "play",
    [
        Reset(),
        BreakOff(),
        Reply(201, "{}"),
        Reply(201, "<html>hello</html>", "text/html"),
        Reply(429, "<html>slow down</html>", "text/html"),
        Reply(503, "<html>bad gateway</html>", "text/html"),
    ],
    ids=repr,
)
def test_an_answer_that_proves_nothing_leaves_the_outcome_unknown(
    server: ScriptedServer, caller: Caller, play: Play
) -> None:
    server.plays(play)
    assert isinstance(place(server, caller=caller), OutcomeUnknown)
    assert len(server.seen) == 1


def test_the_timeout_is_honoured(server: ScriptedServer, caller: Caller) -> None:
    server.plays(Hang(), caller.accepted)
    answer = place(server, caller=caller, timeout=timedelta(seconds=0.3))
    assert isinstance(answer, OutcomeUnknown)
    assert answer.exception_class == "TimeoutError"
    assert isinstance(place(server, caller=caller), Accepted)


def test_an_error_of_our_own_never_left(server: ScriptedServer, caller: Caller) -> None:
    answer = place(server, caller=caller, **caller.broken)
    assert isinstance(answer, NeverLeft)
    assert not answer.unreachable
    assert not server.seen


def test_a_word_that_nobody_knows_is_kept_and_said_aloud(
    server: ScriptedServer, caller: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    server.plays(caller.strange)
    answer = place(server, caller=caller)
    assert isinstance(answer, Accepted)
    assert (answer.status_word, answer.status_known) == ("teleported", False)
    assert "teleported" in caplog.text


def test_neither_token_nor_words_nor_number_is_in_any_trace(server: ScriptedServer, caller: Caller) -> None:
    quoting = f"{BEN} {SCRIPT} {TOKEN} {words_in(SCRIPT)[1]} ben@harbor.example"
    plays: dict[type[Answer], Play] = {
        Accepted: caller.accepted,
        Refused: caller.refused(400, caller.faults[-2][1], quoting),
        OutcomeUnknown: Reply(500, json.dumps({"echo": [quoting]})),
    }
    for expected, play in plays.items():
        server.plays(play)
        answer = place(server, caller=caller)
        assert isinstance(answer, expected)
        text = json.dumps(answer.trace.as_json(), ensure_ascii=False) + repr(answer)
        for secret in (TOKEN, "Müller", "4821", BEN, BEN[1:], "ben@harbor", "callbacksecret", "Basic "):
            assert secret not in text
        assert HARBOR_SENDER in answer.trace.request_fields.values()
        assert any(value.startswith("[text: ") for value in answer.trace.request_fields.values())


def test_a_call_is_shown_as_the_provider_sees_it_now(server: ScriptedServer) -> None:
    server.plays(Reply(200, json.dumps(resource("CA1", "completed", duration="17", answered_by="human"))))
    found = fetch(server)
    assert found is not None
    assert (found.provider_call_id, found.status_word, found.seconds) == ("CA1", "completed", 17)
    assert (found.answered_by, found.sender, found.to) == ("human", HARBOR_SENDER, BEN)
    assert found.created_at == datetime(2026, 11, 20, 18, 0, 5, tzinfo=UTC)
    assert BEN not in repr(found)


def test_only_the_providers_own_word_means_that_a_call_does_not_exist(server: ScriptedServer) -> None:
    server.plays(twilio_error(404, 20404, "not found"), Reply(404, "<p>?</p>", "text/html"))
    assert fetch(server) is None
    with pytest.raises(ProviderDidNotAnswer):
        fetch(server)


def page(*created: str | None) -> Reply:
    calls = [
        resource(f"CA{index}", "ringing", date_created=f"Fri, 20 Nov 2026 {at} +0000" if at else None)
        for index, at in enumerate(created)
    ]
    return Reply(200, json.dumps({"calls": calls, "next_page_uri": None, "page": 0, "page_size": 50}))


def test_calls_since_then_are_found_by_number_and_older_ones_left_out(server: ScriptedServer) -> None:
    server.plays(page("18:00:06", "18:00:05", None, "18:00:04"), page())
    assert [one.provider_call_id for one in find(server)] == ["CA0", "CA1", "CA2"]
    assert server.seen[0].query["To"] == [BEN]
    assert not any(name.startswith("StartTime") for name in server.seen[0].query), "a queued call has no start"
    assert find(server) == []


def test_a_list_that_is_not_there_or_not_complete_is_no_answer(server: ScriptedServer) -> None:
    server.plays(page(*["18:00:06"] * 3), Reset(), Reply(503, "{}"))
    with pytest.raises(ProviderDidNotAnswer, match="more than 2"):
        find(server, limit=2)
    for _ in range(2):
        with pytest.raises(ProviderDidNotAnswer):
            find(server)


def test_a_scene_is_written_so_that_nothing_in_it_can_be_markup() -> None:
    assert "<now>" not in SCRIPT
    assert words_in(SCRIPT) == (
        "This is Harbor and Sons, with an alert for you.",
        'pump 3 at Müller and Söhne is "down" less than now more than 4821.',
    )
    assert parse_qs(urlsplit(SCRIPT.split('action="')[1].split('"')[0]).query) == {"turn": ["1"]}


def test_the_longest_message_is_still_short_enough_to_be_sent_along() -> None:
    longest = Spoken("&" * 120, "&<>" * 1000, Purpose.PAGE, Language.FR)
    script = twiml(
        longest.first(), keys_to="https://a-very-long-name.imes.example:8443/webhooks/twilio/keys/" + "a" * 24
    )
    assert len(script) <= LONGEST_SCRIPT

"""What every provider of calls promises: one call placed, what is known said, asked about truthfully, traced well."""

import json
from datetime import UTC, datetime, timedelta
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
)
from notifications.providers.faults import fault_of
from notifications.providers.registry import voice_provider
from notifications.providers.twilio_twiml import LONGEST_SCRIPT, twiml, words_in
from tests.contracts.contract import BEN, HARBOR_SENDER, SOON, TOKEN, twilio_error
from tests.contracts.scripted import BreakOff, Hang, Play, Reply, Reset, ScriptedServer

TEXT = 'pump 3 at Müller & Söhne is "down" <now> 4821'
SPOKEN = Spoken("Harbor & Sons", TEXT, Purpose.PAGE, Language.EN, ack_code="4821", texts_to=HARBOR_SENDER)
SCRIPT = twiml(SPOKEN.first(), keys_to="https://imes.example/webhooks/twilio/keys/att_7")
FIRED = datetime(2026, 11, 20, 18, 0, 5, 400_000, tzinfo=UTC)
TWILIO = voice_provider("twilio")
FAULTS = (
    (400, 21210, FaultKind.SENDER_MISCONFIGURED),
    (400, 21214, FaultKind.UNREACHABLE),
    (400, 21215, FaultKind.GEO_PERMISSION),
    (400, 21216, FaultKind.CARRIER_BLOCKED),
    (400, 21217, FaultKind.INVALID_NUMBER),
    (401, 20003, FaultKind.AUTH),
    (400, 39999, FaultKind.UNKNOWN),
)


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


def place(server: ScriptedServer, *, timeout: timedelta = SOON, **changes: object) -> Answer:
    given: dict[str, object] = {
        "to": BEN,
        "sender": HARBOR_SENDER,
        "script": SCRIPT,
        "events": "https://imes.example/webhooks/twilio/call/att_7?key=callbacksecret",
        "ring_for": timedelta(seconds=25),
        "reference": "att_7",
    }
    request = CallRequest(**(given | changes))  # type: ignore[arg-type]
    return TWILIO.place_call(request, credentials=account(server), timeout=timeout)


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


def test_each_refusal_becomes_its_fault_and_the_call_is_not_placed_twice(server: ScriptedServer) -> None:
    for http_status, code, kind in FAULTS:
        server.plays(twilio_error(http_status, code, "No."))
        answer = place(server)
        assert isinstance(answer, Refused)
        assert (answer.http_status, answer.code) == (http_status, str(code))
        found = fault_of(answer, provider="twilio", channel="voice")
        assert found is not None
        assert (found.kind, found.moves_breaker) == (kind, False)
    assert len(server.seen) == len(FAULTS)


def test_a_rate_limit_in_the_providers_own_words_was_never_processed(server: ScriptedServer) -> None:
    server.plays(twilio_error(429, 20429, "Too Many Requests"))
    assert isinstance(place(server), NotProcessed)


@pytest.mark.parametrize(
    "play",
    [
        Reset(),
        BreakOff(),
        Reply(201, "{}"),
        Reply(201, "<html>hello</html>", "text/html"),
        Reply(503, "<html>bad gateway</html>", "text/html"),
    ],
    ids=repr,
)
def test_an_answer_that_proves_nothing_leaves_the_outcome_unknown(server: ScriptedServer, play: Play) -> None:
    server.plays(play)
    assert isinstance(place(server), OutcomeUnknown)
    assert len(server.seen) == 1


def test_the_timeout_is_honoured(server: ScriptedServer) -> None:
    server.plays(Hang(), accepted("CA2"))
    answer = place(server, timeout=timedelta(seconds=0.3))
    assert isinstance(answer, OutcomeUnknown)
    assert answer.exception_class == "TimeoutError"
    assert isinstance(place(server), Accepted)


def test_an_error_of_our_own_never_left(server: ScriptedServer) -> None:
    answer = place(server, ring_for="a while")
    assert isinstance(answer, NeverLeft)
    assert not answer.unreachable
    assert not server.seen


def test_a_word_that_nobody_knows_is_kept_and_said_aloud(
    server: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    server.plays(accepted("CA1", "teleported"))
    answer = place(server)
    assert isinstance(answer, Accepted)
    assert (answer.status_word, answer.status_known) == ("teleported", False)
    assert "teleported" in caplog.text


def test_neither_token_nor_words_nor_number_is_in_any_trace(server: ScriptedServer) -> None:
    quoting = f"{BEN} {SCRIPT} {TOKEN} {words_in(SCRIPT)[1]} ben@harbor.example"
    plays: dict[type[Answer], Play] = {
        Accepted: accepted("CA1"),
        Refused: twilio_error(400, 21217, quoting),
        OutcomeUnknown: Reply(500, json.dumps({"echo": [quoting]})),
    }
    for expected, play in plays.items():
        server.plays(play)
        answer = place(server)
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

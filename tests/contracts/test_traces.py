"""What every provider keeps of an exchange: enough to prove it, and nothing secret or personal, whatever came back."""

import json

import pytest

from notifications.providers.base import Accepted, Answer, NeverLeft, OutcomeUnknown, Refused
from tests.contracts.contract import BEN, BODY, HARBOR_SENDER, SOON, TOKEN, Contract, sms
from tests.contracts.scripted import Play, Reply, Reset, ScriptedServer

QUOTING = f"{BEN} {BODY} {TOKEN} {BEN.lstrip('+')} ben@harbor.example"


def send(contract: Contract, server: ScriptedServer, **changes: object) -> Answer:
    return contract.provider.send_sms(sms(**changes), credentials=contract.credentials(server.url), timeout=SOON)


def shown(answer: Answer) -> str:
    return json.dumps(answer.trace.as_json(), ensure_ascii=False) + repr(answer)


def test_the_trace_of_an_accepted_message_shows_the_exchange(contract: Contract, server: ScriptedServer) -> None:
    server.plays(contract.accepted("SM1", "queued"))
    trace = send(contract, server).trace
    assert (trace.method, trace.response_status) == ("POST", contract.accepted_status)
    assert trace.url.startswith(f"{server.url}/"), "where it really went"
    assert trace.started_at is not None
    assert 0 <= trace.elapsed_ms < 5000
    assert "SM1" in trace.response_body
    assert not contract.names_words or "queued" in trace.response_body
    assert HARBOR_SENDER in trace.request_fields.values(), "our own sender is shown"
    assert any(value.startswith(f"[text: {len(BODY)} characters, sha256 ") for value in trace.request_fields.values())


def test_neither_token_nor_text_nor_number_is_in_any_trace(contract: Contract, server: ScriptedServer) -> None:
    plays: dict[str, tuple[Play, type[Answer]]] = {
        "accepted": (contract.accepted("SM1", "queued"), Accepted),
        "refused": (contract.refused(400, 21211, QUOTING), Refused),
        "refused in HTML": (Reply(400, f"<p>{QUOTING}</p>", "text/html"), Refused),
        "broken": (Reply(500, json.dumps({"echo": [QUOTING], "body": BODY, "code": 20500})), OutcomeUnknown),
        "reset": (Reset(), OutcomeUnknown),
    }
    for play, expected in plays.values():
        server.plays(play)
        answer = send(contract, server)
        assert isinstance(answer, expected)
        _is_clean(answer)
    _is_clean(contract.provider.send_sms(sms(), credentials=contract.credentials("ftp://x"), timeout=SOON))


def _is_clean(answer: Answer) -> None:
    text = shown(answer)
    for secret in (
        TOKEN,
        BODY,
        json.dumps(BODY)[1:-1],
        "4821",
        BEN,
        BEN[1:],
        "ben@harbor",
        "callbacksecret",
        "Basic ",
        "Signature=",
    ):
        assert secret not in text


def test_the_refusals_own_words_stay_readable(contract: Contract, server: ScriptedServer) -> None:
    server.plays(contract.refused(400, 21211, f"Invalid 'To' Phone Number: {BEN}"))
    answer = send(contract, server)
    assert isinstance(answer, Refused)
    assert answer.message == "Invalid 'To' Phone Number: +1 *** *** 0123"
    assert "21211" in answer.trace.response_body


def test_a_long_answer_is_cut(contract: Contract, server: ScriptedServer) -> None:
    server.plays(Reply(400, "no " * 5000, "text/plain"))
    assert len(send(contract, server).trace.response_body) == 4096


def test_credentials_and_requests_do_not_show_their_secrets_when_printed(contract: Contract) -> None:
    assert TOKEN not in repr(contract.credentials("http://127.0.0.1"))
    assert contract.account_id in repr(contract.credentials("http://127.0.0.1"))
    assert BODY not in repr(sms())


def test_nothing_secret_is_logged(contract: Contract, server: ScriptedServer, caplog: pytest.LogCaptureFixture) -> None:
    server.plays(contract.accepted("SM1", "teleported"), contract.refused(400, 21211, QUOTING))
    with caplog.at_level(0):
        send(contract, server)
        answer = send(contract, server)
    assert isinstance(answer, Refused)
    assert not contract.names_words or "teleported" in caplog.text
    for secret in (TOKEN, "4821", BEN[1:]):
        assert secret not in caplog.text


def test_what_never_left_has_a_trace_too(contract: Contract, server: ScriptedServer) -> None:
    answer = send(contract, server, **contract.broken)
    assert isinstance(answer, NeverLeft)
    assert answer.trace.response_status is None
    assert answer.trace.as_json()["started_at"]

"""What every provider promises about handing a message over: one request, and an answer that claims what is known."""

import logging
import socket
import time
from datetime import timedelta

import pytest

from notifications.core.faults import FaultKind
from notifications.providers.base import Accepted, Answer, NeverLeft, NotProcessed, OutcomeUnknown, Refused
from notifications.providers.faults import fault_of
from tests.contracts.contract import BEN, BODY, SOON, Contract, sms
from tests.contracts.scripted import BreakOff, Drip, Hang, Play, Reply, Reset, ScriptedServer

HTML = Reply(200, "<html>hello</html>", content_type="text/html")


def send(contract: Contract, server: ScriptedServer, *, timeout: timedelta = SOON, **changes: object) -> Answer:
    return contract.provider.send_sms(sms(**changes), credentials=contract.credentials(server.url), timeout=timeout)


def test_the_message_arrives_as_it_was_asked_for_and_its_id_is_kept(contract: Contract, server: ScriptedServer) -> None:
    server.plays(contract.accepted("SM1", "queued"))
    answer = send(contract, server)
    assert isinstance(answer, Accepted)
    assert (answer.provider_message_id, answer.status_word) == ("SM1", contract.first_word)
    assert answer.segments == contract.segments
    assert answer.status_known
    assert fault_of(answer, provider=contract.provider.name, channel="sms") is None
    [seen] = server.seen
    assert (contract.sent_text(seen), contract.sent_to(seen)) == (BODY, BEN)
    assert contract.authorised(seen)


def test_each_refusal_becomes_its_fault_and_nothing_is_sent_twice(contract: Contract, server: ScriptedServer) -> None:
    for http_status, code, kind in contract.faults:
        server.plays(contract.refused(http_status, code, "No."))
        answer = send(contract, server)
        assert isinstance(answer, Refused)
        assert (answer.http_status, answer.code) == (http_status, str(code))
        found = fault_of(answer, provider=contract.provider.name, channel="sms")
        assert found is not None
        assert (found.kind, found.moves_breaker) == (kind, False)
    assert len(server.seen) == len(contract.faults)


def test_a_rate_limit_in_the_providers_own_words_was_never_processed(
    contract: Contract, server: ScriptedServer
) -> None:
    status, code = contract.rate_limit
    server.plays(contract.refused(status, code, "Too Many Requests"), Reply(status, "slow down", "text/plain"))
    answer = send(contract, server)
    assert isinstance(answer, NotProcessed)
    assert (answer.http_status, answer.code) == (status, str(code))
    from_a_stranger = send(contract, server)
    assert isinstance(from_a_stranger, OutcomeUnknown), "the same status from anything in between proves nothing"
    assert (from_a_stranger.http_status, from_a_stranger.code) == (status, None)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_error_leaves_the_outcome_unknown_and_counts_against_the_route(
    contract: Contract, server: ScriptedServer, status: int
) -> None:
    own = contract.server_code(status)
    server.plays(contract.refused(status, own, "Oops"), Reply(status, "<html>bad gateway</html>", "text/html"))
    for code in (str(own), None):
        answer = send(contract, server)
        assert isinstance(answer, OutcomeUnknown)
        assert (answer.http_status, answer.code) == (status, code)
        found = fault_of(answer, provider=contract.provider.name, channel="sms")
        assert found is not None
        assert (found.kind, found.moves_breaker, found.ambiguous) == (FaultKind.PROVIDER_FAULT, True, True)


@pytest.mark.parametrize("status", [301, 307, 400, 401, 403, 404, 407])
def test_a_refusal_that_is_not_the_providers_json_keeps_its_status_and_has_no_code(
    contract: Contract, server: ScriptedServer, status: int
) -> None:
    server.plays(Reply(status, "<html>no</html>", "text/html", headers={"Location": f"{server.url}/elsewhere"}))
    answer = send(contract, server)
    assert isinstance(answer, Refused)
    assert (answer.http_status, answer.code) == (status, None)
    assert len(server.seen) == 1, "a redirect is not followed: the token would go along"


def test_a_status_word_that_nobody_knows_is_kept_and_said_aloud(
    contract: Contract, server: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    server.plays(contract.accepted("SM1", "teleported"), contract.accepted("SM2", "queued"))
    with caplog.at_level(logging.WARNING):
        answer = send(contract, server)
    assert isinstance(answer, Accepted)
    if not contract.names_words:
        assert (answer.status_word, answer.status_known) == (contract.first_word, True)
        return
    assert (answer.provider_message_id, answer.status_word, answer.status_known) == ("SM1", "teleported", False)
    assert "teleported" in caplog.text
    caplog.clear()
    send(contract, server)
    assert not caplog.records


@pytest.mark.parametrize(
    "play",
    [
        Reset(),
        Reset(after=b"HTTP/1.1 201 Created\r\nContent-"),
        BreakOff(),
        BreakOff(after=b'HTTP/1.1 201 Created\r\nContent-Length: 400\r\n\r\n{"sid": "SM1"'),
        BreakOff(after=b"not HTTP at all\r\n\r\n"),
        HTML,
        Reply(201, "{}"),
        Reply(201, "[]"),
        Reply(201, ""),
    ],
    ids=repr,
)
def test_an_answer_that_proves_nothing_after_the_request_left_is_unknown_and_not_repeated(
    contract: Contract, server: ScriptedServer, play: Play
) -> None:
    server.plays(contract.accepted("SM0", "queued"), play, contract.accepted("SM2", "queued"))
    assert isinstance(send(contract, server), Accepted)
    answer = send(contract, server)
    assert isinstance(answer, OutcomeUnknown)
    assert answer.exception_class
    assert len(server.seen) == 2, "a kept connection that breaks is no reason to send twice"
    assert isinstance(send(contract, server), Accepted), "the next message takes a sound connection"


@pytest.mark.parametrize("play", [Hang(), Drip()], ids=repr)
def test_the_timeout_is_honoured_and_leaves_the_outcome_unknown(
    contract: Contract, server: ScriptedServer, play: Play
) -> None:
    server.plays(play, contract.accepted("SM2", "queued"))
    started = time.monotonic()
    answer = send(contract, server, timeout=timedelta(seconds=0.3))
    assert isinstance(answer, OutcomeUnknown)
    assert answer.exception_class == "TimeoutError"
    assert 0.25 < time.monotonic() - started < 8
    assert answer.trace.elapsed_ms >= 250
    assert isinstance(send(contract, server), Accepted)


def test_a_server_that_is_not_there_means_that_nothing_left(contract: Contract) -> None:
    with (
        socket.socket() as bound
    ):  # bound and not listening: connections are refused, and nobody else can take the port
        bound.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        answer = contract.provider.send_sms(sms(), credentials=contract.credentials(url), timeout=SOON)
    assert isinstance(answer, NeverLeft)
    assert (answer.exception_class, answer.unreachable) == ("ConnectionRefusedError", True)
    found = fault_of(answer, provider=contract.provider.name, channel="sms")
    assert found is not None
    assert (found.moves_breaker, found.ambiguous) == (True, False)


@pytest.mark.parametrize("url", ["http://nowhere.invalid", "ftp://127.0.0.1"])
def test_an_address_that_leads_nowhere_means_that_nothing_left(contract: Contract, url: str) -> None:
    answer = contract.provider.send_sms(sms(), credentials=contract.credentials(url), timeout=SOON)
    assert isinstance(answer, NeverLeft)


def test_an_error_of_our_own_never_left_and_says_nothing_about_the_route(
    contract: Contract, server: ScriptedServer
) -> None:
    answer = send(contract, server, **contract.broken)
    assert isinstance(answer, NeverLeft)
    assert not answer.unreachable
    assert not server.seen
    found = fault_of(answer, provider=contract.provider.name, channel="sms")
    assert found is not None
    assert (found.kind, found.moves_breaker) == (FaultKind.OUR_ERROR, False)
    server.plays(contract.accepted("SM1", "queued"))
    assert isinstance(send(contract, server), Accepted)


def test_an_idle_connection_that_the_server_has_closed_is_replaced_before_anything_is_written(
    contract: Contract, server: ScriptedServer
) -> None:
    server.plays(*[contract.accepted("SM1", "queued")] * 2)
    send(contract, server)
    send(contract, server)
    kept = {seen.client_port for seen in server.seen}
    assert len(kept) == 1, "connections are kept"
    bodies = contract.accepted("SM2", "queued")
    server.plays(Reply(bodies.status, bodies.body, closes=True), contract.accepted("SM3", "queued"))
    assert isinstance(send(contract, server), Accepted)
    # A connection that is closed while a request is on its way proves nothing; this is one that was closed before.
    assert server.hung_up.wait(timeout=10)
    answer = send(contract, server)
    assert isinstance(answer, Accepted)
    assert answer.provider_message_id == "SM3"
    assert server.seen[-1].client_port not in kept

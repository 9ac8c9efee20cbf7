"""The wire keeps one connection a thread, says how far a request got, and never writes one twice."""

import os
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from notifications.providers import lines, wire
from tests.contracts.scripted import Reply, ScriptedServer

OK = Reply(200, '{"fine": "ü"}')


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


def post(url: str, *, seconds: float = 5, body: bytes = b"a=1", **headers: str) -> wire.WireResponse:
    return wire.exchange(url, method="POST", headers=headers, body=body, deadline=time.monotonic() + seconds)


def test_an_answer_comes_back_whole(server: ScriptedServer) -> None:
    server.plays(Reply(201, '{"fine": "ü"}', headers={"Retry-After": "7"}))
    response = post(f"{server.url}/a?b=c", X="y")
    assert (response.status, response.text, response.headers["Retry-After"]) == (201, '{"fine": "ü"}', "7")
    [seen] = server.seen
    assert (seen.method, seen.path, seen.query, seen.form) == ("POST", "/a", {"b": ["c"]}, {"a": ["1"]})
    assert seen.headers["X"] == "y"


def test_a_thread_keeps_its_connection_and_shares_it_with_no_other(server: ScriptedServer) -> None:
    server.plays(*[OK] * 4)

    def twice() -> None:
        post(server.url)
        post(server.url)

    twice()
    other = threading.Thread(target=twice)
    other.start()
    other.join()
    ports = [seen.client_port for seen in server.seen]
    assert ports[0] == ports[1] != ports[2] == ports[3]


def test_a_connection_that_was_idle_for_too_long_is_not_used_again(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.plays(*[OK] * 3)
    post(server.url)
    post(server.url)
    monkeypatch.setattr(lines, "IDLE_SECONDS", -1.0)
    post(server.url)
    ports = [seen.client_port for seen in server.seen]
    assert ports[0] == ports[1] != ports[2]


def test_a_forked_worker_opens_a_connection_of_its_own(server: ScriptedServer) -> None:
    server.plays(*[OK] * 3)
    post(server.url)
    child = os.fork()
    if child == 0:
        try:
            post(server.url)
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    post(server.url)
    ports = [seen.client_port for seen in server.seen]
    assert ports[0] == ports[2] != ports[1]


def test_a_request_that_could_not_be_written_whole_was_not_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        body = b"x" * 20_000_000
        with pytest.raises(wire.NotSent):
            post(url, seconds=2, body=body)


def test_nobody_listening_is_not_reached() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        with pytest.raises(wire.NotReached):
            post(f"http://127.0.0.1:{bound.getsockname()[1]}")


def test_time_that_is_over_opens_no_connection(server: ScriptedServer) -> None:
    with pytest.raises(wire.NotReached):
        post(server.url, seconds=0)
    assert not server.seen


def test_a_server_without_a_trusted_certificate_is_not_spoken_to(server: ScriptedServer) -> None:
    with pytest.raises(wire.NotReached, match="SSL"):
        post(server.url.replace("http:", "https:"))
    assert not server.seen


@pytest.mark.parametrize("path", ["/a b", "/é€", "/a\r\nX: y"])
def test_what_http_cannot_carry_touches_no_connection(server: ScriptedServer, path: str) -> None:
    with pytest.raises(wire.Unsendable):
        wire.exchange(server.url + path, method="POST", headers={"A": path}, body=b"", deadline=time.monotonic() + 5)
    assert not server.seen


def test_a_header_cannot_smuggle_another(server: ScriptedServer) -> None:
    with pytest.raises(wire.Unsendable):
        post(server.url, X="y\r\nZ: 1")
    assert not server.seen

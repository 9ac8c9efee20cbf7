"""`manage.py serve` on real parts: what it refuses before it starts anything, and what it leaves behind: nothing."""

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from select import select

import pytest

from imes.embedded.pidfile import postmaster
from imes.embedded.server import Server
from tests.serve.prepared import empty_folder, environment_at, free_port, serve, served_before, serving

SECRET = "q7Xv2mLr9Tz4Kp1Ws8Yb3N"


@dataclass
class Place:
    """A var folder and two ports of a test's own."""

    var: Path
    port: int
    sandbox_port: int

    def serve(self, **changes: str) -> subprocess.Popen[str]:
        return serve(environment_at(self.var, port=self.port, sandbox_port=self.sandbox_port) | changes)

    def get(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", path)
        status = connection.getresponse().status
        connection.close()
        return status


@pytest.fixture
def place() -> Iterator[Place]:
    yield from _place(empty_folder(), free_port())


@pytest.fixture
def place_served_before() -> Iterator[Place]:
    port = free_port()
    yield from _place(served_before(port=port), port)


def _place(var: Path, port: int) -> Iterator[Place]:
    yield Place(var, port, free_port())
    Server(var / "postgres").stop()
    shutil.rmtree(var)


def family(ancestor: int) -> list[int]:
    """Return the process ids of everything that `ancestor` started, and of what that started."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # Field 4 of proc(5); the name before it may hold anything.
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found = [ancestor]
    for number in found:
        found += [child for child, parent in parents.items() if parent == number]
    return found[1:]


def ended_within(number: int, seconds: float) -> bool:
    try:
        descriptor = os.pidfd_open(number)
    except ProcessLookupError:
        return True
    try:
        return bool(select([descriptor], [], [], seconds)[0])
    finally:
        os.close(descriptor)


@pytest.mark.parametrize("variable", ["PORT", "SANDBOX_PORT"])
def test_a_taken_port_is_named_with_its_variable_before_anything_starts(place: Place, variable: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        process = place.serve(**{variable: str(taken)})
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 2
    assert said == f"Port {taken} is taken: set {variable} to a free one, for example {variable}={taken + 1} make run\n"
    assert not (place.var / "postgres").exists()


def test_a_port_that_is_chosen_twice_is_named_before_anything_starts(place: Place) -> None:
    process = place.serve(PORT=str(place.port), SANDBOX_PORT=str(place.port))
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 2
    assert said == f"Port {place.port} is chosen twice: set SANDBOX_PORT to another one.\n"


def test_it_serves_then_stops_all_it_started_and_a_second_one_is_refused_meanwhile(place_served_before: Place) -> None:
    place = place_served_before
    process = place.serve()
    said = serving(process)
    assert f"http://127.0.0.1:{place.port}/admin/" in said
    assert place.get("/livez") == 200
    place.get(f"/hooks/{SECRET}?token={SECRET}")

    second = place.serve(PORT=str(free_port()), SANDBOX_PORT=str(free_port()))
    refusal, _ = second.communicate(timeout=60)
    assert second.returncode == 2
    assert re.fullmatch(rf"The portal already runs in this checkout \(process {process.pid}, .*\n", refusal)

    started = family(process.pid)
    assert len(started) >= 5
    assert Server(place.var / "postgres").answers
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=60)
    assert process.returncode == 0, rest
    assert "by force" not in rest
    assert all(ended_within(number, 0) for number in started)
    assert not Server(place.var / "postgres").answers
    logs = "".join(log.read_text() for log in (place.var / "log").glob("*.log"))
    assert "/hooks/***" in logs
    assert SECRET not in logs


def test_after_a_kill_the_next_one_takes_over_what_was_left(place_served_before: Place) -> None:
    place = place_served_before
    process = place.serve()
    serving(process)
    started = family(process.pid)
    process.kill()
    process.communicate()
    assert all(ended_within(number, 30) for number in started)
    again = place.serve()
    serving(again)
    assert place.get("/livez") == 200
    again.send_signal(signal.SIGTERM)
    assert again.wait(timeout=60) == 0
    assert not Server(place.var / "postgres").answers


def test_a_killed_database_comes_back_while_serving(place_served_before: Place) -> None:
    place = place_served_before
    process = place.serve()
    serving(process)
    server = Server(place.var / "postgres")
    note = postmaster(server.places)
    assert note is not None
    os.kill(note, signal.SIGKILL)
    # Whoever needs it first starts it: the worker's next task, or the supervisor.
    deadline = time.monotonic() + 60
    while not (server.answers and postmaster(server.places) != note):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGHUP)
    process.communicate(timeout=60)
    assert process.returncode == 0

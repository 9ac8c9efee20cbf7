"""The supervisor starts what it is given, keeps it running, and stops that and nothing else, in order."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from select import select

import pytest

from imes.serve.supervisor import LONGEST_BACKOFF, backoff

CHECKOUT = Path(__file__).resolve().parent.parent.parent
# Says that it is up, notes its number and, at its end, its name.
POLITE = """
import os, signal, sys, time
folder, name = {folder!r}, {name!r}
def end(*_):
    open(folder + "/ended", "a").write(name + " ")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
open(folder + "/" + name + ".pid", "w").write(str(os.getpid()))
print("up", flush=True)
while True:
    time.sleep(60)
"""
# Does not listen, and has a child that does not either.
STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen(["sleep", "600"])
open({folder!r} + "/" + {name!r} + ".pid", "w").write(f"{{os.getpid()}} {{child.pid}}")
print("up", flush=True)
while True:
    time.sleep(60)
"""
BROKEN = "print('2026-11-20 12:00:00 INFO loading'); raise SystemExit('no such thing: {name}')"

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started = []

    def start(**programs: str) -> subprocess.Popen[str]:
        filled = [f"{name}={code.format(folder=str(tmp_path), name=name)}" for name, code in programs.items()]
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.serve.stand_in", str(tmp_path), *filled],
            cwd=CHECKOUT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def read_until(process: subprocess.Popen[str], wanted: str) -> str:
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if wanted in line:
            return said
    raise AssertionError(f"{wanted!r} was never said: {said}")


def numbers(folder: Path, name: str) -> list[int]:
    return [int(number) for number in (folder / f"{name}.pid").read_text().split()]


def ended_within(number: int, seconds: float) -> bool:
    try:
        descriptor = os.pidfd_open(number)
    except ProcessLookupError:
        return True
    try:
        return bool(select([descriptor], [], [], seconds)[0])
    finally:
        os.close(descriptor)


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_in_order_and_nothing_else(
    start: Start, tmp_path: Path, sign: signal.Signals
) -> None:
    stranger = subprocess.Popen(["sleep", "60"])
    process = start(web=POLITE, beat=POLITE, worker=POLITE)
    read_until(process, "READY")
    mine = [number for name in ("web", "beat", "worker") for number in numbers(tmp_path, name)]
    process.send_signal(sign)
    assert process.wait(timeout=20) == 0
    assert (tmp_path / "ended").read_text() == "web beat worker "
    assert all(ended_within(number, 0) for number in mine)
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_one_that_does_not_listen_is_ended_by_force_with_its_children(start: Start, tmp_path: Path) -> None:
    process = start(worker=STUBBORN)
    read_until(process, "READY")
    process.send_signal(signal.SIGINT)
    said = read_until(process, "by force")
    assert "worker did not end in 2 s" in said
    assert process.wait(timeout=20) == 0
    assert all(ended_within(number, 1) for number in numbers(tmp_path, "worker"))


def test_a_second_signal_stops_at_once(start: Start, tmp_path: Path) -> None:
    process = start(worker=STUBBORN)
    read_until(process, "READY")
    process.send_signal(signal.SIGINT)
    read_until(process, "once more")
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "by force" not in rest
    assert all(ended_within(number, 1) for number in numbers(tmp_path, "worker"))


def test_one_that_dies_is_named_and_started_again_while_the_others_stay(start: Start, tmp_path: Path) -> None:
    process = start(web=POLITE, worker=STUBBORN)
    read_until(process, "READY")
    (web,), (worker, child) = numbers(tmp_path, "web"), numbers(tmp_path, "worker")
    os.kill(worker, signal.SIGKILL)
    said = read_until(process, "starts again")
    assert "worker was ended by SIGKILL" in said
    assert ended_within(child, 5)
    assert not ended_within(web, 0)


def test_one_that_was_up_is_started_again_however_often_it_is_killed(start: Start, tmp_path: Path) -> None:
    process = start(web=POLITE, worker=POLITE)
    read_until(process, "READY")
    (web,) = numbers(tmp_path, "web")
    for kills in (1, 2, 3):
        while kills > 1 and not ((tmp_path / "worker.pid").exists() and numbers(tmp_path, "worker")):
            assert process.poll() is None
            time.sleep(0.02)
        (worker,) = numbers(tmp_path, "worker")
        (tmp_path / "worker.pid").unlink()
        os.kill(worker, signal.SIGKILL)
        read_until(process, "worker was ended by SIGKILL")
        read_until(process, "worker starts again")
    assert not ended_within(web, 0)


def test_one_that_dies_for_hours_is_started_twice_a_minute_and_no_less() -> None:
    assert [backoff(failures) for failures in (1, 2, 3)] == [0.5, 1.0, 2.0]
    assert {backoff(failures) for failures in (7, 50, 1100, 100_000)} == {LONGEST_BACKOFF}


def test_one_that_never_starts_stops_everything_with_status_1_and_its_last_words(start: Start, tmp_path: Path) -> None:
    process = start(web=POLITE, worker=BROKEN)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert said.count("worker ended with status 1") == 3
    assert "worker | no such thing: worker" in said
    assert "worker does not start" in said
    assert (tmp_path / "ended").read_text() == "web "


def test_the_children_end_when_the_supervisor_is_killed(start: Start, tmp_path: Path) -> None:
    process = start(web=POLITE, beat=POLITE)
    read_until(process, "READY")
    mine = [number for name in ("web", "beat") for number in numbers(tmp_path, name)]
    process.kill()
    assert all(ended_within(number, 10) for number in mine)

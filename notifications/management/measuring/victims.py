"""The processes of one portal, which a measurement may kill or halt, told from strangers by parent and start time."""

import os
import signal
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from imes.embedded.pidfile import postmaster, workers_in
from imes.embedded.server import Server


class Kind(StrEnum):
    """What is killed, or cut, and how the report calls it."""

    WORKER_PROCESS = "a process of the worker"
    WORKER = "the worker"
    DATABASE = "the database"
    CONNECTION = "a connection of the database"
    BEAT = "beat"
    WEB = "the web server"
    WEB_PROCESS = "a process of the web server"
    BROKER = "the line to the broker"


@dataclass(frozen=True, slots=True)
class Process:
    """One process: a number alone may belong to another one by the time it is used."""

    pid: int
    started: int
    """Ticks after the machine's start, from proc(5)."""
    parent: int
    command: str


@dataclass(frozen=True, slots=True)
class Portal:
    """The processes of one served portal: the number of `serve`, and its database's folder."""

    serve: int
    server: Server

    def candidates(self, kind: Kind) -> list[Process]:
        """Every process of the kind that runs now."""
        return _FOUND[kind](self)

    def family(self) -> list[Process]:
        """Everything that `serve` started, and what that started."""
        return _family(self.serve)

    def database(self) -> list[Process]:
        """Whatever works in the database's own folder."""
        return [found for pid in workers_in(self.server.places.data) if (found := _process(pid))]


def send(process: Process, sign: signal.Signals) -> bool:
    """Send it a signal, such as SIGKILL, and say whether it was still the one that was found."""
    try:
        descriptor = os.pidfd_open(process.pid)
    except ProcessLookupError:
        return False
    try:
        # The descriptor names one process for good; was it the right one when it was opened?
        now = _process(process.pid)
        if now is None or now.started != process.started:
            return False
        signal.pidfd_send_signal(descriptor, sign)
    except ProcessLookupError:
        return False
    finally:
        os.close(descriptor)
    return True


def _process(pid: int) -> Process | None:
    with suppress(OSError, ValueError, IndexError):
        # The name, in brackets, may hold anything.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        return Process(pid, int(fields[19]), int(fields[1]), command)
    return None


def _family(ancestor: int) -> list[Process]:
    everybody = [one for name in os.listdir("/proc") if name.isdecimal() and (one := _process(int(name)))]
    found: list[Process] = []
    parents = {ancestor}
    while parents:
        children = [one for one in everybody if one.parent in parents]
        found += children
        parents = {one.pid for one in children}
    return found


def _program(word: str) -> Callable[[Portal], list[Process]]:
    return lambda portal: [one for one in portal.family() if one.parent == portal.serve and word in one.command]


def _child(word: str) -> Callable[[Portal], list[Process]]:
    def found(portal: Portal) -> list[Process]:
        family = portal.family()
        mains = {one.pid for one in family if one.parent == portal.serve and word in one.command}
        return [one for one in family if one.parent in mains]

    return found


def _postmaster(portal: Portal) -> Iterable[Process]:
    pid = postmaster(portal.server.places)
    return [one for one in portal.database() if one.pid == pid]


def _connections(portal: Portal) -> Iterable[Process]:
    return [one for one in portal.database() if one.command.startswith("postgres: imes_app ")]


_FOUND: dict[Kind, Callable[[Portal], list[Process]]] = {
    Kind.WORKER_PROCESS: _child(" worker "),
    Kind.WORKER: _program(" worker "),
    Kind.DATABASE: lambda portal: list(_postmaster(portal)),
    Kind.CONNECTION: lambda portal: list(_connections(portal)),
    Kind.BEAT: _program(" beat "),
    Kind.WEB: _program(" gunicorn "),
    Kind.WEB_PROCESS: _child(" gunicorn "),
    Kind.BROKER: lambda _: [],
}

"""One process of ours: started in a session of its own, ended with everything it started, never outliving us."""

import ctypes
import os
import signal
import socket
import subprocess
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from imes.serve.logs import Log
from imes.serve.ports import HOST
from imes.serve.programs import Program

PR_SET_PDEATHSIG = 1  # prctl(2)
REMEMBERED_LINES = 8


class Child:
    """A running, or just ended, `Program`."""

    def __init__(self, program: Program, *, folder: Path) -> None:
        self.program = program
        self.log = Log(folder / f"{program.name}.log")
        self.last_lines: deque[str] = deque(maxlen=REMEMBERED_LINES)
        self.started_at = 0.0
        self._said_ready = False
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it."""
        self.last_lines.clear()
        self._said_ready = False
        self.started_at = time.monotonic()
        with self.log.open_for_process() as output:
            self._process = subprocess.Popen(
                self.program.command,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **self.program.environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with(os.getpid()),  # noqa: PLW1509 - we have a single thread
            )

    @property
    def age(self) -> float:
        """Seconds since its last start."""
        return time.monotonic() - self.started_at

    @property
    def ready(self) -> bool:
        """Whether it takes connections on its port, or has written what it writes when it is ready."""
        if self.program.port is None:
            return self._said_ready or self.program.ready_when is None
        with socket.socket() as probe:
            return probe.connect_ex((HOST, self.program.port)) == 0

    def news(self) -> list[tuple[str, bool]]:
        """Return what it has written since the last call, remembering the last lines that were not worth telling."""
        lines = self.log.news()
        for line, loud in lines:
            self._said_ready = self._said_ready or (self.program.ready_when or "\n") in line
            if loud:
                self.last_lines.clear()
            elif line.strip() and not line[0].isspace():
                self.last_lines.append(line)
        return lines

    def ended(self) -> int | None:
        """Return its exit status (below zero: minus the signal) once it has ended, having ended what it started."""
        process = self._process
        if process is None:
            return None
        # Not reaped yet, so its number still names its group and nobody else's.
        if process.returncode is None and not os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return None
        self.kill()
        return process.wait()

    @property
    def number(self) -> int:
        """Its process id; 0 before its first start."""
        return self._process.pid if self._process is not None else 0

    def ask_to_end(self) -> None:
        """Ask it, and it alone, to finish what it is doing and end."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it and everything it started, at once."""
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)


def _die_with(parent: int) -> Callable[[], None]:
    """Return what a new process runs first: it is asked to end when `parent` is gone, however that went."""
    libc = ctypes.CDLL(None)

    def leash() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)  # the parent died before the leash was on

    return leash

"""Keeps the portal's processes running until it is told to stop, then stops them in order; decides nothing else."""

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from select import select
from types import FrameType

from imes.serve.child import Child

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# A process that ends sooner than this after its start has failed to start.
SETTLED_SECONDS = 10.0
FAILED_STARTS = 3
FIRST_BACKOFF = 0.5
LONGEST_BACKOFF = 30.0
READY_SECONDS = 60.0
TICK_SECONDS = 0.1


class StopRequestedError(BaseException):
    """A signal asked us to stop while there was nothing to wait for yet."""


class Signals:
    """The signals that stop us, turned into a question one can ask; `select` on it wakes when one comes."""

    def __init__(self) -> None:
        self.received: list[int] = []
        self.raising = True
        self._reader, self._writer = socket.socketpair()
        self._writer.setblocking(False)
        self._reader.setblocking(False)

    @contextmanager
    def caught(self) -> Iterator[None]:
        """Catch the signals for as long as the block lasts; a hang-up ignored at our start (nohup) stays ignored.

        An interrupt does not: shells have background jobs ignore it, and `kill -INT` is meant all the same.
        """
        before = {sign: signal.getsignal(sign) for sign in STOP_SIGNALS}
        old_writer = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        for sign, action in before.items():
            if sign != signal.SIGHUP or action is not signal.SIG_IGN:
                signal.signal(sign, self._note)
        try:
            yield
        finally:
            signal.set_wakeup_fd(old_writer)
            for sign, action in before.items():
                signal.signal(sign, action)

    def _note(self, sign: int, _frame: FrameType | None) -> None:
        self.received.append(sign)
        if self.raising:
            self.raising = False
            raise StopRequestedError

    def wait(self, seconds: float) -> None:
        """Wait for a signal, `seconds` at most."""
        if select([self._reader], [], [], seconds)[0]:
            with suppress(BlockingIOError):
                self._reader.recv(64)


class Supervisor:
    """Runs `children`; `tick` is called about ten times a second, `say` tells the terminal."""

    def __init__(
        self, children: list[Child], *, signals: Signals, say: Callable[[str], None], tick: Callable[[], None]
    ) -> None:
        self.children = children
        self.signals = signals
        self.say = say
        self.tick = tick
        self._settled: set[str] = set()
        self._failures: dict[str, int] = {}
        self._due: dict[str, float] = {}

    def run(self, *, ready: Callable[[], None]) -> int:
        """Start everything, call `ready` when all answer, serve until a signal, and return the exit status."""
        announced = False
        began = time.monotonic()
        try:
            for child in self.children:
                child.start()
            while not self.signals.received:
                self._tell()
                if not self._keep_alive():
                    return 1
                self.tick()
                if not announced and all(child.ready for child in self.children):
                    announced = True
                    # Whatever dies from here on has been up: it is started again for as long as we serve.
                    self._settled |= {child.program.name for child in self.children}
                    ready()
                if not announced and time.monotonic() - began > READY_SECONDS:
                    silent = ", ".join(child.program.name for child in self.children if not child.ready)
                    self.say(f"Not answering after {READY_SECONDS:.0f} s: {silent}; see var/log. Stopping.")
                    return 1
                self.signals.wait(TICK_SECONDS)
            return 0
        finally:
            self._stop()

    def _tell(self) -> None:
        for child in self.children:
            for line, loud in child.news():
                if loud:
                    self.say(f"{child.program.name} | {line}")

    def _keep_alive(self) -> bool:
        """Start again what ended; return False when something does not even start."""
        now = time.monotonic()
        for child in self.children:
            name = child.program.name
            if name in self._due:
                if now >= self._due[name]:
                    del self._due[name]
                    child.start()
                continue
            status = child.ended()
            if status is None:
                if child.age > SETTLED_SECONDS:
                    self._settled.add(name)
                    self._failures[name] = 0
                continue
            failures = self._failures[name] = self._failures.get(name, 0) + 1
            self._report(child, status)
            if name not in self._settled and failures >= FAILED_STARTS:
                self.say(f"{name} does not start: stopping. Its whole log is {child.log.path}.")
                return False
            self._due[name] = now + backoff(failures)
            self.say(f"{name} starts again in {self._due[name] - now:.1f} s")
        return True

    def _report(self, child: Child, status: int) -> None:
        self._tell()
        how = f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
        self.say(f"{child.program.name} {how}")
        for line in child.last_lines:
            self.say(f"{child.program.name} | {line}")

    def _stop(self) -> None:
        """End the children one after the other; a second signal ends them all at once."""
        # Counted before it is said: whoever reads the line may already have answered it.
        signals_before = len(self.signals.received)
        if signals_before:
            self.say("Stopping (once more to stop at once) ...")
        for child in self.children:
            if child.program.name in self._due or not child.number:
                continue
            child.ask_to_end()
            deadline = time.monotonic() + child.program.patience
            while child.ended() is None:
                hurried = len(self.signals.received) > signals_before
                if hurried or time.monotonic() > deadline:
                    if not hurried:
                        self.say(f"{child.program.name} did not end in {child.program.patience:.0f} s: ended by force")
                    child.kill()
                    os.waitid(os.P_PID, child.number, os.WEXITED | os.WNOWAIT)
                else:
                    self.signals.wait(0.02)


def backoff(failures: int) -> float:
    """Seconds before it is started again after so many failures in a row: longer each time, half a minute at most."""
    # What dies for hours fails a thousand times, and no number of seconds is as large as two to that.
    return min(FIRST_BACKOFF * (1 << min(failures - 1, 10)), LONGEST_BACKOFF)

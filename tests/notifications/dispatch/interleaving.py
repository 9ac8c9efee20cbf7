"""Two transactions on two real connections, taken step by step through every order in which they can meet.

Each actor runs shipped code in a thread of its own and halts at gates that the test has put between its steps. An actor
that waits for the other's lock is told by the database, not by time; it goes on by itself when the lock is free.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import combinations
from typing import Any, TypeVar

import pytest
from django.db import connection

Done = TypeVar("Done")
#: A busy machine is slow; nothing here is decided by time.
PATIENCE = 60.0
LOOK_AGAIN = 0.001


def orders(first: str, steps_of_first: int, second: str, steps_of_second: int) -> Iterator[tuple[str, ...]]:
    """Every order in which two actors can take their steps."""
    total = steps_of_first + steps_of_second
    for places in combinations(range(total), steps_of_first):
        yield tuple(first if place in places else second for place in range(total))


class Actor:
    """One thread with a connection of its own that runs from gate to gate."""

    def __init__(self, name: str, act: Callable[[], Any]) -> None:
        self.name = name
        self.result: Any = None
        self.error: BaseException | None = None
        self.backend = 0
        self.is_halted = self.is_done = False
        self._turn = threading.Condition()
        self._thread = threading.Thread(target=self._run, args=(act,), name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()
        self._settled()

    def halt(self) -> None:
        """Wait at a gate until it is this actor's turn again; called in its own thread."""
        with self._turn:
            self.is_halted = True
            self._turn.notify_all()
            assert self._turn.wait_for(lambda: not self.is_halted, PATIENCE), "nobody let it go on"

    def step(self) -> None:
        """Let it go on to its next gate, its end, or a lock that the other holds."""
        if self.is_halted and not self.is_done:
            with self._turn:
                self.is_halted = False
                self._turn.notify_all()
        self._settled()

    def finish(self) -> None:
        self._thread.join(PATIENCE)
        assert self.is_done, f"{self.name} never ended"
        if self.error is not None:
            raise self.error

    def is_mine(self) -> bool:
        return threading.current_thread() is self._thread

    def _run(self, act: Callable[[], Any]) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                self.backend = cursor.fetchone()[0]
            self.halt()
            self.result = act()
        except BaseException as error:
            self.error = error
        finally:
            connection.close()
            with self._turn:
                self.is_done = True
                self._turn.notify_all()

    def _settled(self) -> None:
        """Wait until it halts, has ended, or waits for a lock; said twice, since a lock is passed on in a moment."""
        for _ in range(int(PATIENCE / LOOK_AGAIN)):
            with self._turn:
                if self._turn.wait_for(lambda: self.is_halted or self.is_done, LOOK_AGAIN):
                    return
            if self.waits_for_a_lock():
                return
        pytest.fail(f"{self.name} neither halts nor ends nor waits for a lock")

    def waits_for_a_lock(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE pid = %s AND NOT granted", [self.backend])
            return bool(cursor.fetchone()[0])


def interleave(order: Sequence[str], *actors: Actor) -> None:
    """Take the actors through this order of steps, and then to their ends."""
    by_name = {actor.name: actor for actor in actors}
    for actor in actors:
        actor.start()
    for name in order:
        by_name[name].step()
        # What the step set free runs on to its own next gate.
        for actor in actors:
            actor._settled()
    for _ in order:
        for actor in actors:
            actor.step()
    for actor in actors:
        actor.finish()


@contextmanager
def gates(monkeypatch: pytest.MonkeyPatch, *after: str) -> Iterator[list[Actor]]:
    """Put a gate behind each of these functions, for the actors that are put into the list; they run as they are."""
    actors: list[Actor] = []
    with monkeypatch.context() as patched:
        for place in after:
            module, _, name = place.rpartition(".")
            patched.setattr(place, _gated(_found(module, name), actors))
        yield actors


def _found(module: str, name: str) -> Callable[..., Any]:
    found: Callable[..., Any] = getattr(__import__(module, fromlist=[name]), name)
    return found


def _gated(shipped: Callable[..., Done], actors: list[Actor]) -> Callable[..., Done]:
    def runs_and_halts(*args: Any, **named: Any) -> Done:
        done = shipped(*args, **named)
        for actor in actors:
            if actor.is_mine():
                actor.halt()
        return done

    return runs_and_halts

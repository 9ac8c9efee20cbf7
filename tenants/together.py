"""Does for many threads at once what each of them asks for: whoever has the turn does it for all that wait.

As a database commits many transactions with one write. It knows nothing of what is done; it starts no thread.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

logger = logging.getLogger(__name__)

T = TypeVar("T")
#: Seconds after a batch of several in which more of them are expected.
_BUSY = 0.1


@dataclass(slots=True, eq=False)
class _Asked(Generic[T]):
    """What one thread asked for, and how it ended; None: not yet. It is woken when that is known, or to lead."""

    given: T
    is_done: bool | None = None
    leads: bool = False
    woken: threading.Event = field(default_factory=threading.Event)


class Together(Generic[T]):
    """Hands what is given to `do_all`, in the order in which it was given, at most so many at a time.

    :param do_all: does it for all of them, or raises and has done it for none.
    :param gather: seconds to wait for more where several were done together just before; whoever is alone never waits.
    """

    def __init__(self, do_all: Callable[[Sequence[T]], None], *, most: int, gather: float = 0.0) -> None:
        self._do_all, self._most, self._gather = do_all, most, gather
        self._lock = threading.Lock()
        self._waiting: deque[_Asked[T]] = deque()
        self._is_led = False
        self._busy_until = 0.0

    def do(self, given: T) -> bool:
        """Return once it is done; False where `do_all` raised, which is logged: the caller may do it alone."""
        asked = _Asked(given)
        with self._lock:
            self._waiting.append(asked)
            if not self._is_led:
                self._give_turn()
        try:
            asked.woken.wait()
            if asked.is_done is None:
                # Whoever has the turn stands first in line, so that its own is in the batch.
                self._do_next()
        finally:
            self._leave(asked)
        return bool(asked.is_done)

    def _do_next(self) -> None:
        if time.monotonic() < self._busy_until and len(self._waiting) < self._most:
            # The others of the last batch are on their way here.
            time.sleep(self._gather)
        with self._lock:
            batch = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
        is_done = False
        try:
            self._do_all([asked.given for asked in batch])
            is_done = True
        except Exception:
            logger.exception("%s could not be done together", len(batch))
        finally:
            if len(batch) > 1 and self._gather:
                self._busy_until = time.monotonic() + _BUSY
            for asked in batch:
                asked.is_done = is_done
                asked.woken.set()

    def _leave(self, asked: _Asked[T]) -> None:
        """Hand the turn on, also where the thread was ended before it took it: nobody would ever have it again."""
        with self._lock:
            if asked in self._waiting:
                self._waiting.remove(asked)
            if asked.leads:
                self._give_turn()

    def _give_turn(self) -> None:
        """Whoever stands first in line now leads; needs the lock."""
        self._is_led = bool(self._waiting)
        if self._is_led:
            self._waiting[0].leads = True
            self._waiting[0].woken.set()

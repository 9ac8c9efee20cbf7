"""Does for many threads at once what each of them asks for: whoever has the turn does it for all that wait.

As a database commits many transactions with one write. It knows nothing of what is done; it starts no thread.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

logger = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(slots=True)
class _Asked(Generic[T]):
    """What one thread asked for, and how it ended; None: not yet."""

    given: T
    is_done: bool | None = None


class Together(Generic[T]):
    """Hands what is given to `do_all`, in the order in which it was given, at most so many at a time.

    :param do_all: does it for all of them, or raises and has done it for none.
    """

    def __init__(self, do_all: Callable[[Sequence[T]], None], *, most: int) -> None:
        self._do_all, self._most = do_all, most
        self._turn = threading.Lock()
        self._waiting: deque[_Asked[T]] = deque()

    def do(self, given: T) -> bool:
        """Return once it is done; False where `do_all` raised, which is logged: the caller may do it alone."""
        asked = _Asked(given)
        self._waiting.append(asked)
        with self._turn:
            while asked.is_done is None:
                self._do_next()
        return asked.is_done

    def _do_next(self) -> None:
        batch = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
        is_done = False
        try:
            self._do_all([asked.given for asked in batch])
            is_done = True
        except Exception:
            logger.exception("%s could not be done together", len(batch))
        finally:
            for asked in batch:
                asked.is_done = is_done

"""The queue in a folder, for one machine without a broker: Celery's own filesystem transport, with whole messages only.

The original writes a message in place and may read it half written, which ends the worker, and moves what it takes to
the system's temporary folder. Here everything appears under its name at once, and stays in the broker's own folder.
"""

import logging
import os
import time
import uuid
from contextlib import suppress
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem, virtual
from kombu.utils.json import dumps, loads

logger = logging.getLogger(__name__)

#: Seconds that a worker without a task waits before it looks whether it should end.
_LONGEST_WAIT = 0.2
_MESSAGE, _TAKEN, _DRAFT = ".msg", ".taken", ".draft"


class Channel(filesystem.Channel):
    """Messages are files `<nanoseconds>_<random>.<queue>.msg`; a name that begins with a dot is nobody's yet."""

    # Which queue an exchange leads to is then kept in the process and not in a folder. We broadcast nothing.
    supports_fanout = False

    @property
    def data_folder_out(self) -> str:
        # The original looks once a channel, and a channel outlives a change of the option.
        return str(self.transport_options["data_folder_out"])

    def _put(self, queue: str, message: Any, **_: Any) -> None:  # type: ignore[override]  # called so by kombu
        name = f"{time.time_ns():020d}_{uuid.uuid4().hex}.{queue}{_MESSAGE}"
        _write_whole(Path(self.data_folder_out) / name, dumps(message))

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        folder = Path(self.data_folder_in)
        ending = f".{queue}{_MESSAGE}"
        for name in sorted(name for name in os.listdir(folder) if name.endswith(ending) and name[0] != "."):
            taken = folder / f".{name}{_TAKEN}"
            try:
                (folder / name).rename(taken)
            except FileNotFoundError:
                continue  # another worker was faster
            text = taken.read_text()
            taken.unlink()
            try:
                return loads(text)
            except ValueError:
                logger.error("a message in the queue %s could not be read and is dropped", queue)
        raise Empty

    def get_table(self, exchange: str) -> Any:
        # Each process declares the queues that it uses; the original's tables are files that are read half written.
        return virtual.Channel.get_table(self, exchange)  # type: ignore[no-untyped-call, unused-ignore]

    def _size(self, queue: str) -> int:
        ending = f".{queue}{_MESSAGE}"
        return sum(name.endswith(ending) and name[0] != "." for name in os.listdir(self.data_folder_in))

    def _purge(self, queue: str) -> int:
        removed = 0
        for name in os.listdir(self.data_folder_in):
            if name.endswith(f".{queue}{_MESSAGE}") and name[0] != ".":
                (Path(self.data_folder_in) / name).unlink(missing_ok=True)
                removed += 1
        return removed


class Transport(filesystem.Transport):
    """Celery's `filesystem://`, over our channel, and looked at by a worker's event loop as other brokers are.

    Without the loop all processes of a worker take their tasks from one pipe, under one lock. One that is killed while
    it waits there, as it does nearly always, takes the lock along: no other process gets a task any more.
    """

    Channel = Channel
    implements = filesystem.Transport.implements.extend(asynchronous=True)

    def register_with_event_loop(self, connection: Any, loop: Any) -> None:
        # Not looked at by the timer itself, which logs what is raised and goes on.
        loop.call_repeatedly(self.polling_interval, loop.call_soon, self._look)

    def _look(self) -> None:
        with suppress(Empty):
            while self.cycle is not None:
                self.cycle.get(self._deliver, timeout=0)

    def drain_events(self, connection: Any, timeout: float | None = None, **_: Any) -> None:
        # A worker looks whether it should end when this returns, and asks for two seconds of waiting each time.
        wait = _LONGEST_WAIT if timeout is None else min(timeout, _LONGEST_WAIT)
        super().drain_events(connection, timeout=wait)


def use() -> None:
    """Have `filesystem://` mean this transport in this process."""
    TRANSPORT_ALIASES["filesystem"] = f"{__name__}:Transport"


def _write_whole(file: Path, text: str) -> None:
    draft = file.with_name(f".{file.name}.{uuid.uuid4().hex}{_DRAFT}")
    draft.write_text(text)
    draft.rename(file)

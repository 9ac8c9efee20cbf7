"""A line to a named server that can be cut: every connection ends, and new ones are refused until it is mended.

The server itself is never touched, and of its queues only those that nobody else uses are worked on.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit, urlunsplit

from kombu import Connection

QUEUES = ("urgent", "bulk", "webhooks")
_DEFAULT_PORTS = {"redis": 6379, "amqp": 5672}
#: What kombu keeps in Redis beside the queues.
_BOOKS = (
    *("unacked", "unacked_index", "unacked_mutex"),
    *(f"_kombu.{kind}.{queue}" for kind in ("binding", "binding_permanent") for queue in QUEUES),
)


class QueuesInUse(Exception):
    """Somebody else works with the queues of the named broker; the text says what to name instead."""


class Cut:
    """Forwards 127.0.0.1:`port` to a named server. The server itself is never touched."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._open: set[socket.socket] = set()
        self._listener: socket.socket | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.mend()

    def cut(self) -> None:
        """End every connection and refuse new ones."""
        listener, self._listener = self._listener, None
        for line in [*([listener] if listener else []), *self._open]:
            _close(line)
        self._open.clear()

    def mend(self) -> None:
        """Take connections again."""
        self._listener = socket.create_server(("127.0.0.1", self.port), reuse_port=True)
        threading.Thread(target=self._accept, args=[self._listener], daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(self._target)
                self._open |= {near, far}
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=_pass_on, args=[one, other], daemon=True).start()


@contextmanager
def line_to(host: str, port: int) -> Iterator[Cut]:
    """A line for as long as the block lasts."""
    line = Cut(host, port)
    try:
        yield line
    finally:
        line.cut()


@contextmanager
def line_to_broker(url: str) -> Iterator[tuple[str, Cut]]:
    """The broker's URL by way of a line, and the line; its queues are ours alone, and gone afterwards.

    :raises QueuesInUse: when they are there already.
    """
    _refuse_used(url)
    named = urlsplit(url)
    port = named.port or _DEFAULT_PORTS.get(named.scheme.split("+")[0], 0)
    with line_to(named.hostname or "127.0.0.1", port) as line:
        login, at, _ = named.netloc.rpartition("@")
        try:
            yield urlunsplit(named._replace(netloc=f"{login}{at}127.0.0.1:{line.port}")), line
        finally:
            _remove_queues(url)


def _refuse_used(url: str) -> None:
    with Connection(url, connect_timeout=5) as connection:
        if _is_redis(connection):
            if connection.default_channel.client.dbsize():  # type: ignore[attr-defined]
                raise QueuesInUse(f"{url} holds something already: name a database number that is empty.")
            return
        for queue in QUEUES:
            with connection.channel() as channel, suppress(*connection.channel_errors):
                channel.queue_declare(queue, passive=True)  # type: ignore[attr-defined]
                raise QueuesInUse(f"{url} has a queue {queue} already: name a virtual host of its own.")


def _remove_queues(url: str) -> None:
    with Connection(url, connect_timeout=5) as connection, connection.channel() as channel:
        for queue in QUEUES:
            channel.queue_delete(queue)  # type: ignore[attr-defined]  # every transport of ours has it
        if _is_redis(connection):
            channel.client.delete(*_BOOKS)  # type: ignore[attr-defined]


def _is_redis(connection: Connection) -> bool:
    return str(connection.transport.driver_type) == "redis"


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
    _close(one)
    _close(other)


def _close(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
    line.close()

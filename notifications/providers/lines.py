"""Open connections to web servers: one a thread and origin, kept alive while they are sound, never shared by a fork."""

import os
import select
import socket
import ssl
import threading
import time
from functools import cache
from urllib.parse import urlsplit

IDLE_SECONDS = 20.0  # shorter than the idle limits of load balancers (60 s) and of most NAT gateways


class NotReached(OSError):
    """No connection could be made, so not a byte left."""


class Line:
    """An open connection and when it was last of use."""

    __slots__ = ("sock", "used_at")

    def __init__(self, sock: socket.socket, used_at: float) -> None:
        self.sock = sock
        self.used_at = used_at

    def is_stale(self, now: float) -> bool:
        """Idle for too long, or the other side has closed it or sent what nobody asked for."""
        if now - self.used_at > IDLE_SECONDS:
            return True
        poll = select.poll()
        poll.register(self.sock, select.POLLIN | select.POLLHUP | select.POLLERR)
        return bool(poll.poll(0))


class _Lines(threading.local):
    """The connections of this thread, by scheme and host."""

    def __init__(self) -> None:
        self.by_origin: dict[tuple[str, str], Line] = {}


_lines = _Lines()


def _forget_inherited_lines() -> None:
    """A forked worker must not speak over its parent's connections."""
    global _lines  # noqa: PLW0603 - the one way to drop the inherited ones of every thread
    _lines = _Lines()


os.register_at_fork(after_in_child=_forget_inherited_lines)


def line_to(origin: tuple[str, str], *, deadline: float) -> Line:
    """The sound connection of this thread to an origin (scheme, host with port), opened now if there is none.

    :raises NotReached: when no connection can be made before `deadline`.
    """
    now = time.monotonic()
    line = _lines.by_origin.get(origin)
    if line is not None:
        if not line.is_stale(now):
            return line
        del _lines.by_origin[origin]
        line.sock.close()
    try:
        line = Line(_connected(origin, deadline), now)
    except (OSError, ValueError) as error:
        raise NotReached(words(error)) from error
    _lines.by_origin[origin] = line
    return line


def _connected(origin: tuple[str, str], deadline: float) -> socket.socket:
    """Try each address of the host in turn, sharing what is left of the time; then TLS, always verified."""
    parts = urlsplit(f"{origin[0]}://{origin[1]}")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("the URL names no web server")
    host, port = parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)
    failure: OSError = OSError("the host has no address")
    addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for position, (family, kind, protocol, _name, address) in enumerate(addresses):
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(seconds_left(deadline) / (len(addresses) - position))
            sock.connect(address)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if parts.scheme == "https":
                sock.settimeout(seconds_left(deadline))
                return _tls().wrap_socket(sock, server_hostname=host)
            return sock
        except OSError as error:
            sock.close()
            failure = error
    raise failure


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def hang_up(origin: tuple[str, str], *, line: Line) -> None:
    """Close a connection that must not be used again."""
    _lines.by_origin.pop(origin, None)
    line.sock.close()


def seconds_left(deadline: float) -> float:
    """What is left until `deadline`, on the clock of `time.monotonic`.

    :raises TimeoutError: when nothing is left.
    """
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("the time for this request is over")
    return left


def words(error: Exception) -> str:
    """An error in one line."""
    return f"{type(error).__name__}: {error}"

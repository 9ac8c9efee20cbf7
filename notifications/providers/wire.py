"""One HTTP exchange over a kept-alive connection, one connection a thread and origin, all within one deadline.

It says exactly how far a request got, and refuses to repeat one: whether to ask again is the caller's decision.
"""

import http.client
import io
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import SplitResult, urlsplit

from notifications.providers.lines import NotReached, hang_up, line_to, seconds_left, words

LARGEST_BODY = 8 * 1024 * 1024
_CHUNK = 16384


__all__ = ["NoAnswer", "NotReached", "NotSent", "Unsendable", "WireResponse", "exchange"]


class Unsendable(ValueError):
    """Our own request cannot be written as HTTP; no connection was touched."""


class NotSent(OSError):
    """The connection broke before the whole request was handed to the network: the other side cannot act on it."""


class NoAnswer(OSError):
    """The whole request left, and no complete answer came back: the other side may have acted."""


@dataclass(frozen=True, slots=True)
class WireResponse:
    """A complete answer."""

    status: int
    text: str
    headers: Mapping[str, str]


def exchange(url: str, *, method: str, headers: Mapping[str, str], body: bytes, deadline: float) -> WireResponse:
    """Send one request and read its whole answer before `deadline` (on the clock of `time.monotonic`).

    A kept connection that has gone stale is replaced before anything is written; nothing is ever written twice.

    :raises Unsendable: when the request holds what HTTP cannot carry.
    :raises NotReached: when no connection could be made.
    :raises NotSent: when the connection broke while the request was being written.
    :raises NoAnswer: when the request left and no complete answer came in time.
    """
    parts = urlsplit(url)
    origin = (parts.scheme, parts.netloc)
    request = _request_bytes(parts, method=method, headers=headers, body=body)
    line = line_to(origin, deadline=deadline)
    kept = False
    try:
        _write(line.sock, request, deadline)
        try:
            response, kept = _read(line.sock, method, deadline)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise NoAnswer(words(error)) from error
        line.used_at = time.monotonic()
        return response
    finally:
        if not kept:
            hang_up(origin, line=line)


def _request_bytes(parts: SplitResult, *, method: str, headers: Mapping[str, str], body: bytes) -> bytes:
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    lines = [f"{method} {target} HTTP/1.1", f"Host: {parts.netloc.rpartition('@')[2]}", "Accept-Encoding: identity"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body or method != "GET":
        lines.append(f"Content-Length: {len(body)}")
    if any("\r" in line or "\n" in line for line in lines) or " " in target:
        raise Unsendable("a header or the URL holds a line break or a space")
    try:
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body
    except UnicodeEncodeError as error:
        raise Unsendable("a header or the URL holds letters that HTTP cannot carry") from error


def _write(sock: socket.socket, request: bytes, deadline: float) -> None:
    """Hand the whole request to the network.

    `sendall` that raises has kept back at least the last byte, and the length is announced in front: the other side
    cannot have a complete request.
    """
    try:
        sock.settimeout(seconds_left(deadline))
        sock.sendall(request)
    except OSError as error:
        raise NotSent(words(error)) from error


def _read(sock: socket.socket, method: str, deadline: float) -> tuple[WireResponse, bool]:
    """The answer, and whether the connection may be used again."""
    response = http.client.HTTPResponse(cast(socket.socket, _Timed(sock, deadline)), method=method)
    try:
        response.begin()
        content = response.read(LARGEST_BODY + 1)
        if len(content) > LARGEST_BODY:
            raise http.client.HTTPException("the answer is larger than is believable")
        if response.length:  # read(n) gives back a short body in silence
            raise http.client.IncompleteRead(content, response.length)
        kept = not response.will_close and response.isclosed()
        charset = response.headers.get_content_charset() or "utf-8"
        headers = dict(response.headers.items())
        return WireResponse(response.status, _decoded(content, charset), headers), kept
    finally:
        response.close()


class _Timed:
    """What HTTPResponse takes for a socket: its file reads under one deadline, however slowly the bytes drip."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._raw = _TimedRaw(sock, deadline)

    def makefile(self, *_mode: str) -> io.BufferedReader:
        return io.BufferedReader(self._raw, _CHUNK)


class _TimedRaw(io.RawIOBase):
    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock = sock
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(seconds_left(self._deadline))
        return self._sock.recv_into(buffer)


def _decoded(content: bytes, charset: str) -> str:
    try:
        return content.decode(charset, "replace")
    except LookupError:
        return content.decode("utf-8", "replace")

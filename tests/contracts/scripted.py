"""A small real HTTP server on loopback that does exactly what a test scripts: answer, hang, break off, reset."""

import socket
import struct
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Seen:
    """A request that arrived whole."""

    method: str
    path: str
    headers: Mapping[str, str]
    query: Mapping[str, list[str]]
    form: Mapping[str, list[str]]
    client_port: int
    body: str = ""


@dataclass(frozen=True)
class Reply:
    """A complete answer; `closes` hangs up after it without saying so, as a server does with an idle connection."""

    status: int
    body: str
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    closes: bool = False

    def play(self, handler: "_Handler") -> None:
        handler.answer(self)
        if self.closes:
            handler.close_connection = True
            handler.wfile.flush()
            handler.connection.shutdown(socket.SHUT_WR)
            handler.scripted.hung_up.set()


@dataclass(frozen=True)
class Hang:
    """Take the request and say nothing until the test is over."""

    def play(self, handler: "_Handler") -> None:
        handler.scripted.over.wait()
        handler.close_connection = True


@dataclass(frozen=True)
class Drip:
    """Begin an answer and let one byte follow another, faster than any single read would time out."""

    every: float = 0.05

    def play(self, handler: "_Handler") -> None:
        handler.close_connection = True
        handler.wfile.write(b"HTTP/1.1 201 Created\r\nX-Slow: ")
        while not handler.scripted.over.wait(self.every):
            try:
                handler.wfile.write(b"x")
            except OSError:
                return


@dataclass(frozen=True)
class Reset:
    """Take the request and reset the connection, after the first bytes of an answer if there are any."""

    after: bytes = b""

    def play(self, handler: "_Handler") -> None:
        handler.close_connection = True
        handler.wfile.write(self.after)
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()


@dataclass(frozen=True)
class BreakOff:
    """Take the request, send these bytes, and close in good order."""

    after: bytes = b""

    def play(self, handler: "_Handler") -> None:
        handler.close_connection = True
        handler.wfile.write(self.after)


class Play(Protocol):
    """One entry of a script: how the server answers one request."""

    def play(self, handler: Any) -> None: ...


class ScriptedServer:
    """Plays its script, one entry a request; a request that the script does not foresee gets 418."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.over = threading.Event()
        self.hung_up = threading.Event()
        self._script: list[Play] = []
        handler = type("Handler", (_Handler,), {"scripted": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    def __enter__(self) -> "ScriptedServer":
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def plays(self, *script: Play) -> None:
        self._script.extend(script)

    def next_play(self, seen: Seen) -> Play:
        self.seen.append(seen)
        return self._script.pop(0) if self._script else Reply(418, "{}")


class _Handler(BaseHTTPRequestHandler):
    scripted: ScriptedServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode()
        form = parse_qs(body, keep_blank_values=True)
        parts = urlsplit(self.path)
        seen = Seen(
            self.command,
            parts.path,
            dict(self.headers.items()),
            parse_qs(parts.query),
            form,
            self.client_address[1],
            body,
        )
        self.scripted.next_play(seen).play(self)

    def do_GET(self) -> None:
        self.do_POST()

    def answer(self, reply: Reply) -> None:
        content = reply.body.encode()
        self.send_response(reply.status)
        for name, value in {"Content-Type": reply.content_type, **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: what arrived is in `seen`."""

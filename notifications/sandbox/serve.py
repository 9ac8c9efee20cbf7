"""Binds the port, says where the sandbox listens, and stops without leaving a hanging request behind."""

import asyncio
import errno
import socket
import sys

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .app import sandbox_app
from .settings import Settings
from .twilio.access import TRANSPORT
from .world import World

GRACE_SECONDS = 2


class PortIsTaken(OSError):
    """Something else listens where the sandbox should."""


class _Protocol(HttpToolsProtocol):
    """Lets an endpoint reach its own connection, so that it can be reset."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {TRANSPORT: self.transport}  # type: ignore[dict-item]


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, *, world: World, address: str) -> None:
        super().__init__(config)
        self._world, self._address = world, address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        sys.stdout.write(f"sandbox listening on {self._address}\n")
        sys.stdout.flush()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._world.closing.set()
        self._world.feed.close()
        await asyncio.sleep(0)
        await super().shutdown(sockets)


def bound_socket(settings: Settings) -> socket.socket:
    """A listening socket on the configured address.

    :raises PortIsTaken: when another program listens there.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # With the protocol named, asyncio switches Nagle's delay off: 40 ms a request otherwise.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(1024)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortIsTaken(error.errno, "address in use") from error
        raise
    return listener


def serve(settings: Settings, *, listener: socket.socket) -> None:
    """Answer until SIGINT or SIGTERM."""
    world = World(settings)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    config = uvicorn.Config(
        sandbox_app(world),
        http=_Protocol,
        ws="none",
        loop="asyncio",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=GRACE_SECONDS,
        backlog=1024,
    )
    server = _Server(config, world=world, address=f"http://{host}:{listener.getsockname()[1]}")
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        return

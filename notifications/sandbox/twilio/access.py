"""Who may call the API, how a request's form is read, and how a connection is made to misbehave."""

import asyncio
import base64
import hmac
import socket
import struct
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from ..world import World
from .refusals import refusal

TRANSPORT = "sandbox.transport"
LONGEST_HANG_SECONDS = 300.0
Endpoint = Callable[[Request], Awaitable[Response]]


def guarded(world: World, endpoint: Endpoint) -> Endpoint:
    """The endpoint behind HTTP Basic with the account's SID and token, answered after the configured latency."""
    settings = world.settings
    expected = b"Basic " + base64.b64encode(f"{settings.account_sid}:{settings.auth_token}".encode())

    async def checked(request: Request) -> Response:
        given = request.headers.get("authorization", "").encode()
        account = request.path_params.get("account", settings.account_sid)
        if settings.latency:
            await asyncio.sleep(settings.latency)
        if not hmac.compare_digest(given, expected) or account != settings.account_sid:
            return refusal(20003).response()
        if world.faults.is_down("twilio"):
            return refusal(20503).response()
        return await endpoint(request)

    return checked


async def form_of(request: Request) -> dict[str, str]:
    body = (await request.body()).decode("utf-8", "replace")
    return dict(parse_qsl(body, keep_blank_values=True))


async def values_of(request: Request, *, name: str) -> list[str]:
    """Every value of a field that may stand several times."""
    body = (await request.body()).decode("utf-8", "replace")
    return [value for field, value in parse_qsl(body, keep_blank_values=True) if field == name]


async def hang(request: Request, *, closing: asyncio.Event) -> Response:
    """Leave the caller without an answer until it gives up or the sandbox stops."""

    async def gone() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    waits = {asyncio.create_task(gone()), asyncio.create_task(closing.wait())}
    await asyncio.wait(waits, timeout=LONGEST_HANG_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
    return Response(status_code=504)


async def reset_connection(request: Request) -> Response:
    """Cut the connection with a TCP reset instead of an answer."""
    transport = request.scope["extensions"][TRANSPORT]
    raw: socket.socket = transport.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    await asyncio.sleep(0)
    return Response(status_code=502)

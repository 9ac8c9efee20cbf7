"""Who may call Azure's API, and how it writes an error."""

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ..twilio.access import Endpoint
from ..world import World
from .signing import defect_of


def complaint(status: int, code: str, message: str) -> Response:
    """How Azure writes an error."""
    return JSONResponse({"error": {"code": code, "message": message}}, status_code=status)


def guarded(world: World, endpoint: Endpoint, *, versions: tuple[str, ...]) -> Endpoint:
    """The endpoint behind Azure's signature, for these API versions, answered after the configured latency."""

    async def checked(request: Request) -> Response:
        if world.settings.latency:
            await asyncio.sleep(world.settings.latency)
        if fault := await _unbelievable(world, request):
            return complaint(401, "Denied", fault)
        if request.query_params.get("api-version") not in versions:
            return complaint(400, "BadRequest", f"api-version must be one of {', '.join(versions)}")
        if world.faults.is_down("azure"):
            return complaint(503, "ServiceUnavailable", "The service is unavailable")
        return await endpoint(request)

    return checked


async def _unbelievable(world: World, request: Request) -> str | None:
    target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return defect_of(
        request.headers,
        key=world.settings.azure_key,
        verb=request.method,
        target=target,
        body=await request.body(),
        now=world.now(),
    )

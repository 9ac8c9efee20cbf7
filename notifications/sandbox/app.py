"""The sandbox as one application: every provider's addresses, the handset page, and a closing answer for the rest."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .azure.routes import azure_routes
from .console.controls import ControlEndpoints
from .console.routes import console_routes
from .twilio.refusals import refusal
from .twilio.routes import twilio_routes
from .world import World


async def _livez(_request: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def _not_found(request: Request, _error: Exception) -> Response:
    return refusal(20404, path=request.url.path).response()


def sandbox_app(world: World) -> Starlette:
    """The application around one world; it stops what the world still carries when it ends."""
    controls = ControlEndpoints(world)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await world.outgoing.open()
        mail = asyncio.create_task(controls.watch_mail())
        yield
        mail.cancel()
        await world.finish()

    return Starlette(
        routes=[
            *twilio_routes(world),
            *azure_routes(world),
            Route("/livez", _livez),
            *console_routes(world, controls=controls),
        ],
        exception_handlers={404: _not_found, 405: _not_found},
        lifespan=lifespan,
    )

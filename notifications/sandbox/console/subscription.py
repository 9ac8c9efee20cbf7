"""Where Azure's events go: shown, and changed with the handshake by which Event Grid proves a new address."""

import json
import secrets

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ..azure.events import post_event, validation_of
from ..outgoing import Answered
from ..world import World
from .phones import complaint, fields_of


class SubscriptionControls:
    def __init__(self, world: World) -> None:
        self._world = world

    async def subscription(self, request: Request) -> Response:
        """The address without its key; POST sets another (`url`) once it has answered the handshake."""
        if request.method == "POST":
            url = str((await fields_of(request)).get("url", ""))
            if fault := await self._handshake(url):
                return complaint(400, fault)
            self._world.azure.events_url = url
        return JSONResponse({"url": self._world.azure.events_shown})

    async def _handshake(self, url: str) -> str | None:
        code = secrets.token_hex(16)
        event = validation_of(code, at=self._world.now())
        outcome = await post_event(self._world, event, kind="SubscriptionValidation", url=url)
        if not isinstance(outcome, Answered):
            return f"the address could not be validated: {outcome.reason}"
        try:
            answered = json.loads(outcome.body).get("validationResponse") if outcome.is_good else None
        except (ValueError, AttributeError):
            answered = None
        return None if answered == code else f"the address did not answer the handshake: HTTP {outcome.status}"

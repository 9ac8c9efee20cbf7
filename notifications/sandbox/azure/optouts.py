"""Azure's opt-out list: `/sms/optouts:add`, `:remove` and `:check`, up to 100 recipients of one sender a request.

Toll-free numbers are the network's business: their entries can be looked at and not changed.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ..behaviours import ConsentAnswer
from ..senders import OwnedNumber
from ..twilio.access import hang
from ..twilio.draft import is_phone_number
from ..world import World
from .access import complaint

API_VERSIONS = ("2026-01-23",)
MOST_RECIPIENTS = 100


class OptOutEndpoints:
    def __init__(self, world: World) -> None:
        self._world = world

    async def add(self, request: Request) -> Response:
        return await self._each(request, change="add")

    async def remove(self, request: Request) -> Response:
        return await self._each(request, change="remove")

    async def check(self, request: Request) -> Response:
        return await self._each(request, change="")

    async def _each(self, request: Request, *, change: str) -> Response:
        try:
            given = await request.json()
            sender, recipients = str(given["from"]), [str(each["to"]) for each in given["recipients"]]
        except (ValueError, KeyError, TypeError):
            return complaint(400, "BadRequest", "the body must be JSON with from and recipients")
        if not 1 <= len(recipients) <= MOST_RECIPIENTS:
            return complaint(400, "BadRequest", f"recipients must be 1 to {MOST_RECIPIENTS}")
        if self._number(sender) is None:
            return complaint(404, "NotFound", f"{sender} is not a number of this resource")
        answers = {number: self._world.faults.behaviour_for(number, provider="azure").consent for number in recipients}
        if ConsentAnswer.HANG in answers.values():
            return await hang(request, closing=self._world.closing)
        if ConsentAnswer.TURN_AWAY in answers.values():
            return complaint(429, "TooManyRequests", "the rate limit is exceeded")
        return JSONResponse(
            {"value": [self._item(sender, to=to, change=change, answer=answers[to]) for to in recipients]}
        )

    def _number(self, sender: str) -> OwnedNumber | None:
        return self._world.azure.number(sender) or self._world.senders.number(sender)

    def _item(self, sender: str, *, to: str, change: str, answer: ConsentAnswer) -> dict[str, Any]:
        number = self._number(sender)
        optouts = self._world.optouts
        fault = None
        if not is_phone_number(to):
            fault = "The recipient is not a phone number in E.164 format"
        elif change and answer is ConsentAnswer.REFUSE_ITEM:
            fault = "The entry could not be changed"
        elif change == "remove" and number and number.toll_free:
            fault = "Opt-outs of toll-free numbers are enforced by the carrier"
        if fault:
            return {"to": to, "httpStatusCode": 400, "errorMessage": fault}
        if change == "add":
            optouts.add(sender, number=to)
        elif change == "remove":
            optouts.lift(sender, number=to)
        self._world.phones.setdefault(to)
        shown = {"to": to, "httpStatusCode": 200, "errorMessage": None}
        return shown if change else {**shown, "isOptedOut": optouts.blocks(sender, number=to)}

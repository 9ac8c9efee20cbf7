"""What a person does with a phone that rings, for the handset page and for tests; and the calls that a phone got."""

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ..call_behaviours import CALL_BY_NAME, EVERYONE, call_table
from ..calling import asked
from ..calls import ANY_KEY, Call, CallStatus, Reaction
from ..world import World
from .phones import complaint, fields_of, spelled

REACTIONS = {
    "answer": Reaction.ANSWER,
    "decline": Reaction.DECLINE,
    "busy": Reaction.BUSY,
    "voicemail": Reaction.VOICEMAIL,
}
LONGEST_WAIT_SECONDS = 25.0
A_MOMENT, MOMENTS = 0.001, 1000


class CallControls:
    def __init__(self, world: World) -> None:
        self._world = world

    async def calls(self, request: Request) -> Response:
        """Every call to a number, oldest first; `live` leaves out those that are over."""
        number = spelled(request.query_params.get("to", ""))
        found = self._world.calls.of_number(number) if number else self._world.calls
        only_live = request.query_params.get("live", "") not in {"", "0"}
        return JSONResponse([call.view() for call in found if not (only_live and call.is_over)])

    async def behaviours(self, request: Request) -> Response:
        """The endings for calls; POST forces one on a number or on all, and without a behaviour drops it again."""
        faults = self._world.call_faults
        if request.method == "POST":
            fields = await fields_of(request)
            to, name = str(fields.get("to") or EVERYONE), fields.get("behaviour")
            number = EVERYONE if to == EVERYONE else spelled(to)
            if not name:
                faults.forced.pop(number, None)
            elif name not in CALL_BY_NAME:
                return complaint(400, f"there is no behaviour {name!r}; there are {', '.join(CALL_BY_NAME)}")
            else:
                faults.forced[number] = CALL_BY_NAME[str(name)]
            return JSONResponse({number: behaviour.name for number, behaviour in faults.forced.items()})
        return JSONResponse(call_table())

    async def react(self, request: Request) -> Response:
        """Answer, decline, be busy or let voicemail answer; refused when it does not ring (any more)."""
        call = self._call(request)
        if call is None:
            return complaint(404, "there is no such call to this phone")
        reaction = REACTIONS.get(request.path_params["act"])
        if reaction is None:
            return complaint(404, f"a call takes {', '.join(REACTIONS)}, press and hangup")
        if not call.react(reaction):
            return complaint(409, f"this call does not ring: it is {call.status}")
        for _ in range(MOMENTS):
            if call.status is not CallStatus.RINGING:
                break
            await asyncio.sleep(A_MOMENT)
        return JSONResponse(call.view())

    async def press(self, request: Request) -> Response:
        """Press keys: digits. With `wait`, press them once the call asks for a key and has said its prompt."""
        call = self._call(request)
        if call is None:
            return complaint(404, "there is no such call to this phone")
        fields = await fields_of(request)
        digits = str(fields.get("digits") or "")
        if not digits or not set(digits) <= set(ANY_KEY):
            return complaint(400, "digits must be keys of a phone: 0 to 9, * and #")
        if fields.get("wait") and not await asked(call, within=LONGEST_WAIT_SECONDS):
            return complaint(409, f"this call asks for no key: it is {call.status}")
        if call.status is not CallStatus.IN_PROGRESS:
            return complaint(409, f"nobody is on this call: it is {call.status}")
        heard = [call.press(digit, at=self._world.now()) for digit in digits]
        return JSONResponse({**call.view(), "heard": all(heard)})

    async def hang_up(self, request: Request) -> Response:
        call = self._call(request)
        if call is None:
            return complaint(404, "there is no such call to this phone")
        if call.status is not CallStatus.IN_PROGRESS:
            return complaint(409, f"nobody is on this call: it is {call.status}")
        call.end(CallStatus.COMPLETED, at=self._world.now(), by="callee")
        return JSONResponse(call.view())

    def _call(self, request: Request) -> Call | None:
        call = self._world.calls.get(request.path_params["sid"])
        return call if call and call.to == spelled(request.path_params["number"]) else None

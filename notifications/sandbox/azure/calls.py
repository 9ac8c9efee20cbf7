"""`/calling/callConnections`: place a call, look at it, have something said on it, listen for keys, hang up.

A request to place one whose repeatability id came before is answered as the first time and places no second call
(OASIS, repeatable requests). Also what the tokens of events are checked with.
"""

import hashlib
import json
import uuid
from email.utils import parsedate_to_datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ..behaviours import Answer
from ..call_behaviours import CallBehaviour
from ..calls import Call, CallStatus
from ..twilio.access import hang, reset_connection
from ..twilio.draft import is_phone_number
from ..world import World
from .access import complaint
from .call_events import Placed
from .call_lifecycle import carry_call, hang_up, play, recognize
from .resource import REMEMBERED, Remembered
from .sms import turned_away
from .tokens import ISSUER

API_VERSIONS = ("2026-03-12",)
#: How long Azure lets a phone ring is not documented; a request cannot ask for less.
RING_SECONDS = 60
MOST_TONES = 18
_SILENT = {Answer.HANG, Answer.RESET}
_SILENT_AFTER = {Answer.ACCEPT_THEN_HANG, Answer.ACCEPT_THEN_RESET}
_STATES = {CallStatus.IN_PROGRESS: "connected"}


class CallEndpoints:
    def __init__(self, world: World) -> None:
        self._world = world

    async def create(self, request: Request) -> Response:
        """Take a call, or answer a repeated request as the first time."""
        world = self._world
        try:
            given = json.loads(await request.body())
            [target] = given["targets"]
            to, caller = str(target["phoneNumber"]["value"]), str(given["sourceCallerIdNumber"]["value"])
            callback = str(given["callbackUri"])
            key = _repeatability_id(request)
        except (ValueError, KeyError, TypeError):
            return _complaint(400, "8523", "The request needs one target, a source, a callbackUri and known headers.")
        if known := self._repeated(key, given):
            return known
        if fault := self._fault(to, caller=caller, callback=callback):
            return fault
        behaviour = world.faults.behaviour_for(to, provider="azure")
        if behaviour.answer in _SILENT:
            return await self._never_answer(request, answer=behaviour.answer)
        if world.faults.turns_away(behaviour, number=f"call:{to}"):
            return turned_away(behaviour)
        speech = dict(given.get("callIntelligenceOptions") or {}).get("cognitiveServicesEndpoint") or ""
        placed = Placed(callback, str(given.get("operationContext") or ""), str(speech), behaviour.posting)
        call_behaviour = world.call_faults.behaviour_for(to)
        call = self._taken(to, caller=caller, behaviour=call_behaviour, placed=placed)
        shown = self._view(call)
        if key:
            world.azure.remembered[key] = Remembered(_asked(given), shown, world.now())
        world.spawn(carry_call(world, call, placed=placed, behaviour=behaviour, call_behaviour=call_behaviour))
        if behaviour.answer in _SILENT_AFTER:
            return await self._never_answer(request, answer=behaviour.answer)
        return JSONResponse(shown, status_code=201, headers={"Repeatability-Result": "accepted"})

    async def show(self, request: Request) -> Response:
        """A call as it stands; one that is over is not there any more."""
        call = self._call(request)
        return _gone() if call is None or call.is_over else JSONResponse(self._view(call))

    async def act(self, request: Request) -> Response:
        """Play, recognize or terminate; each is taken, and told of by an event later."""
        call, act = self._call(request), request.path_params["act"]
        if call is None or call.is_over:
            return _gone()
        if act == "terminate":
            hang_up(self._world, call)
            return Response(status_code=204)
        if call.status is not CallStatus.IN_PROGRESS:
            return _complaint(400, "8501", "The call is not established yet.")
        try:
            given = json.loads(await request.body())
            work = self._playing(call, given) if act == "play" else self._recognizing(call, given)
        except (ValueError, KeyError, TypeError):
            return _complaint(400, "8523", "The request cannot be read.")
        self._world.spawn(work)
        return Response(status_code=202)

    async def end(self, request: Request) -> Response:
        """The portal leaves the call; with one person on it, that is its end."""
        call = self._call(request)
        if call is None or call.is_over:
            return _gone()
        hang_up(self._world, call)
        return Response(status_code=204)

    async def open_id(self, request: Request) -> Response:
        """What says where the keys are; not signed, and open to everybody."""
        base = str(request.base_url).rstrip("/")
        return JSONResponse(
            {
                "issuer": ISSUER,
                "jwks_uri": f"{base}/calling/keys",
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        )

    async def keys(self, _request: Request) -> Response:
        return JSONResponse({"keys": [self._world.tokens.jwk()]})

    def _repeated(self, key: str, given: dict[str, Any]) -> Response | None:
        known = self._world.azure.remembered.get(key) if key else None
        if known is None:
            return None
        if self._world.now() - known.at > REMEMBERED:
            return _rejected(412, "The first request was not sent within the last 5 minutes.")
        if known.asked != _asked(given):
            return _rejected(409, "The request id was used for another request.")
        return JSONResponse(known.item, status_code=201, headers={"Repeatability-Result": "accepted"})

    def _fault(self, to: str, *, caller: str, callback: str) -> Response | None:
        if not is_phone_number(to) or not callback.startswith(("http://", "https://")):
            return _complaint(400, "8523", "A target or the callbackUri is not valid.")
        owned = self._world.azure.number(caller)
        if owned is None or not owned.voice:
            return _complaint(403, "7507", "The caller's number is not owned by this resource.")
        return None

    def _taken(self, to: str, *, caller: str, behaviour: CallBehaviour, placed: Placed) -> Call:
        world = self._world
        call = Call(
            sid=str(uuid.uuid4()),
            provider="azure",
            caller=caller,
            to=to,
            created_at=world.now(),
            ring_seconds=RING_SECONDS,
            behaviour=behaviour.name,
            is_acted=behaviour.is_acted,
        )
        world.azure.calls[call.sid] = placed
        world.record_call(call)
        return call

    def _playing(self, call: Call, given: dict[str, Any]) -> Any:
        [source] = given["playSources"]
        context = str(given.get("operationContext") or "")
        return play(self._world, call, placed=self._placed(call), context=context, **_spoken(source))

    def _recognizing(self, call: Call, given: dict[str, Any]) -> Any:
        options = given["recognizeOptions"]
        if given["recognizeInputType"] != "dtmf" or not options["targetParticipant"]:
            raise ValueError("only keys of a participant are recognized")
        most, silence = (
            int(options["dtmfOptions"]["maxTonesToCollect"]),
            float(options["initialSilenceTimeoutInSeconds"]),
        )
        if not 1 <= most <= MOST_TONES or not silence > 0:
            raise ValueError("that many keys cannot be waited for")
        return recognize(
            self._world,
            call,
            placed=self._placed(call),
            context=str(given.get("operationContext") or ""),
            most=most,
            silence=silence,
            **_spoken(given["playPrompt"]),
        )

    def _placed(self, call: Call) -> Placed:
        placed: Placed = self._world.azure.calls[call.sid]
        return placed

    def _call(self, request: Request) -> Call | None:
        found = self._world.calls.get(request.path_params["id"])
        return found if found and found.sid in self._world.azure.calls else None

    def _view(self, call: Call) -> dict[str, Any]:
        """The call connection, field for field."""
        return {
            "callConnectionId": call.sid,
            "serverCallId": f"server-{call.sid}",
            "correlationId": f"chain-{call.sid}",
            "targets": [{"kind": "phoneNumber", "rawId": f"4:{call.to}", "phoneNumber": {"value": call.to}}],
            "callConnectionState": _STATES.get(call.status, "connecting"),
            "callbackUri": self._placed(call).callback,
            "sourceCallerIdNumber": {"value": call.caller},
        }

    async def _never_answer(self, request: Request, *, answer: Answer) -> Response:
        if answer in {Answer.RESET, Answer.ACCEPT_THEN_RESET}:
            return await reset_connection(request)
        return await hang(request, closing=self._world.closing)


def _repeatability_id(request: Request) -> str:
    """The id of a repeatable request, empty where it is none.

    :raises ValueError: when an id or its date cannot be read.
    """
    key, sent = request.headers.get("repeatability-request-id"), request.headers.get("repeatability-first-sent")
    if not key or not sent:
        return ""
    parsedate_to_datetime(sent)
    return f"call:{uuid.UUID(key)}"


def _spoken(source: dict[str, Any]) -> dict[str, str]:
    """A text and its voice; Azure reads no text without one."""
    if source["kind"] != "text":
        raise ValueError("only texts are said")
    text = source["text"]
    if not text["text"] or not text["voiceName"]:
        raise ValueError("a text needs words and a voice")
    return {"text": str(text["text"]), "locale": str(text["sourceLocale"]), "voice": str(text["voiceName"])}


def _asked(given: dict[str, Any]) -> bytes:
    return hashlib.sha256(json.dumps(given, sort_keys=True).encode()).digest()


def _complaint(status: int, code: str, says: str) -> Response:
    """How Call Automation writes an error: its own number stands inside."""
    body = {"code": "BadRequest" if status == 400 else "Forbidden", "message": says, "innererror": {"code": code}}  # noqa: PLR2004
    return JSONResponse({"error": body}, status_code=status)


def _rejected(status: int, says: str) -> Response:
    response = complaint(status, "RepeatabilityRejected", says)
    response.headers["Repeatability-Result"] = "rejected"
    return response


def _gone() -> Response:
    return complaint(404, "8522", "Call not found.")

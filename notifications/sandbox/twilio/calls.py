"""Calls.json and Calls/{CA}.json: place a call, list, fetch, hang up."""

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ..behaviours import Answer, Behaviour
from ..call_behaviours import CallBehaviour
from ..calling import over_within
from ..calls import BEFORE_ANSWER, Call, CallStatus
from ..senders import Senders
from ..world import World
from .access import form_of, values_of
from .calls_draft import CallDraft, drafted_call
from .calls_lifecycle import cancel, carry_call, new_call_sid
from .calls_webhooks import answered_by
from .messages import instant, within
from .misbehaving import never_answer, refused
from .refusals import Refusal, refusal
from .resources import API_VERSION, page_2010, rfc_date

STATUS_UPDATES = frozenset({CallStatus.CANCELED, CallStatus.COMPLETED})
TIME_FILTERS = ("StartTime", "StartTime<", "StartTime>")
UNKNOWN_EVENT = 21626
A_MOMENT = 0.005
NANP_LENGTH = len("+12065550100")
SUBRESOURCES = ("events", "notifications", "payments", "recordings", "siprec", "streams", "transcriptions")


def call_resource(call: Call, *, draft: CallDraft, account_sid: str, senders: Senders) -> dict[str, Any]:
    """The Call resource, field for field."""
    owned = senders.number(call.caller)
    path = f"/{API_VERSION}/Accounts/{account_sid}/Calls/{call.sid}"
    # Twilio knows no status of its own for a call that has been dialled and does not ring yet.
    status = CallStatus.QUEUED if call.status is CallStatus.INITIATED else call.status
    is_talked = call.status is CallStatus.COMPLETED
    return {
        "account_sid": account_sid,
        "annotation": None,
        "answered_by": answered_by(call, detection=draft.detection) or None,
        "api_version": API_VERSION,
        "caller_name": None,
        "date_created": rfc_date(call.created_at),
        "date_updated": rfc_date(call.updated_at),
        "direction": "outbound-api",
        "duration": str(call.seconds) if is_talked else None,
        "end_time": rfc_date(call.ended_at),
        "forwarded_from": None,
        "from": call.caller,
        "from_formatted": formatted(call.caller),
        "group_sid": None,
        "parent_call_sid": None,
        "phone_number_sid": owned.sid if owned else None,
        "price": None,
        "price_unit": "USD",
        "queue_time": "0",
        "sid": call.sid,
        "start_time": rfc_date(call.answered_at if is_talked or call.answered_at else call.ringing_at),
        "status": status,
        "subresource_uris": {
            name: f"{path}/{'Siprec' if name == 'siprec' else name.capitalize()}.json" for name in SUBRESOURCES
        },
        "to": call.to,
        "to_formatted": formatted(call.to),
        "trunk_sid": None,
        "uri": f"{path}.json",
    }


def formatted(number: str) -> str:
    """A number as Twilio shows it: national within North America."""
    if not number.startswith("+1") or len(number) != NANP_LENGTH:
        return number
    return f"({number[2:5]}) {number[5:8]}-{number[8:]}"


class CallEndpoints:
    def __init__(self, world: World) -> None:
        self._world = world
        self._drafts: dict[str, CallDraft] = {}

    def _resource(self, call: Call) -> dict[str, Any]:
        world = self._world
        return call_resource(
            call, draft=self._drafts[call.sid], account_sid=world.settings.account_sid, senders=world.senders
        )

    def _shown(self, call: Call, *, status_code: int = 200) -> Response:
        return JSONResponse(self._resource(call), status_code=status_code)

    async def create(self, request: Request) -> Response:
        world = self._world
        form = await form_of(request)
        to = form.get("To", "").strip()
        behaviour, call_behaviour = world.faults.behaviour_for(to), world.call_faults.behaviour_for(to)
        if behaviour.answer in {Answer.HANG, Answer.RESET}:
            return await never_answer(self._world, request, answer=behaviour.answer)
        # Texts and calls to one number have turns of their own.
        if world.faults.turns_away(behaviour, number=f"call:{to}"):
            return refused(self._world, refusal(behaviour.error_code or 20500), form=form, request=request)
        events = await values_of(request, name="StatusCallbackEvent")
        draft = drafted_call(
            form, events=events, senders=world.senders, behaviour=behaviour, call_behaviour=call_behaviour
        )
        if isinstance(draft, Refusal):
            return refused(self._world, draft, form=form, request=request)
        call = self._accept(draft, call_behaviour=call_behaviour)
        response = self._shown(call, status_code=201)
        world.spawn(carry_call(world, call, draft=draft, behaviour=behaviour, call_behaviour=call_behaviour))
        return await self._answer(request, response, call=call, behaviour=behaviour)

    async def _answer(self, request: Request, response: Response, *, call: Call, behaviour: Behaviour) -> Response:
        if behaviour.answer in {Answer.ACCEPT_THEN_HANG, Answer.ACCEPT_THEN_RESET}:
            return await never_answer(self._world, request, answer=behaviour.answer)
        if behaviour.answer is Answer.ACCEPT_LATE:
            while call.status in {CallStatus.QUEUED, CallStatus.INITIATED}:
                await over_within(call, A_MOMENT)
            await asyncio.sleep(A_MOMENT)
            async with call.posting:
                pass
        return response

    def _accept(self, draft: CallDraft, *, call_behaviour: CallBehaviour) -> Call:
        world = self._world
        call = Call(
            sid=new_call_sid(),
            provider="twilio",
            caller=draft.caller,
            to=draft.to,
            created_at=world.now(),
            ring_seconds=draft.ring_seconds,
            behaviour=call_behaviour.name,
            is_acted=call_behaviour.is_acted,
        )
        self._drafts[call.sid] = draft
        world.record_call(call)
        for event in draft.unknown_events:
            text = f"StatusCallbackEvent {event!r} is not an event of a call"
            world.raise_alert(UNKNOWN_EVENT, text=text, resource_sid=call.sid, handset=call.handset)
        return call

    def _found(self, request: Request) -> Call | None:
        call = self._world.calls.get(request.path_params["sid"])
        return call if call and call.sid in self._drafts else None

    async def fetch(self, request: Request) -> Response:
        call = self._found(request)
        return self._shown(call) if call else _missing(request)

    async def update(self, request: Request) -> Response:
        """Hang up: `canceled` before somebody answers, `completed` at any time; a call that is over refuses both."""
        call = self._found(request)
        if call is None:
            return _missing(request)
        status = (await form_of(request)).get("Status", "")
        if status not in STATUS_UPDATES:
            return refusal(20001).response()
        if call.is_over:
            return refusal(21220).response()
        if status == CallStatus.COMPLETED or call.status in BEFORE_ANSWER:
            cancel(self._world, call)
        return self._shown(call)

    async def listing(self, request: Request) -> Response:
        """The account's calls, newest first; one that has not rung yet passes no filter of its time."""
        query = request.query_params
        to, caller, status = query.get("To", ""), query.get("From", ""), query.get("Status", "")
        try:
            bounds = {name: instant(query[name]) for name in TIME_FILTERS if query.get(name)}
        except ValueError:
            return refusal(20001).response()
        log = self._world.calls
        candidates = log.of_number(to) if to else list(log)
        found = [
            call
            for call in reversed(candidates)
            if call.sid in self._drafts
            and (not caller or call.caller == caller)
            and (not status or self._resource(call)["status"] == status)
            and (not bounds or within(call.answered_at or call.ringing_at, name="StartTime", bounds=bounds))
        ]
        token = query.get("PageToken", "")
        if token:
            after = next((place for place, call in enumerate(found) if call.sid == token), len(found)) + 1
            found = found[after:]
        blank = page_2010(request, key="calls", records=[], has_more=False, token="")
        size = int(blank["page_size"])
        shown = found[:size] if token else found[blank["start"] : blank["start"] + size]
        has_more = bool(shown) and found[-1] is not shown[-1]
        records = [self._resource(call) for call in shown]
        last = shown[-1].sid if shown else ""
        return JSONResponse(page_2010(request, key="calls", records=records, has_more=has_more, token=last))


def _missing(request: Request) -> Response:
    return refusal(20404, path=request.url.path).response()

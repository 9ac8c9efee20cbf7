"""Messages.json and Messages/{SM}.json: create, list, fetch, cancel, redact, delete."""

import asyncio
from datetime import UTC, date, datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ..behaviours import Answer, Behaviour
from ..messages import IN_PROGRESS, UNSENT, Direction, Message, Status
from ..segments import segments
from ..world import World
from .access import form_of
from .draft import Draft, drafted
from .lifecycle import carry, new_message_sid, post_once
from .misbehaving import never_answer, refused
from .refusals import Refusal, refusal
from .resources import message_resource, page_2010

DATE_FILTERS = ("DateSent", "DateSent<", "DateSent>")


class MessageEndpoints:
    def __init__(self, world: World) -> None:
        self._world = world

    def _shown(self, message: Message, *, status_code: int = 200) -> Response:
        content = message_resource(message, account_sid=self._world.settings.account_sid)
        return JSONResponse(content, status_code=status_code)

    async def create(self, request: Request) -> Response:
        world = self._world
        form = await form_of(request)
        to = form.get("To", "").strip()
        behaviour = world.faults.behaviour_for(to)
        if behaviour.answer in {Answer.HANG, Answer.RESET}:
            return await never_answer(self._world, request, answer=behaviour.answer)
        if world.faults.turns_away(behaviour, number=to):
            return refused(self._world, refusal(behaviour.error_code or 20500), form=form, request=request)
        draft = drafted(form, senders=world.senders, optouts=world.optouts, behaviour=behaviour)
        if isinstance(draft, Refusal):
            return refused(self._world, draft, form=form, request=request)
        message = self._accept(draft, behaviour=behaviour)
        response = self._shown(message, status_code=201)
        carrying = world.spawn(carry(world, message, behaviour=behaviour))
        if behaviour.answer in {Answer.ACCEPT_THEN_HANG, Answer.ACCEPT_THEN_RESET}:
            return await never_answer(self._world, request, answer=behaviour.answer)
        if behaviour.answer is Answer.ACCEPT_LATE:
            await asyncio.wait([carrying])
        return response

    def _accept(self, draft: Draft, *, behaviour: Behaviour) -> Message:
        first = Status.ACCEPTED if draft.service_sid else Status.QUEUED
        message = Message(
            sid=new_message_sid(),
            provider="twilio",
            sender=draft.sender,
            to=draft.to,
            body=draft.body,
            direction=Direction.OUTBOUND_API,
            status=Status.SCHEDULED if draft.send_at else first,
            created_at=self._world.now(),
            segments=segments(draft.body),
            service_sid=draft.service_sid,
            behaviour=behaviour.name,
            callback_url=draft.callback_url,
            validity=draft.validity,
            send_at=draft.send_at,
        )
        self._world.record(message)
        return message

    async def fetch(self, request: Request) -> Response:
        message = self._world.messages.get(request.path_params["sid"])
        return self._shown(message) if message else _missing(request)

    async def update(self, request: Request) -> Response:
        """Cancel a message that has not left, or blank the body of one that has."""
        message = self._world.messages.get(request.path_params["sid"])
        if message is None:
            return _missing(request)
        form = await form_of(request)
        if form.get("Status") == Status.CANCELED:
            if message.status not in UNSENT:
                return refusal(30409).response()
            self._world.advance(message, status=Status.CANCELED)
            post_once(self._world, message)
        elif form.get("Body") == "" and message.status not in IN_PROGRESS:
            message.body = ""
        else:
            return refusal(20001).response()
        return self._shown(message)

    async def delete(self, request: Request) -> Response:
        message = self._world.messages.get(request.path_params["sid"])
        if message is None:
            return _missing(request)
        if message.status in IN_PROGRESS:
            return refusal(20009).response()
        self._world.messages.remove(message)
        return Response(status_code=204)

    async def listing(self, request: Request) -> Response:
        """The account's messages, newest first; one without a sent date passes no date filter, as at Twilio."""
        query = request.query_params
        to, sender = query.get("To", ""), query.get("From", "")
        try:
            bounds = {name: instant(query[name]) for name in DATE_FILTERS if query.get(name)}
        except ValueError:
            return refusal(20001).response()
        log = self._world.messages
        candidates = log.of_number(to or sender) if to or sender else list(log)
        found = [
            message
            for message in reversed(candidates)
            if message.provider == "twilio"
            and (not to or message.to == to)
            and (not sender or message.sender == sender)
            and (not bounds or within(message.sent_at, name="DateSent", bounds=bounds))
        ]
        token = query.get("PageToken", "")
        if token:
            after = next((place for place, message in enumerate(found) if message.sid == token), len(found)) + 1
            found = found[after:]
        blank = page_2010(request, key="messages", records=[], has_more=False, token="")
        size = int(blank["page_size"])
        shown = found[:size] if token else found[blank["start"] : blank["start"] + size]
        has_more = bool(shown) and found[-1] is not shown[-1]
        records = [message_resource(message, account_sid=self._world.settings.account_sid) for message in shown]
        return JSONResponse(
            page_2010(request, key="messages", records=records, has_more=has_more, token=shown[-1].sid if shown else "")
        )


def _missing(request: Request) -> Response:
    return refusal(20404, path=request.url.path).response()


def instant(text: str) -> datetime | date:
    """A filter's value: a whole day in GMT, or a second.

    :raises ValueError: when it is neither.
    """
    if len(text) == len("2026-01-31"):
        return date.fromisoformat(text)
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def within(sent_at: datetime | None, *, name: str, bounds: dict[str, datetime | date]) -> bool:
    """Whether a moment passes the filters that were given; `name` is the filter of a whole day."""
    if sent_at is None:
        return False
    second = sent_at.replace(microsecond=0)
    for given, bound in bounds.items():
        if given == name:
            day = bound.date() if isinstance(bound, datetime) else bound
            if second.date() != day:
                return False
        elif isinstance(bound, datetime):
            if (second < bound) if given.endswith(">") else (second > bound):
                return False
        elif (second.date() < bound) if given.endswith(">") else (second.date() > bound):
            return False
    return True

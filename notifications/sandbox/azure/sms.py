"""`POST /sms`: texts to up to 100 recipients, each with an answer of its own inside a 202.

A recipient whose repeatability id came before gets the first answer again and no second text; with another text it is
rejected, and so is one that comes too late (OASIS, repeatable requests). What counts as late is measured here by when
the first request came, and not by the date that it names: tests move their clocks.
"""

import asyncio
import hashlib
import json
import uuid
from email.utils import parsedate_to_datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ..behaviours import Answer, Behaviour
from ..messages import Direction, Message, Status
from ..segments import segments
from ..twilio.access import hang, reset_connection
from ..twilio.draft import is_phone_number
from ..world import World
from .access import complaint
from .ends import refusal_of
from .lifecycle import carry, new_message_id
from .resource import REMEMBERED, Remembered

API_VERSIONS = ("2021-03-07", "2026-01-23")
MOST_RECIPIENTS = 100
LONGEST_TEXT = 2048
_SILENT = {Answer.HANG, Answer.RESET}
_SILENT_AFTER = {Answer.ACCEPT_THEN_HANG, Answer.ACCEPT_THEN_RESET}


class SmsEndpoints:
    def __init__(self, world: World) -> None:
        self._world = world

    async def send(self, request: Request) -> Response:
        """Take what can be taken; a behaviour that concerns the whole request is that of the first recipient."""
        try:
            given = await request.json()
            sender, text = str(given["from"]), str(given["message"])
            recipients = [dict(each) for each in given["smsRecipients"]]
            options = dict(given.get("smsSendOptions") or {})
        except (ValueError, KeyError, TypeError):
            return complaint(400, "BadRequest", "the body must be JSON with from, message and smsRecipients")
        if fault := self._fault(text, recipients=recipients):
            return complaint(400, "BadRequest", fault)
        if self._world.azure.number(sender) is None:
            return complaint(404, "NotFound", f"{sender} is not a number of this resource")
        faults = self._world.faults
        first = str(recipients[0].get("to", ""))
        behaviour = faults.behaviour_for(first, provider="azure")
        repeated = [self._repeated(each, sender=sender, text=text, options=options) for each in recipients]
        is_new = None in repeated
        if is_new and behaviour.answer in _SILENT:
            return await self._never_answer(request, answer=behaviour.answer)
        if is_new and faults.turns_away(behaviour, number=first):
            return turned_away(behaviour)
        carrying: list[asyncio.Task[None]] = []
        items = [
            known or self._taken(each, sender=sender, text=text, options=options, carrying=carrying)
            for each, known in zip(recipients, repeated, strict=True)
        ]
        if is_new and behaviour.answer in _SILENT_AFTER:
            return await self._never_answer(request, answer=behaviour.answer)
        if behaviour.answer is Answer.ACCEPT_LATE and carrying:
            await asyncio.wait(carrying)
        return JSONResponse({"value": items}, status_code=202)

    def _fault(self, text: str, *, recipients: list[dict[str, Any]]) -> str | None:
        if not 1 <= len(recipients) <= MOST_RECIPIENTS:
            return f"smsRecipients must be 1 to {MOST_RECIPIENTS}"
        if not text or len(text) > LONGEST_TEXT:
            return f"message must have 1 to {LONGEST_TEXT} characters"
        for each in recipients:
            try:
                uuid.UUID(str(each.get("repeatabilityRequestId") or uuid.uuid4()))
                parsedate_to_datetime(str(each.get("repeatabilityFirstSent") or "Tue, 26 Mar 2019 16:06:51 GMT"))
            except ValueError:
                return "repeatabilityRequestId must be a GUID and repeatabilityFirstSent an HTTP date"
        return None

    def _repeated(
        self, recipient: dict[str, Any], *, sender: str, text: str, options: dict[str, Any]
    ) -> dict[str, Any] | None:
        """What a recipient is answered without being texted; None where the text is to be sent."""
        key, first_sent = recipient.get("repeatabilityRequestId"), recipient.get("repeatabilityFirstSent")
        if not key or not first_sent:
            return None
        known = self._world.azure.remembered.get(str(key).lower())
        if known is None:
            return None
        if self._world.now() - known.at > REMEMBERED:
            return _rejected(recipient, 412, "The first request was not sent within the last 5 minutes.")
        if known.asked != _asked(recipient, sender=sender, text=text, options=options):
            return _rejected(recipient, 409, "The request id was used for another request.")
        return known.item

    def _taken(
        self,
        recipient: dict[str, Any],
        *,
        sender: str,
        text: str,
        options: dict[str, Any],
        carrying: list[asyncio.Task[None]],
    ) -> dict[str, Any]:
        world = self._world
        to = str(recipient.get("to", ""))
        behaviour = world.faults.behaviour_for(to, provider="azure")
        refused = refusal_of(behaviour)
        if not is_phone_number(to) or to == sender:
            item = _item(recipient, 400, says="Invalid To phone number format.")
        elif refused:
            item = _item(recipient, refused.http_status, says=refused.says)
        else:
            message = self._recorded(to, sender=sender, text=text, behaviour=behaviour)
            work = carry(
                world,
                message,
                behaviour=behaviour,
                tag=str(options.get("tag") or ""),
                wants_report=options.get("enableDeliveryReport") is True,
            )
            carrying.append(world.spawn(work))
            item = _item(recipient, 202, message_id=message.sid)
        if key := recipient.get("repeatabilityRequestId"):
            asked = _asked(recipient, sender=sender, text=text, options=options)
            world.azure.remembered[str(key).lower()] = Remembered(asked, item, world.now())
        return item

    def _recorded(self, to: str, *, sender: str, text: str, behaviour: Behaviour) -> Message:
        message = Message(
            sid=new_message_id("Outgoing", at=self._world.now()),
            provider="azure",
            sender=sender,
            to=to,
            body=text,
            direction=Direction.OUTBOUND_API,
            status=Status.QUEUED,
            created_at=self._world.now(),
            segments=segments(text),
            behaviour=behaviour.name,
        )
        self._world.record(message)
        return message

    async def _never_answer(self, request: Request, *, answer: Answer) -> Response:
        if answer in {Answer.RESET, Answer.ACCEPT_THEN_RESET}:
            return await reset_connection(request)
        return await hang(request, closing=self._world.closing)


def _asked(recipient: dict[str, Any], *, sender: str, text: str, options: dict[str, Any]) -> bytes:
    first_sent = recipient.get("repeatabilityFirstSent")
    asked = [recipient.get("to"), first_sent, sender, text, sorted((str(k), str(v)) for k, v in options.items())]
    return hashlib.sha256(json.dumps(asked).encode()).digest()


def _item(recipient: dict[str, Any], http_status: int, *, message_id: str = "", says: str = "") -> dict[str, Any]:
    item: dict[str, Any] = {
        "to": recipient.get("to"),
        "httpStatusCode": http_status,
        "successful": bool(message_id),
        "errorMessage": says or None,
    }
    if message_id:
        item["messageId"] = message_id
    if recipient.get("repeatabilityRequestId"):
        item["repeatabilityResult"] = "accepted"
    return item


def _rejected(recipient: dict[str, Any], http_status: int, says: str) -> dict[str, Any]:
    return {**_item(recipient, http_status, says=says), "repeatabilityResult": "rejected"}


def turned_away(behaviour: Behaviour) -> Response:
    """A request that is not looked at, with the status that the behaviour names."""
    names = {429: "TooManyRequests", 500: "InternalServerError", 503: "ServiceUnavailable"}
    status = behaviour.http_status
    return complaint(status, names.get(status, "Error"), f"{behaviour.says}")

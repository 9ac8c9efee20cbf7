"""The phones of the handset page: who they are, what they got, and what they answer."""

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ..azure.inbound import receive as received_by_azure
from ..messages import Direction, Message
from ..senders import OwnedNumber
from ..twilio.draft import LONGEST_BODY, is_phone_number
from ..twilio.inbound import receive
from ..world import World
from .call_summary import calls_of

SHOWN_IN_THREAD = 300
BLANKS = re.compile(r"[\s().-]+")


def complaint(status: int, text: str) -> Response:
    return JSONResponse({"error": text}, status_code=status)


def spelled(text: str) -> str:
    """A number as a person or a query string may spell it, in E.164: blanks dropped, the plus restored."""
    digits = BLANKS.sub("", text)
    return digits if digits.startswith("+") or not digits else f"+{digits}"


class NotUnderstood(ValueError):
    """The body of a request is neither a form nor a JSON object."""


async def fields_of(request: Request) -> dict[str, Any]:
    """The fields of a JSON or form body.

    :raises NotUnderstood: when the body is neither.
    """
    if "json" not in request.headers.get("content-type", ""):
        return dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))
    try:
        content = await request.json()
    except ValueError as error:
        raise NotUnderstood("the body is not JSON") from error
    if not isinstance(content, dict):
        raise NotUnderstood("the body must be a JSON object")
    return content


class PhoneEndpoints:
    def __init__(self, world: World) -> None:
        self._world = world

    async def messages(self, request: Request) -> Response:
        """Every text to or from a number, oldest first; `since` keeps those that changed at that moment or later."""
        number = spelled(request.query_params.get("to", ""))
        since_text = request.query_params.get("since", "").replace(" ", "+")
        try:
            since = datetime.fromisoformat(since_text) if since_text else None
        except ValueError:
            return complaint(400, "since must be an ISO time")
        if since and since.tzinfo is None:
            since = since.replace(tzinfo=UTC)
        log = self._world.messages
        found = log.of_number(number) if number else log
        return JSONResponse([m.view() for m in found if since is None or m.updated_at >= since])

    async def phones(self, request: Request) -> Response:
        """All phones, the one with the latest text first; POST adds one."""
        if request.method == "POST":
            given = str((await fields_of(request)).get("number", ""))
            number = spelled(given)
            if not is_phone_number(number):
                return complaint(400, f"{given or 'nothing'} is not a phone number; write it like +12065550142")
            if self._owned(number):
                return complaint(400, f"{number} belongs to the portal; a phone needs a number of its own")
            self._world.phones.setdefault(number)
            self._world.feed.publish("phone", content=lambda: {"number": number})
            return JSONResponse(self._phone(number), status_code=201)
        phones = [self._phone(number) for number in reversed(self._world.phones)]
        phones.sort(key=_latest, reverse=True)
        return JSONResponse(phones)

    def _phone(self, number: str) -> dict[str, Any]:
        texts = self._world.messages.of_number(number)
        answering = self._answering(texts)
        alerts = self._world.alerts.of_handset(number)
        return {
            "number": number,
            "behaviour": self._world.faults.behaviour_for(number).name,
            "count": len(texts),
            "last": texts[-1].view() if texts else None,
            "last_alert": alerts[-1].view() if alerts else None,
            **calls_of(self._world, number=number),
            "answers_to": answering.phone_number if answering else None,
            "opted_out_of": [scope for scope, out in self._world.optouts.pairs() if out == number],
        }

    def _owned(self, number: str) -> OwnedNumber | None:
        return self._world.senders.number(number) or self._world.azure.number(number)

    def _all_owned(self) -> list[OwnedNumber]:
        return [*self._world.senders.numbers(), *self._world.azure.numbers()]

    def _answering(self, texts: list[Message]) -> OwnedNumber | None:
        """The portal's number in the latest exchange: what a person who presses reply would answer."""
        for message in reversed(texts):
            number = self._owned(message.portal_number or "")
            if number:
                return number
            if message.service_sid and message.direction is not Direction.INBOUND:
                return next(iter(self._world.senders.of_service(message.service_sid)), None)
        return None

    async def phone(self, request: Request) -> Response:
        """One phone with its thread and with what was refused before it could become a text."""
        number = spelled(request.path_params["number"])
        texts = self._world.messages.of_number(number)
        return JSONResponse(
            {
                **self._phone(number),
                "senders": [owned.phone_number for owned in self._all_owned()],
                "azure_senders": [owned.phone_number for owned in self._world.azure.numbers()],
                "messages": [message.view() for message in texts[-SHOWN_IN_THREAD:]],
                "call_log": [call.view() for call in self._world.calls.of_number(number)[-SHOWN_IN_THREAD:]],
                "alerts": [alert.view() for alert in self._world.alerts.of_handset(number)[-SHOWN_IN_THREAD:]],
            }
        )

    async def reply(self, request: Request) -> Response:
        """Send a text from a phone to the portal, and say how the webhook answered."""
        handset = spelled(request.path_params["number"])
        fields = await fields_of(request)
        body = fields.get("body")
        if not is_phone_number(handset) or self._owned(handset):
            return complaint(404, f"{handset} is not a phone here; a phone number looks like +12065550142")
        if not isinstance(body, str) or len(body) > LONGEST_BODY:
            return complaint(400, f"body must be a text of at most {LONGEST_BODY} characters")
        wanted = spelled(str(fields.get("to") or ""))
        if wanted:
            number = self._owned(wanted)
            if number is None:
                owned = ", ".join(each.phone_number for each in self._all_owned())
                return complaint(404, f"the portal does not own {wanted}; it owns {owned}")
        else:
            number = self._answering(self._world.messages.of_number(handset))
            if number is None:
                return complaint(409, f"nobody has texted {handset} yet; say which number it answers with to=")
        if self._world.azure.number(number.phone_number):
            sent = await received_by_azure(self._world, handset=handset, number=number, body=body)
            return JSONResponse(sent.view())
        received = await receive(self._world, handset=handset, number=number, body=body)
        return JSONResponse(received.view())


def _latest(phone: dict[str, Any]) -> str:
    """When the latest text or call came, empty when there was none."""
    return max((each["created_at"] for each in (phone["last"], phone["last_call"]) if each), default="")

"""Posts to the portal what Event Grid would post: an array with one event, at the address that holds the key.

Property names come in either case and numbers without their plus sign, as they do from Azure. An answer that is no
success is complained of, and tried again where Event Grid would.
"""

import asyncio
import json
import uuid
from datetime import datetime
from typing import Any

from ..messages import Message, Status
from ..outgoing import Answered, NotReached
from ..world import World
from .ends import End
from .resource import TOPIC

RECEIVED = "Microsoft.Communication.SMSReceived"
REPORTED = "Microsoft.Communication.SMSDeliveryReportReceived"
VALIDATION = "Microsoft.EventGrid.SubscriptionValidationEvent"
BAD_ANSWER = 11200
# Event Grid goes on for a day; the first pauses are enough to see that it does.
PAUSES = (10.0, 30.0)
NOT_REPEATED = {400, 401, 403, 404, 413}
_SHOWN_OF_ANSWER = 500


def event_of(kind: str, *, data: dict[str, Any], number: str, event_id: str, at: datetime) -> dict[str, Any]:
    """One event in Event Grid's own schema."""
    return {
        "id": event_id,
        "topic": TOPIC,
        "subject": f"/phonenumber/{number.lstrip('+')}",
        "data": data,
        "eventType": kind,
        "dataVersion": "1.0",
        "metadataVersion": "1",
        "eventTime": _moment(at),
    }


def report_of(message: Message, *, end: End, tag: str, at: datetime) -> dict[str, Any]:
    """The delivery report of a text that has come to its end."""
    done = end.status is Status.DELIVERED
    data = {
        "messageId": message.sid,
        "from": (message.sender or "").lstrip("+"),
        "to": message.to.lstrip("+"),
        "deliveryStatus": "Delivered" if done else "Failed",
        "deliveryStatusDetails": end.details,
        "deliveryAttempts": [
            {
                "timestamp": _moment(at),
                "segmentsSucceeded": message.segments if done else 0,
                "segmentsFailed": 0 if done else message.segments,
            }
        ],
        "receivedTimestamp": _moment(at),
        "tag": tag,
    }
    return event_of(REPORTED, data=_dressed(data, message), number=message.sender or "", event_id=message.sid, at=at)


def text_of(message: Message) -> dict[str, Any]:
    """The event of a text from a handset."""
    data = {
        "messageId": message.sid,
        "from": (message.sender or "").lstrip("+"),
        "to": message.to.lstrip("+"),
        "message": message.body,
        "receivedTimestamp": _moment(message.created_at),
    }
    return event_of(
        RECEIVED, data=_dressed(data, message), number=message.to, event_id=message.sid, at=message.created_at
    )


def validation_of(code: str, *, at: datetime) -> dict[str, Any]:
    """What a new subscription is proved with."""
    data = {"validationCode": code, "validationUrl": f"https://rp.eventgrid.azure.net/validate?id={code}"}
    return {**event_of(VALIDATION, data=data, number="", event_id=str(uuid.uuid4()), at=at), "subject": ""}


async def post_event(
    world: World, event: dict[str, Any], *, message: Message | None = None, kind: str = "Notification", url: str = ""
) -> Answered | NotReached:
    """Post one event once, and record a bad answer as an alert."""
    headers = {"Content-Type": "application/json; charset=utf-8", "aeg-event-type": kind, "User-Agent": "EventGrid"}
    body = json.dumps([event]).encode()
    outcome = await world.outgoing.post(url or world.azure.events_url, body=body, headers=headers)
    if isinstance(outcome, NotReached):
        _complain(world, message=message, text=outcome.reason, answer="")
    elif not outcome.is_good:
        _complain(world, message=message, text=f"HTTP {outcome.status}", answer=outcome.body)
    return outcome


def _complain(world: World, *, message: Message | None, text: str, answer: str) -> None:
    world.raise_alert(
        BAD_ANSWER,
        text=f"Event Grid: {text}",
        resource_sid=message.sid if message else "",
        request_url=world.azure.events_shown,
        response_body=answer[:_SHOWN_OF_ANSWER],
        handset=message.handset if message else "",
    )


async def deliver_event(world: World, event: dict[str, Any], *, message: Message) -> Answered | NotReached:
    """Post one event and return the first answer; where it was bad, further tries go on behind it."""
    outcome = await post_event(world, event, message=message)
    if _comes_again(outcome):
        world.spawn(_again(world, event, message=message))
    return outcome


async def _again(world: World, event: dict[str, Any], *, message: Message) -> None:
    for pause in PAUSES:
        await asyncio.sleep(pause)
        if not _comes_again(await post_event(world, event, message=message)):
            return


def _comes_again(outcome: Answered | NotReached) -> bool:
    return isinstance(outcome, NotReached) or not (outcome.is_good or outcome.status in NOT_REPEATED)


def _dressed(data: dict[str, Any], message: Message) -> dict[str, Any]:
    """Every other event writes its names with a capital letter."""
    if sum(message.sid.encode()) % 2:
        return data
    return {name[0].upper() + name[1:]: value for name, value in data.items()}


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

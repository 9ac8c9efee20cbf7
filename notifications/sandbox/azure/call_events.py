"""Posts to the portal what Call Automation would post of a call: an array with one CloudEvent, behind a token."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..behaviours import Posting
from ..calls import Call
from ..defaults import AZURE_RESOURCE_ID, AZURE_SPEECH
from ..outgoing import NotReached
from ..world import World
from .events import BAD_ANSWER

KIND = "Microsoft.Communication."
_SHOWN_OF_ANSWER = 500
#: The last three digits are the network's own answer (RFC 3261).
OUTBOUND = 560_000
#: In the order of the keys 0 to 9.
_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_SIGNS = {"*": "asterisk", "#": "pound"}


@dataclass(frozen=True, slots=True)
class Placed:
    """What was asked for together with the call: where its events go, and who reads its texts aloud."""

    callback: str
    context: str
    speech: str
    posting: Posting

    @property
    def is_spoken(self) -> bool:
        """Only the one service that is linked to this resource reads texts aloud."""
        return self.speech.rstrip("/") == AZURE_SPEECH


def result(code: int, sub_code: int, says: str) -> dict[str, Any]:
    return {"code": code, "subCode": sub_code, "message": says}


NORMAL = result(200, OUTBOUND, "The conversation has ended.")


def not_answered(sip_code: int) -> dict[str, Any]:
    """How a call ends that nobody took."""
    return result(sip_code, OUTBOUND + sip_code, f"The call ended with SIP {sip_code}.")


def tones(digits: str) -> list[str]:
    """Azure's words for keys."""
    return [_SIGNS.get(digit) or _DIGITS[int(digit)] for digit in digits]


async def post_event(world: World, call: Call, kind: str, *, placed: Placed, context: str = "", **data: Any) -> None:
    """Post one event after the earlier ones of its call, in the manner of the number's behaviour."""
    if placed.posting is Posting.NEVER:
        return
    event = {
        "id": str(uuid.uuid4()),
        "source": f"calling/callConnections/{call.sid}",
        "type": f"{KIND}{kind}",
        "data": {
            "callConnectionId": call.sid,
            "serverCallId": f"server-{call.sid}",
            "correlationId": f"chain-{call.sid}",
            "operationContext": context or placed.context,
            **data,
        },
        "time": world.now().isoformat(),
        "specversion": "1.0",
        "datacontenttype": "application/json",
        "subject": f"calling/callConnections/{call.sid}",
    }
    for _ in range(2 if placed.posting is Posting.TWICE else 1):
        async with call.posting:
            await _post(world, call, event, placed=placed)


async def _post(world: World, call: Call, event: Mapping[str, Any], *, placed: Placed) -> None:
    headers = {
        "Content-Type": "application/cloudevents-batch+json; charset=utf-8",
        "Authorization": f"Bearer {world.tokens.token(audience=AZURE_RESOURCE_ID, at=world.now())}",
    }
    outcome = await world.outgoing.post(placed.callback, body=json.dumps([event]).encode(), headers=headers)
    if isinstance(outcome, NotReached):
        text, answer = outcome.reason, ""
    elif outcome.is_good:
        return
    else:
        text, answer = f"HTTP {outcome.status}", outcome.body
    world.raise_alert(
        BAD_ANSWER,
        text=f"Call Automation: {text}",
        resource_sid=call.sid,
        request_url=placed.callback,
        response_body=answer[:_SHOWN_OF_ANSWER],
        handset=call.handset,
    )

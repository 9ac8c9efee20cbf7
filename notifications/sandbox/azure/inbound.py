"""A text from a handset to a number of Azure: the words that Azure itself acts on, and the event that tells of it."""

from dataclasses import dataclass
from typing import Any

from ..messages import Direction, Message, Status
from ..optouts import Keyword, provider_reply
from ..outgoing import Answered
from ..segments import segments
from ..senders import OwnedNumber
from ..world import World
from .events import deliver_event, text_of
from .lifecycle import new_message_id

# Azure acts on these alone, and passes them on all the same (Azure, SMS FAQ, opt-out handling).
KEYWORDS = {"stop": Keyword.STOP, "start": Keyword.START, "unstop": Keyword.START}


@dataclass(slots=True)
class Received:
    """`webhook_status` is None when nothing answered; `problem` says why."""

    message: Message
    webhook_url: str
    webhook_status: int | None = None
    problem: str = ""
    provider_reply: Message | None = None

    def view(self) -> dict[str, Any]:
        return {
            "message": self.message.view(),
            "webhook": {"url": self.webhook_url, "status": self.webhook_status, "problem": self.problem or None},
            "provider_reply": self.provider_reply.view() if self.provider_reply else None,
            "replies": [],
        }


async def receive(world: World, *, handset: str, number: OwnedNumber, body: str) -> Received:
    """Take a text from a handset as Azure would: an event, and no answer in what the portal replies to it."""
    message = _recorded(world, sender=handset, to=number.phone_number, body=body, direction=Direction.INBOUND)
    received = Received(message, world.azure.events_shown)
    _act_on_keyword(world, received, number=number)
    outcome = await deliver_event(world, text_of(message), message=message)
    if not isinstance(outcome, Answered):
        received.problem = outcome.reason
    else:
        received.webhook_status = outcome.status
        received.problem = "" if outcome.is_good else f"HTTP {outcome.status}"
    return received


def _act_on_keyword(world: World, received: Received, *, number: OwnedNumber) -> None:
    handset, body = received.message.handset, received.message.body
    keyword = KEYWORDS.get(body.strip().lower())
    if keyword is None:
        return
    was_out = world.optouts.blocks(number.phone_number, number=handset)
    if keyword is Keyword.STOP:
        world.optouts.add(number.phone_number, number=handset)
    else:
        world.optouts.lift(number.phone_number, number=handset)
    text = provider_reply(keyword, body=body, was_out=was_out, toll_free=number.toll_free)
    if text:
        reply = _recorded(world, sender=number.phone_number, to=handset, body=text, direction=Direction.OUTBOUND_REPLY)
        reply.behaviour = "provider_reply"
        world.advance(reply, status=Status.DELIVERED)
        received.provider_reply = reply


def _recorded(world: World, *, sender: str, to: str, body: str, direction: Direction) -> Message:
    is_inbound = direction is Direction.INBOUND
    at = world.now()
    message = Message(
        sid=new_message_id("Incoming" if is_inbound else "Outgoing", at=at),
        provider="azure",
        sender=sender,
        to=to,
        body=body,
        direction=direction,
        status=Status.RECEIVED if is_inbound else Status.QUEUED,
        created_at=at,
        segments=segments(body),
    )
    world.record(message)
    return message

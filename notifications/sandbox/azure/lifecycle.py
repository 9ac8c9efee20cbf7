"""What happens to a text that Azure has taken: its way to the handset, and the one report that tells of its end."""

import asyncio
import uuid
from datetime import datetime

from ..behaviours import Behaviour, Posting
from ..messages import Message, Status
from ..world import World
from .ends import OPTED_OUT, End, end_of
from .events import deliver_event, report_of

_STEPS = 3
_ENDED_OTHERWISE = End(Status.FAILED, 4006, "4006: The recipient is not reachable now.")


def new_message_id(direction: str, *, at: datetime) -> str:
    """`Outgoing_` or `Incoming_`, the moment, and an id, as Azure names messages."""
    return f"{direction}_{at:%Y%m%d%H%M%S}{uuid.uuid4()}"


async def carry(world: World, message: Message, *, behaviour: Behaviour, tag: str, wants_report: bool) -> None:
    """Take a text to its end, and return when what is posted of it has been posted."""
    blocked = world.optouts.blocks(message.sender or "", number=message.to)
    end = OPTED_OUT if blocked else end_of(behaviour)
    pause = world.settings.receipt_delay / _STEPS
    await asyncio.sleep(pause + (world.settings.slow_delay if behaviour.is_slow else 0))
    if end.status is None:
        if behaviour.name == "stays_sent":
            world.advance(message, status=Status.SENT)
        return
    if end.status is Status.DELIVERED:
        world.advance(message, status=Status.SENT)
        await asyncio.sleep(pause)
    world.advance(message, status=end.status, error_code=end.code)
    if not wants_report or behaviour.posting is Posting.NEVER:
        return
    ends = [end, _ENDED_OTHERWISE] if behaviour.name == "conflict" else [end]
    for each in ends * (2 if behaviour.posting is Posting.TWICE else 1):
        await deliver_event(world, report_of(message, end=each, tag=tag, at=world.now()), message=message)

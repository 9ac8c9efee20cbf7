"""What happens to an accepted message: its statuses over time, and the receipts that tell of them."""

import asyncio
import os
from collections.abc import Mapping
from datetime import datetime

from ..behaviours import TO_DELIVERED, Behaviour, Posting
from ..messages import UNSENT, Message, Status
from ..world import World
from .webhooks import FAILURES, new_token, post_status, status_params

EXPIRED = 30036
LONGEST_WAIT_FOR_RECEIPTS = 10.0


def new_message_sid() -> str:
    return "SM" + os.urandom(16).hex()


async def carry(world: World, message: Message, *, behaviour: Behaviour) -> None:
    """Take a message through its behaviour, and return when the last receipt has been posted."""
    receipts = _Receipts(world, message, posting=behaviour.posting)
    if message.send_at:
        await asyncio.sleep(max((message.send_at - world.now()).total_seconds(), 0))
    if not behaviour.path:
        return
    pause = world.settings.receipt_delay / len(TO_DELIVERED)
    if message.status is not Status.QUEUED:
        await asyncio.sleep(pause)
        if message.status not in UNSENT:
            return
        _choose_sender(world, message)
        world.advance(message, status=Status.QUEUED)
        receipts.note()
    lead = world.settings.slow_delay if behaviour.is_slow else 0.0
    if behaviour.is_stuck or lead > message.validity:
        await asyncio.sleep(_left(message, now=world.now()))
        if message.status in UNSENT:
            world.advance(message, status=Status.FAILED, error_code=EXPIRED)
            receipts.note()
    else:
        await asyncio.sleep(lead)
        for status in behaviour.path:
            await asyncio.sleep(pause)
            if message.status is Status.CANCELED:
                break
            code = behaviour.error_code if status in FAILURES else None
            world.advance(message, status=status, error_code=code)
            receipts.note()
    await receipts.finish()


def _left(message: Message, *, now: datetime) -> float:
    """Seconds until the message is too old to be sent."""
    start = message.send_at or message.created_at
    return max(message.validity - (now - start).total_seconds(), 0)


def _choose_sender(world: World, message: Message) -> None:
    if message.sender is None and message.service_sid:
        message.sender = world.senders.of_service(message.service_sid)[0].phone_number
        world.messages.index_sender(message)


class _Receipts:
    """Posts a receipt for each status that was noted, in the manner of the behaviour."""

    def __init__(self, world: World, message: Message, *, posting: Posting) -> None:
        self._world, self._message = world, message
        self._posting = posting if message.callback_url else Posting.NEVER
        self._held: list[tuple[Mapping[str, str], str]] = []
        self._tasks: list[asyncio.Task[None]] = []

    def note(self) -> None:
        if self._posting is Posting.NEVER:
            return
        receipt = (status_params(self._message, account_sid=self._world.settings.account_sid), new_token())
        if self._posting is Posting.REVERSED:
            self._held.insert(0, receipt)
            return
        self._post(*receipt)
        if self._posting is Posting.TWICE:
            self._post(*receipt)

    def _post(self, params: Mapping[str, str], token: str) -> None:
        self._tasks.append(self._world.spawn(post_status(self._world, self._message, params=params, token=token)))

    async def finish(self) -> None:
        for receipt in self._held:
            self._post(*receipt)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=LONGEST_WAIT_FOR_RECEIPTS)


def post_once(world: World, message: Message) -> None:
    """Post a receipt for the present status outside of `carry`: for a message that was canceled."""
    if message.callback_url:
        params = status_params(message, account_sid=world.settings.account_sid)
        world.spawn(post_status(world, message, params=params, token=new_token()))

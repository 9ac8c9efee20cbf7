"""Everything that one running sandbox remembers, in one place, so that a reset can forget it all at once."""

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any

from .alerts import Alert, AlertLog, new_alert_sid
from .azure.resource import AzureResource
from .azure.tokens import Tokens
from .call_behaviours import CallFaults
from .calls import Call, CallLog
from .faults import Faults
from .feed import Feed
from .messages import Message, MessageLog, Status
from .optouts import OptOuts
from .outgoing import Outgoing
from .registrations import Registrations
from .senders import Senders
from .settings import Settings


class World:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.feed = Feed()
        self.outgoing = Outgoing()
        self.closing = asyncio.Event()
        # A key outlives resets: whoever asked for it keeps it.
        self.tokens = Tokens()
        self._tasks: set[asyncio.Task[None]] = set()
        self._forget()

    def _forget(self) -> None:
        self.messages = MessageLog()
        self.calls = CallLog(tell=self._tell_call)
        self.call_faults = CallFaults()
        self.alerts = AlertLog()
        self.optouts = OptOuts()
        self.faults = Faults()
        self.azure = AzureResource(self.settings.azure_numbers, events_url=self.settings.azure_events_url)
        self.phones: dict[str, None] = {}
        self.lookups: list[str] = []
        self.senders = Senders(self.settings.numbers)
        self.registrations = Registrations(self.senders, account_sid=self.settings.account_sid, at=self.now())

    def reset(self) -> None:
        """Forget all but the settings, forced faults too, and stop what was still on its way."""
        for task in list(self._tasks):
            task.cancel()
        self._forget()
        self.feed.publish("reset", content=dict)

    def now(self) -> datetime:
        return datetime.now(UTC)

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run something on its own; a reset or the end of the program stops it."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def finish(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await self.outgoing.close()

    def record(self, message: Message) -> None:
        """Keep a new text and show it on open pages."""
        self.messages.add(message)
        self.phones.setdefault(message.handset)
        self.feed.publish("message", content=message.view)

    def record_call(self, call: Call) -> None:
        """Keep a new call and show it on open pages."""
        self.phones.setdefault(call.handset)
        self.calls.add(call)

    def _tell_call(self, call: Call) -> None:
        self.feed.publish("call", content=call.view)

    def advance(self, message: Message, *, status: Status, error_code: int | None = None) -> None:
        message.become(status, at=self.now(), error_code=error_code)
        self.feed.publish("message", content=message.view)

    def raise_alert(self, code: int, *, text: str, **details: str) -> None:
        alert = Alert(sid=new_alert_sid(), code=code, text=text, at=self.now(), **details)
        self.alerts.append(alert)
        self.feed.publish("alert", content=alert.view)

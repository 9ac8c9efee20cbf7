"""What Twilio tells of a call: the parameters of its webhooks, and its status callbacks in their order."""

import asyncio
import math
from collections.abc import Mapping
from email.utils import format_datetime

from ..behaviours import Posting
from ..calls import Call, CallStatus, Party
from ..world import World
from .calls_draft import CallDraft, Detection, Event
from .resources import API_VERSION
from .webhooks import new_token, post_signed

SOURCE = "call-progress-events"
TALKED = 200
LONGEST_WAIT_FOR_RECEIPTS = 10.0
UNKNOWN = "unknown"
# https://www.twilio.com/docs/voice/answering-machine-detection
DETECTED = {
    (Detection.ENABLE, Party.HUMAN): "human",
    (Detection.ENABLE, Party.MACHINE): "machine_start",
    (Detection.ENABLE, Party.FAX): "fax",
    (Detection.MESSAGE_END, Party.HUMAN): "human",
    (Detection.MESSAGE_END, Party.MACHINE): "machine_end_beep",
    (Detection.MESSAGE_END, Party.FAX): "fax",
}


def answered_by(call: Call, *, detection: Detection) -> str:
    """Twilio's word for who picked up, or nothing when it was not asked to find out or does not know yet."""
    if detection is Detection.NONE or call.party is None or not call.is_detected:
        return ""
    return UNKNOWN if call.is_unclear else DETECTED[detection, call.party]


def call_params(call: Call, *, account_sid: str, detection: Detection) -> dict[str, str]:
    """The parameters that every request about a call carries, for what it is at this moment."""
    params = {
        "AccountSid": account_sid,
        "ApiVersion": API_VERSION,
        "CallSid": call.sid,
        "CallStatus": call.status,
        "Called": call.to,
        "Caller": call.caller,
        "Direction": "outbound-api",
        "From": call.caller,
        "To": call.to,
    }
    if found := answered_by(call, detection=detection):
        params["AnsweredBy"] = found
    return params


def status_params(call: Call, *, account_sid: str, detection: Detection, number: int) -> dict[str, str]:
    """The parameters of a status callback; `number` counts the callbacks of the call from 0."""
    params = {
        **call_params(call, account_sid=account_sid, detection=detection),
        "CallbackSource": SOURCE,
        "SequenceNumber": str(number),
        "Timestamp": format_datetime(call.updated_at),
    }
    if call.is_over:
        params["CallDuration"] = str(call.seconds)
        params["Duration"] = str(math.ceil(call.seconds / 60))
        code = TALKED if call.status is CallStatus.COMPLETED else call.sip_code
        if code:
            params["SipResponseCode"] = str(code)
    return params


class CallReceipts:
    """Posts the events that were asked for, one after the other, in the manner of the number's behaviour."""

    def __init__(self, world: World, call: Call, *, draft: CallDraft, posting: Posting) -> None:
        self._world, self._call, self._draft = world, call, draft
        self._posting = posting if draft.callback.url else Posting.NEVER
        self._held: list[tuple[Mapping[str, str], str]] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._count = 0

    def note(self, event: Event) -> None:
        if event not in self._draft.events or self._posting is Posting.NEVER:
            return
        account_sid, detection = self._world.settings.account_sid, self._draft.detection
        params = status_params(self._call, account_sid=account_sid, detection=detection, number=self._count)
        self._count += 1
        receipt = (params, new_token())
        if self._posting is Posting.REVERSED:
            self._held.insert(0, receipt)
            return
        self._post(*receipt)
        if self._posting is Posting.TWICE:
            self._post(*receipt)

    def _post(self, params: Mapping[str, str], token: str) -> None:
        self._tasks.append(self._world.spawn(self._post_in_turn(params, token=token)))

    async def _post_in_turn(self, params: Mapping[str, str], *, token: str) -> None:
        url, method = self._draft.callback.url, self._draft.callback.method
        async with self._call.posting:
            await post_signed(self._world, url=url, params=params, token=token, message=self._call, method=method)

    async def finish(self) -> None:
        """Wait for what was posted; a behaviour that turns the order round posts here."""
        for receipt in self._held:
            self._post(*receipt)
        self._held.clear()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=LONGEST_WAIT_FOR_RECEIPTS)

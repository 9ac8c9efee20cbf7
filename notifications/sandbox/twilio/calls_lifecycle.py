"""What happens to an accepted call: dialled, ringing, answered and carried out, ended; with callbacks that tell it."""

import asyncio
import os

from ..behaviours import ACCEPTING, Behaviour
from ..call_behaviours import CallBehaviour, Detected
from ..calling import GREETING, over_within, ring, short_second, speak
from ..calls import Call, CallStatus, Kind, Party, Reaction
from ..world import World
from .calls_draft import CallDraft, Detection, Event
from .calls_webhooks import CallReceipts, answered_by
from .resources import API_VERSION
from .twiml_carried import Performance
from .webhooks import new_token, post_signed

STEPS = 3
CANCELED_SIP, RANG_OUT_SIP, BUSY_SIP, DECLINED_SIP = 487, 487, 486, 603
DETECTION_SECONDS = 2.0
TURNED_AWAY = {
    Reaction.BUSY: (CallStatus.BUSY, BUSY_SIP),
    Reaction.DECLINE: (CallStatus.FAILED, DECLINED_SIP),
}


def new_call_sid() -> str:
    return "CA" + os.urandom(16).hex()


def cancel(world: World, call: Call) -> None:
    """End a call from the portal's side: before it is answered it is canceled, after that completed."""
    status = CallStatus.COMPLETED if call.status is CallStatus.IN_PROGRESS else CallStatus.CANCELED
    sip_code = None if status is CallStatus.COMPLETED else CANCELED_SIP
    call.end(status, at=world.now(), by="portal", sip_code=sip_code)


async def carry_call(
    world: World, call: Call, *, draft: CallDraft, behaviour: Behaviour, call_behaviour: CallBehaviour
) -> None:
    """Take a call through its life, and return when the last callback has been posted."""
    if behaviour.answer in ACCEPTING and not behaviour.path:
        return
    receipts = CallReceipts(world, call, draft=draft, posting=behaviour.posting)
    lead = world.settings.slow_delay if behaviour.is_slow else 0.0
    line = _LineOfOne(world, call, draft=draft, behaviour=call_behaviour, receipts=receipts)
    await line.run(lead=lead)
    receipts.note(Event.COMPLETED)
    await receipts.finish()


class _LineOfOne:
    """One call from dialling to its end; after `run` the call is over."""

    def __init__(
        self, world: World, call: Call, *, draft: CallDraft, behaviour: CallBehaviour, receipts: CallReceipts
    ) -> None:
        self._world, self._call, self._draft = world, call, draft
        self._behaviour, self._receipts = behaviour, receipts
        self._pause = world.settings.receipt_delay / STEPS

    async def run(self, *, lead: float) -> None:
        call, behaviour = self._call, self._behaviour
        if await over_within(call, lead + self._pause):
            return
        call.become(CallStatus.INITIATED, at=self._world.now())
        self._receipts.note(Event.INITIATED)
        if await over_within(call, self._pause):
            return
        if behaviour.ends is not None and not behaviour.rings:
            self._end(behaviour.ends, sip_code=behaviour.sip_code, by="carrier")
            return
        call.become(CallStatus.RINGING, at=self._world.now())
        self._receipts.note(Event.RINGING)
        reaction = await ring(self._world, call, behaviour=behaviour, pause=self._pause)
        if call.is_over:
            return
        if reaction in {Reaction.ANSWER, Reaction.VOICEMAIL}:
            await self._talk(reaction)
        elif reaction in TURNED_AWAY:
            status, sip_code = TURNED_AWAY[reaction]
            self._end(status, sip_code=sip_code)
        elif behaviour.ends is not None:
            self._end(behaviour.ends, sip_code=behaviour.sip_code)
        else:
            self._end(CallStatus.NO_ANSWER, sip_code=RANG_OUT_SIP, by="provider")

    def _end(self, status: CallStatus, *, sip_code: int | None = None, by: str = "callee") -> None:
        self._call.end(status, at=self._world.now(), by=by, sip_code=sip_code)

    async def _talk(self, reaction: Reaction) -> None:
        call, behaviour = self._call, self._behaviour
        call.party = Party.MACHINE if reaction is Reaction.VOICEMAIL else behaviour.party
        call.is_unclear = behaviour.detected is Detected.UNKNOWN
        call.to_press = list(behaviour.presses) if call.party is Party.HUMAN else []
        call.become(CallStatus.IN_PROGRESS, at=self._world.now())
        self._receipts.note(Event.ANSWERED)
        if behaviour.hangs_up:
            self._end(CallStatus.COMPLETED)
            return
        talking = asyncio.ensure_future(self._heard())
        hanging_up = asyncio.ensure_future(call.over.wait())
        try:
            limit = self._draft.time_limit
            await asyncio.wait({talking, hanging_up}, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
        finally:
            talking.cancel()
            hanging_up.cancel()
        self._end(CallStatus.COMPLETED, by="portal" if talking.done() and not talking.cancelled() else "provider")
        if talking.done() and not talking.cancelled():
            talking.result()

    async def _heard(self) -> None:
        """What is said from both sides, the called one first where it is a machine."""
        call, detection = self._call, self._draft.detection
        if detection and self._draft.detects_meanwhile:
            self._world.spawn(self._detect_meanwhile())
        elif detection:
            await self._detect()
        elif call.party is Party.MACHINE:
            # Without a detector the portal begins to talk while the greeting still runs.
            self._world.spawn(self._greet())
        await Performance(self._world, call, draft=self._draft).run()

    async def _greet(self) -> None:
        await speak(self._world, self._call, Kind.GREETING, GREETING, language="en-US")

    async def _detect(self) -> None:
        call = self._call
        if call.party is Party.MACHINE and self._draft.detection is Detection.MESSAGE_END:
            await self._greet()
        else:
            if call.party is Party.MACHINE:
                self._world.spawn(self._greet())
            await asyncio.sleep(DETECTION_SECONDS * short_second(self._world))
        call.is_detected = True

    async def _detect_meanwhile(self) -> None:
        """Tell the portal on an address of its own who picked up, while the call goes on."""
        world, call, detected = self._world, self._call, self._draft.detected
        await self._detect()
        if not detected.url or call.is_over:
            return
        params = {
            "AccountSid": world.settings.account_sid,
            "ApiVersion": API_VERSION,
            "AnsweredBy": answered_by(call, detection=self._draft.detection),
            "CallSid": call.sid,
            "MachineDetectionDuration": str(int(DETECTION_SECONDS * 1000)),
        }
        await post_signed(
            world, url=detected.url, params=params, token=new_token(), message=call, method=detected.method
        )

"""What happens to a call that Azure has taken: dialled, ringing, answered and led by the portal, ended."""

from ..behaviours import ACCEPTING, Behaviour
from ..call_behaviours import CallBehaviour
from ..calling import GREETING, gather, over_within, ring, speak
from ..calls import Call, CallStatus, Kind, Party, Reaction
from ..world import World
from .call_events import NORMAL, Placed, not_answered, post_event, result, tones

STEPS = 3
BUSY_SIP, NOT_REACHED_SIP, DECLINED_SIP = 486, 480, 603
TURNED_AWAY = {
    Reaction.BUSY: (CallStatus.BUSY, BUSY_SIP),
    Reaction.DECLINE: (CallStatus.FAILED, DECLINED_SIP),
}
#: Azure takes every number and finds out on dialling: what Twilio's API refuses ends here with the network's answer.
SIP_OF_REFUSAL = {
    "call_unreachable": 480,
    "call_geo_permission": 403,
    "call_not_allowed": 403,
    "call_invalid_number": 404,
}
#: A call cannot be left hanging for ever.
LONGEST_CALL_SECONDS = 600.0
MAX_TONES = result(200, 8531, "Max digits received.")
SILENCE = result(400, 8510, "Initial silence timeout reached.")
NO_SPEECH = result(400, 8567, "The Cognitive Services resource is not linked to this call.")
PLAYED = result(200, 0, "Action completed successfully.")


async def carry_call(
    world: World, call: Call, *, placed: Placed, behaviour: Behaviour, call_behaviour: CallBehaviour
) -> None:
    """Take a call through its life, and return when its last event has been posted."""
    if behaviour.answer in ACCEPTING and not behaviour.path:
        return
    pause = world.settings.receipt_delay / STEPS
    if await over_within(call, pause + (world.settings.slow_delay if behaviour.is_slow else 0.0)):
        await _tell_end(world, call, placed=placed)
        return
    call.become(CallStatus.INITIATED, at=world.now())
    if await over_within(call, pause):
        await _tell_end(world, call, placed=placed)
        return
    unplaced = SIP_OF_REFUSAL.get(call_behaviour.name)
    if unplaced is None and not call_behaviour.rings:
        unplaced = call_behaviour.sip_code
    if unplaced is not None:
        call.end(CallStatus.FAILED, at=world.now(), by="carrier", sip_code=unplaced)
        await post_event(world, call, "CreateCallFailed", placed=placed, resultInformation=not_answered(unplaced))
        return
    call.become(CallStatus.RINGING, at=world.now())
    reaction = await ring(world, call, behaviour=call_behaviour, pause=pause)
    if reaction in {Reaction.ANSWER, Reaction.VOICEMAIL} and not call.is_over:
        await _talk(world, call, placed=placed, behaviour=call_behaviour, reaction=reaction)
        return
    status, sip_code, by = _unanswered(call_behaviour, reaction)
    call.end(status, at=world.now(), by=by, sip_code=sip_code)
    await _tell_end(world, call, placed=placed)


async def _tell_end(world: World, call: Call, *, placed: Placed) -> None:
    """Nobody took it, or the portal hung up before."""
    ended = not_answered(call.sip_code or NOT_REACHED_SIP)
    await post_event(world, call, "CallDisconnected", placed=placed, resultInformation=ended)


def _unanswered(behaviour: CallBehaviour, reaction: Reaction | None) -> tuple[CallStatus, int, str]:
    if reaction in TURNED_AWAY:
        return *TURNED_AWAY[reaction], "callee"
    if behaviour.ends is not None and behaviour.sip_code is not None and not behaviour.rings_out:
        return behaviour.ends, behaviour.sip_code, "callee"
    return CallStatus.NO_ANSWER, NOT_REACHED_SIP, "provider"


async def _talk(
    world: World, call: Call, *, placed: Placed, behaviour: CallBehaviour, reaction: Reaction | None
) -> None:
    call.party = Party.MACHINE if reaction is Reaction.VOICEMAIL else behaviour.party
    call.to_press = list(behaviour.presses) if call.party is Party.HUMAN else []
    call.become(CallStatus.IN_PROGRESS, at=world.now())
    if call.party is Party.MACHINE:
        world.spawn(speak(world, call, Kind.GREETING, GREETING, language="en-US"))
    await post_event(world, call, "CallConnected", placed=placed, resultInformation=PLAYED)
    await post_event(world, call, "ParticipantsUpdated", placed=placed, participants=[], sequenceNumber=1)
    if behaviour.hangs_up:
        call.end(CallStatus.COMPLETED, at=world.now(), by="callee")
    await over_within(call, LONGEST_CALL_SECONDS)
    call.end(CallStatus.COMPLETED, at=world.now(), by="provider")
    await post_event(world, call, "CallDisconnected", placed=placed, resultInformation=NORMAL)


async def play(world: World, call: Call, *, placed: Placed, context: str, text: str, locale: str, voice: str) -> None:
    """Say a text, and tell that it was said."""
    if not placed.is_spoken:
        await post_event(world, call, "PlayFailed", placed=placed, context=context, resultInformation=NO_SPEECH)
        return
    await speak(world, call, Kind.SAY, text, language=locale, voice=voice)
    if not call.is_over:
        await post_event(world, call, "PlayCompleted", placed=placed, context=context, resultInformation=PLAYED)


async def recognize(
    world: World,
    call: Call,
    *,
    placed: Placed,
    context: str,
    text: str,
    locale: str,
    voice: str,
    most: int,
    silence: float,
) -> None:
    """Say a text and listen for keys, and tell which were pressed, or that none was."""
    if not placed.is_spoken:
        await post_event(world, call, "RecognizeFailed", placed=placed, context=context, resultInformation=NO_SPEECH)
        return
    prompt = speak(world, call, Kind.SAY, text, language=locale, voice=voice)
    heard = await gather(world, call, most=most, finish_on="", timeout=silence, prompt=prompt)
    # A key that was pressed just before the other side hung up has arrived all the same.
    if heard.digits:
        await post_event(
            world,
            call,
            "RecognizeCompleted",
            placed=placed,
            context=context,
            recognitionType="dtmf",
            dtmfResult={"tones": tones(heard.digits)},
            resultInformation=MAX_TONES,
        )
    elif not call.is_over:
        await post_event(world, call, "RecognizeFailed", placed=placed, context=context, resultInformation=SILENCE)


def hang_up(world: World, call: Call) -> None:
    """End a call from the portal's side."""
    if call.status is CallStatus.IN_PROGRESS:
        call.end(CallStatus.COMPLETED, at=world.now(), by="portal")
    else:
        call.end(CallStatus.CANCELED, at=world.now(), by="portal", sip_code=487)

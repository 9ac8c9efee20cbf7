"""What happens on the line of a call, whoever the provider is: it rings, something is said, keys are listened for.

A second of a call lasts `call_second` (SANDBOX_CALL_SECOND_MS), except where a person at the handset page is waited
for: ringing and waiting for keys then take real seconds, so that quick speech does not ask for quick fingers.
"""

import asyncio
import re
from collections.abc import Awaitable, Coroutine
from typing import Any

from .call_behaviours import CallBehaviour
from .calls import Call, Kind, Listener, Reaction
from .world import World

CHARACTERS_A_SECOND = 15.0
SENTENCES = re.compile(r".+?(?:[.!?;:](?=\s)|$)\s*", re.DOTALL)
GREETING = "The person you are calling is not available. Please leave a message after the tone."


def short_second(world: World) -> float:
    """The length of a second of speech, in seconds."""
    return world.settings.call_second


def waiting_second(world: World, call: Call) -> float:
    """The length of a second in which somebody is waited for: a real one where that is a person."""
    return short_second(world) if call.is_acted else 1.0


async def ring(world: World, call: Call, *, behaviour: CallBehaviour, pause: float) -> Reaction | None:
    """Ring until somebody does something, the caller gives up or the ring time is over; None for the latter two."""
    if not behaviour.is_acted or behaviour.rings_out:
        await _first(call.reacted.wait(), call.over.wait(), within=call.ring_seconds * waiting_second(world, call))
        return call.reaction
    await _first(call.reacted.wait(), call.over.wait(), within=pause)
    if behaviour.picks_up is not None:
        call.react(behaviour.picks_up)
    return call.reaction


async def over_within(call: Call, seconds: float) -> bool:
    """Wait so long; whether the call has ended meanwhile."""
    await _first(call.over.wait(), within=seconds)
    return call.is_over


async def speak(world: World, call: Call, kind: Kind, text: str, *, language: str = "", voice: str = "") -> None:
    """Say a text, sentence by sentence, in the time that it takes."""
    line = call.say(kind, text, at=world.now(), language=language, voice=voice)
    for sentence in SENTENCES.findall(text):
        if call.is_over:
            return
        line.said += sentence
        call.tell()
        await asyncio.sleep(len(sentence) / CHARACTERS_A_SECOND * short_second(world))
    line.said = text


async def gather(
    world: World, call: Call, *, most: int | None, finish_on: str, timeout: float, prompt: Coroutine[Any, Any, None]
) -> Listener:
    """Listen for keys while the prompt is said, which the first key cuts short, and `timeout` seconds after it."""
    listener = Listener(most=most, finish_on=finish_on)
    call.listen(listener)
    try:
        saying = asyncio.ensure_future(prompt)
        await _first(saying, listener.touched.wait())
        if saying.done() and not saying.cancelled():
            saying.result()
        await _press_alone(world, call, listener=listener)
        if not listener.is_done:
            call.asking.set()
        while not listener.is_done:
            listener.touched.clear()
            async with asyncio.timeout(timeout * waiting_second(world, call)):
                await listener.touched.wait()
    except TimeoutError:
        pass
    finally:
        call.listen(None)
    return listener


async def _press_alone(world: World, call: Call, *, listener: Listener) -> None:
    """Press the next key of an ending that presses by itself, once the prompt has been heard."""
    if call.to_press and not listener.digits:
        await asyncio.sleep(short_second(world) / 2)
        call.press(call.to_press.pop(0), at=world.now())


async def asked(call: Call, *, within: float) -> bool:
    """Wait until the call asks for a key and has said its prompt; False when it ended or took longer."""
    await _first(call.asking.wait(), call.over.wait(), within=within)
    return call.asking.is_set() and not call.is_over


async def _first(*waits: Awaitable[Any], within: float | None = None) -> None:
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, timeout=within, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()

"""What is asked of Azure while somebody is on the line: say a scene and wait for a key, say the last words, hang up.

The text goes as text and never as markup (SSML), so that nothing in it can be read as an instruction. Nothing is
repeated here: whether to ask again is the caller's decision.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from imes.kernel.phone import mask
from notifications.core.spoken import Language, Scene
from notifications.providers.azure_call_session import CallSession, call_session, failed
from notifications.providers.base import Credentials, NotProcessed, OutcomeUnknown, Refused
from notifications.providers.trace import Redactor, Trace, body_digest

#: A voice of each language, and what the voice takes the text for. Azure refuses a text without a voice (8565).
VOICES: Mapping[Language, tuple[str, str]] = MappingProxyType(
    {
        Language.EN: ("en-US-JennyNeural", "en-US"),
        Language.ES: ("es-US-PalomaNeural", "es-US"),
        Language.FR: ("fr-FR-DeniseNeural", "fr-FR"),
    }
)
#: Azure's longest text of one prompt (Call Automation, recognize action, known limitations).
LONGEST_PROMPT = 4000
_CLIENT_ERRORS = range(400, 500)


@dataclass(frozen=True, slots=True)
class Line:
    """A call that is under way, as Azure knows it; `number` is who is on it."""

    call_id: str
    number: str
    credentials: Credentials


@dataclass(frozen=True, slots=True)
class Done:
    """Azure took the request; an event says later what became of it."""

    trace: Trace


@dataclass(frozen=True, slots=True)
class NotDone:
    """Azure did not take it, or nobody knows; `code` is its own. `is_final`: asking again gets the same answer."""

    code: str
    says: str
    is_final: bool
    trace: Trace | None = None


def say(scene: Scene, *, line: Line, context: str, timeout: timedelta) -> Done | NotDone:
    """Have the scene said; where it waits for a key, one is listened for from the first word on.

    :param context: comes back with the event that tells what became of it.
    """
    text = " ".join(scene.says)
    if scene.waits:
        return _asked(
            lambda session: session.media.recognize(line.call_id, _recognizing(session, scene, text, line, context)),
            says=scene.says,
            line=line,
            context=context,
            timeout=timeout,
        )
    return _asked(
        lambda session: session.media.play(
            line.call_id,
            session.models.PlayRequest(play_sources=[_prompt(session, scene, text)], operation_context=context),
        ),
        says=scene.says,
        line=line,
        context=context,
        timeout=timeout,
    )


def hang_up(*, line: Line, timeout: timedelta) -> Done | NotDone:
    """End the call for both sides."""
    return _asked(
        lambda session: session.calls.terminate_call(line.call_id), says=(), line=line, context="", timeout=timeout
    )


def _recognizing(session: CallSession, scene: Scene, text: str, line: Line, context: str) -> Any:
    models = session.models
    return models.RecognizeRequest(
        recognize_input_type="dtmf",
        play_prompt=_prompt(session, scene, text),
        operation_context=context,
        recognize_options=models.RecognizeOptions(
            target_participant=session.phone(line.number),
            interrupt_prompt=True,
            initial_silence_timeout_in_seconds=scene.waits,
            dtmf_options=models.DtmfOptions(max_tones_to_collect=1, inter_tone_timeout_in_seconds=scene.waits),
        ),
    )


def _prompt(session: CallSession, scene: Scene, text: str) -> Any:
    voice, locale = VOICES[scene.language]
    models = session.models
    return models.PlaySource(
        kind="text", text=models.TextSource(text=text[:LONGEST_PROMPT], source_locale=locale, voice_name=voice)
    )


def _asked(
    request: Callable[[CallSession], Any], *, says: tuple[str, ...], line: Line, context: str, timeout: timedelta
) -> Done | NotDone:
    text = " ".join(says)
    redactor = Redactor(numbers=(line.number,), bodies=(text, *says), secrets=(line.credentials.auth_token,))
    try:
        session = call_session(line.credentials)
    except Exception as error:
        return NotDone("", redactor.text(str(error)), is_final=True)
    with session.transport.calling(timeout=timeout, path="/calling/callConnections") as call:
        call.fields = {"to": mask(line.number), "says": body_digest(text), "operationContext": context}
        try:
            request(session)
        except Exception as error:
            answer = failed(error, call, redactor)
            trace = answer.trace
            if isinstance(answer, Refused | NotProcessed | OutcomeUnknown):
                is_final = isinstance(answer, Refused) and answer.http_status in _CLIENT_ERRORS
                words = answer.text if isinstance(answer, OutcomeUnknown) else answer.message
                return NotDone(answer.code or "", words, is_final=is_final, trace=trace)
            return NotDone("", answer.text, is_final=not answer.unreachable, trace=trace)
        return Done(call.trace(redactor))

"""Calls through Azure Communication Services' own SDK (Call Automation): placed, repeated, and looked at.

A call is placed without a word of what it says: that is asked for once somebody has answered (azure_call_line.py). One
request under one repeatability id is carried out once (Azure REST API, repeatable requests). Azure takes no limit of
ringing and tells no machine from a person, so that neither is asked for; it lists no calls.
"""

import logging
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import MappingProxyType
from typing import Any

from imes.kernel.phone import mask
from notifications.providers.azure import repeatability_id
from notifications.providers.azure_call_session import CallSession, call_session, failed, header
from notifications.providers.azure_transport import Call
from notifications.providers.base import (
    Accepted,
    Answer,
    CallRequest,
    CallSnapshot,
    Credentials,
    NeverLeft,
    OutcomeUnknown,
    ProviderDidNotAnswer,
    Refused,
)
from notifications.providers.trace import Redactor, Trace, bare_url, body_digest

logger = logging.getLogger(__name__)

#: Azure's states of a call, in our words; a call that is over is not shown any more.
_WORDS = MappingProxyType(
    {
        "connecting": "initiated",
        "connected": "in-progress",
        "transferring": "in-progress",
        "transferaccepted": "in-progress",
    }
)
_PATH = "/calling/callConnections"
_NOT_FOUND = 404
_LONGEST_WORD = 24


class NoSpeechService(ValueError):
    """The account names no service that could read the text aloud: the person would hear nothing."""


class AzureCalls:
    """`VoiceProvider` for Azure Communication Services."""

    name = "azure"
    repeats_safely = True

    def place_call(self, request: CallRequest, *, credentials: Credentials, timeout: timedelta) -> Answer:
        """See `VoiceProvider.place_call`."""
        return self._placed(request, credentials=credentials, timeout=timeout)[0]

    def repeat_call(self, request: CallRequest, *, credentials: Credentials, timeout: timedelta) -> Accepted | Refused:
        """See `VoiceProvider.repeat_call`; a refusal counts where Azure says that it has compared the two requests.

        :raises ProviderDidNotAnswer: when nothing was learned of the first request.
        """
        answer, is_of_the_first = self._placed(request, credentials=credentials, timeout=timeout)
        if isinstance(answer, Accepted) or (isinstance(answer, Refused) and is_of_the_first):
            return answer
        says = getattr(answer, "message", "") or getattr(answer, "text", "")
        status, code = getattr(answer, "http_status", None), getattr(answer, "code", None)
        raise ProviderDidNotAnswer(f"{type(answer).__name__}: {says}", http_status=status, code=code)

    def fetch_call(self, provider_call_id: str, *, credentials: Credentials, timeout: timedelta) -> CallSnapshot | None:
        """See `VoiceProvider.fetch_call`; None once the call is over, which says nothing about how it ended.

        :raises ProviderDidNotAnswer: when that cannot be known now.
        """
        redactor = Redactor(secrets=(credentials.auth_token,))
        session = call_session(credentials)
        with session.transport.calling(timeout=timeout, path=_PATH) as call:
            try:
                return _snapshot(session.calls.get_call(provider_call_id))
            except Exception as error:
                answer = failed(error, call, redactor)
                if isinstance(answer, Refused) and answer.http_status == _NOT_FOUND and answer.code is not None:
                    return None
                status, code = getattr(answer, "http_status", None), getattr(answer, "code", None)
                raise ProviderDidNotAnswer(type(error).__name__, http_status=status, code=code) from error

    def find_calls(
        self, *, to: str, after: datetime, credentials: Credentials, timeout: timedelta, limit: int = 200
    ) -> list[CallSnapshot]:
        """See `VoiceProvider.find_calls`: Azure has no such door.

        :raises ProviderDidNotAnswer: always.
        """
        raise ProviderDidNotAnswer("Azure lists no calls")

    def _placed(self, request: CallRequest, *, credentials: Credentials, timeout: timedelta) -> tuple[Answer, bool]:
        """The answer, and whether it holds for the first request under this reference as well."""
        redactor = Redactor(
            numbers=(request.to,),
            bodies=(request.script, *request.script.splitlines()),
            secrets=(credentials.auth_token,),
        )
        try:
            if not request.speech_endpoint:
                raise NoSpeechService("the account has no speech endpoint, so that a call would say nothing")
            session = call_session(credentials)
        except Exception as error:
            trace = Trace("POST", _PATH, started_at=datetime.now(UTC))
            return NeverLeft(type(error).__name__, redactor.text(str(error)), trace, unreachable=False), False
        with session.transport.calling(timeout=timeout, path=_PATH) as call:
            try:
                made = _created(request, session=session, call=call)
            except Exception as error:
                return failed(error, call, redactor), _was_compared(call)
            return _judged(made, call=call, redactor=redactor), True


def _created(request: CallRequest, *, session: CallSession, call: Call) -> Any:
    key = repeatability_id(request.reference)
    first_sent = format_datetime((request.first_sent_at or call.started_at).astimezone(UTC), usegmt=True)
    call.fields = {
        "from": request.sender,
        "to": mask(request.to),
        "callbackUri": bare_url(request.events or ""),
        "operationContext": request.reference,
        "says": body_digest(request.script),
        "Repeatability-Request-ID": key,
        "Repeatability-First-Sent": first_sent,
    }
    models = session.models
    return session.service.create_call(
        models.CreateCallRequest(
            targets=[session.phone(request.to)],
            source_caller_id_number=models.PhoneNumberIdentifierModel(value=request.sender),
            callback_uri=request.events,
            operation_context=request.reference,
            call_intelligence_options=models.CallIntelligenceOptions(
                cognitive_services_endpoint=request.speech_endpoint
            ),
        ),
        headers={"Repeatability-Request-ID": key, "Repeatability-First-Sent": first_sent},
    )


def _judged(made: Any, *, call: Call, redactor: Redactor) -> Accepted | OutcomeUnknown:
    trace = call.trace(redactor)
    if not isinstance(made.call_connection_id, str) or not made.call_connection_id:
        return OutcomeUnknown("NoCallId", "the answer says accepted and names no call", trace)
    word, known = _word_of(made.call_connection_state)
    return Accepted(made.call_connection_id, word, None, trace, status_known=known)


def _snapshot(made: Any) -> CallSnapshot | None:
    if not isinstance(made.call_connection_id, str) or not made.call_connection_id:
        raise ValueError("the answer names no call")
    word, known = _word_of(made.call_connection_state)
    targets = [target.phone_number.value for target in made.targets or [] if target.phone_number]
    caller = made.source_caller_id_number
    return CallSnapshot(
        provider_call_id=made.call_connection_id,
        status_word=word,
        to=targets[0] if targets else "",
        sender=caller.value if caller else None,
        created_at=None,
        seconds=None,
        answered_by=None,
        status_known=known,
    )


def _word_of(state: object) -> tuple[str, bool]:
    said = str(getattr(state, "value", state) or "connecting").lower()
    if said in _WORDS:
        return _WORDS[said], True
    logger.error("azure says that a call is %r, which is on no list", said[:_LONGEST_WORD])
    return said[:_LONGEST_WORD], False


def _was_compared(call: Call) -> bool:
    """Azure says `accepted` of a request that it has compared with the first one (OASIS, repeatable requests)."""
    return header(call.response, "repeatability-result").lower() == "accepted"

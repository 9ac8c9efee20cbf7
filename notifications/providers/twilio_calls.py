"""Calls through Twilio's own SDK: placed with all that they say first, and asked about afterwards."""

import math
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from notifications.providers.base import (
    Accepted,
    Answer,
    CallRequest,
    CallSnapshot,
    Credentials,
    OutcomeUnknown,
    ProviderDidNotAnswer,
    Refused,
)
from notifications.providers.trace import Redactor
from notifications.providers.twilio_session import (
    PAGE,
    fetched,
    handed_over,
    instant,
    made_since,
    session_of,
    whole_number,
    word_of,
)
from notifications.providers.twilio_twiml import words_in
from notifications.providers.twilio_words import CALL_WORDS

if TYPE_CHECKING:
    from notifications.providers.twilio_transport import Call

#: Without these named, only the last of them is reported.
EVENTS = ["initiated", "ringing", "answered", "completed"]
#: Twilio's own bounds of `Timeout`, in seconds; it rings about 5 s longer than asked.
_SHORTEST_RING, _LONGEST_RING = 5, 600
#: In the middle of a call nobody may be kept on the line for ever: nothing that is said takes longer.
_LONGEST_CALL = timedelta(minutes=10)


class TwilioCalls:
    """`VoiceProvider` for Twilio."""

    name = "twilio"
    repeats_safely = False

    def place_call(self, request: CallRequest, *, credentials: Credentials, timeout: timedelta) -> Answer:
        """See `VoiceProvider.place_call`. A machine that answers is told from a person before anything is said."""
        session = session_of(credentials)
        redactor = _redactor(credentials, to=request.to, script=request.script)
        return handed_over(
            lambda: session.calls.create(**_fields(request)),
            session=session,
            redactor=redactor,
            timeout=timeout,
            accepted=lambda made, call: _accepted(made, call, redactor),
        )

    def repeat_call(self, request: CallRequest, *, credentials: Credentials, timeout: timedelta) -> Accepted | Refused:
        """See `VoiceProvider.repeat_call`: Twilio would place a second call.

        :raises ProviderDidNotAnswer: always.
        """
        raise ProviderDidNotAnswer("Twilio knows no idempotency: a repeated request would be a second call")

    def fetch_call(self, provider_call_id: str, *, credentials: Credentials, timeout: timedelta) -> CallSnapshot | None:
        """See `VoiceProvider.fetch_call`."""
        session = session_of(credentials)
        return fetched(
            lambda: _snapshot(session.calls(provider_call_id).fetch()),
            session=session,
            redactor=_redactor(credentials, to=""),
            timeout=timeout,
        )

    def find_calls(
        self, *, to: str, after: datetime, credentials: Credentials, timeout: timedelta, limit: int = 200
    ) -> list[CallSnapshot]:
        """See `VoiceProvider.find_calls`. Twilio's own time filter is not used: a queued call has no start yet."""
        session = session_of(credentials)
        return made_since(
            lambda: session.calls.stream(to=to, page_size=PAGE),
            shown=_snapshot,
            created_at=lambda snapshot: snapshot.created_at,
            after=after,
            limit=limit,
            session=session,
            redactor=_redactor(credentials, to=to),
            timeout=timeout,
        )


def _fields(request: CallRequest) -> dict[str, Any]:
    seconds = math.ceil(request.ring_for.total_seconds())
    fields: dict[str, Any] = {
        "to": request.to,
        "from_": request.sender,
        "twiml": request.script,
        "timeout": min(max(seconds, _SHORTEST_RING), _LONGEST_RING),
        "time_limit": int(_LONGEST_CALL.total_seconds()),
        "machine_detection": "Enable",
    }
    if request.events:
        fields |= {"status_callback": request.events, "status_callback_event": EVENTS}
    return fields


def _accepted(made: Any, call: "Call", redactor: Redactor) -> Accepted | OutcomeUnknown:
    trace = call.trace(redactor)
    if not isinstance(made.sid, str) or not made.sid:
        return OutcomeUnknown("NoCallId", "the answer says accepted and names no call", trace)
    word, known = word_of(made.status, among=CALL_WORDS)
    return Accepted(made.sid, word, None, trace, status_known=known)


def _snapshot(made: Any) -> CallSnapshot:
    if not isinstance(made.sid, str) or not made.sid:
        raise ValueError("the answer names no call")
    word, known = word_of(made.status, among=CALL_WORDS)
    return CallSnapshot(
        provider_call_id=made.sid,
        status_word=word,
        to=made.to or "",
        sender=getattr(made, "_from", None) or None,  # the SDK has no public name for it on a call
        created_at=instant(made.date_created),
        seconds=whole_number(made.duration),
        answered_by=made.answered_by or None,
        status_known=known,
    )


def _redactor(credentials: Credentials, *, to: str, script: str = "") -> Redactor:
    return Redactor(numbers=(to,), bodies=(script, *words_in(script)), secrets=(credentials.auth_token,))

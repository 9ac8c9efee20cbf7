"""Text messages through Twilio's own SDK, and what is known after each attempt."""

import math
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from notifications.providers.base import (
    Accepted,
    Answer,
    Credentials,
    OutcomeUnknown,
    ProviderDidNotAnswer,
    Refused,
    SmsRequest,
    Snapshot,
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
from notifications.providers.twilio_words import STATUS_WORDS

if TYPE_CHECKING:
    from notifications.providers.twilio_transport import Call

LONGEST_VALIDITY = timedelta(hours=10)


class TwilioSms:
    """`SmsProvider` for Twilio."""

    name = "twilio"
    repeats_safely = False

    def send_sms(self, request: SmsRequest, *, credentials: Credentials, timeout: timedelta) -> Answer:
        """Post the message once; the answer tells accepted, refused, never processed, never left and unknown apart."""
        session = session_of(credentials)
        redactor = _redactor(credentials, to=request.to, body=request.body)
        return handed_over(
            lambda: session.messages.create(**_fields(request)),
            session=session,
            redactor=redactor,
            timeout=timeout,
            accepted=lambda message, call: _accepted(message, call, redactor),
        )

    def repeat_sms(self, request: SmsRequest, *, credentials: Credentials, timeout: timedelta) -> Accepted | Refused:
        """See `SmsProvider.repeat_sms`: Twilio carries out a request as often as it is made.

        :raises ProviderDidNotAnswer: always.
        """
        raise ProviderDidNotAnswer("Twilio would send it twice")

    def fetch(self, provider_message_id: str, *, credentials: Credentials, timeout: timedelta) -> Snapshot | None:
        """See `SmsProvider.fetch`."""
        session = session_of(credentials)
        return fetched(
            lambda: _snapshot(session.messages(provider_message_id).fetch()),
            session=session,
            redactor=_redactor(credentials, to=""),
            timeout=timeout,
        )

    def find(
        self, *, to: str, after: datetime, credentials: Credentials, timeout: timedelta, limit: int = 200
    ) -> list[Snapshot]:
        """See `SmsProvider.find`. Twilio's own date filter is not used: a queued message has no `date_sent` yet."""
        session = session_of(credentials)
        return made_since(
            lambda: session.messages.stream(to=to, page_size=PAGE),
            shown=_snapshot,
            created_at=lambda snapshot: snapshot.created_at,
            after=after,
            limit=limit,
            session=session,
            redactor=_redactor(credentials, to=to),
            timeout=timeout,
        )


def _fields(request: SmsRequest) -> dict[str, Any]:
    fields: dict[str, Any] = {"to": request.to, "body": request.body}
    fields["messaging_service_sid" if request.sender.startswith("MG") else "from_"] = request.sender
    if request.status_callback:
        fields["status_callback"] = request.status_callback
    if request.validity is not None:
        seconds = min(request.validity, LONGEST_VALIDITY).total_seconds()
        fields["validity_period"] = max(1, math.ceil(seconds))
    return fields


def _accepted(message: Any, call: "Call", redactor: Redactor) -> Accepted | OutcomeUnknown:
    trace = call.trace(redactor)
    if not isinstance(message.sid, str) or not message.sid:
        return OutcomeUnknown("NoMessageId", "the answer says accepted and names no message", trace)
    word, known = word_of(message.status, among=STATUS_WORDS)
    code = None if message.error_code is None else str(message.error_code)
    return Accepted(message.sid, word, whole_number(message.num_segments), trace, status_known=known, error_code=code)


def _snapshot(message: Any) -> Snapshot:
    if not isinstance(message.sid, str) or not message.sid:
        raise ValueError("the answer names no message")
    word, known = word_of(message.status, among=STATUS_WORDS)
    return Snapshot(
        provider_message_id=message.sid,
        status_word=word,
        error_code=None if message.error_code is None else str(message.error_code),
        to=message.to or "",
        sender=message.from_ or None,
        messaging_service_sid=message.messaging_service_sid or None,
        body=message.body or "",
        segments=whole_number(message.num_segments),
        created_at=instant(message.date_created),
        sent_at=instant(message.date_sent),
        updated_at=instant(message.date_updated),
        status_known=known,
    )


def _redactor(credentials: Credentials, *, to: str, body: str = "") -> Redactor:
    return Redactor(numbers=(to,), bodies=(body,), secrets=(credentials.auth_token,))

"""Text messages through Twilio's own SDK, and what is known after each attempt.

It judges by the HTTP answer and by how far the request got, never by the SDK's exception texts.
"""

import logging
import math
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from notifications.providers import wire
from notifications.providers.base import (
    Accepted,
    Answer,
    Credentials,
    NeverLeft,
    OutcomeUnknown,
    ProviderDidNotAnswer,
    SmsRequest,
    Snapshot,
)
from notifications.providers.trace import Redactor
from notifications.providers.twilio_answers import judged, refusal
from notifications.providers.twilio_words import STATUS_WORDS

if TYPE_CHECKING:
    from notifications.providers.twilio_transport import Call

logger = logging.getLogger(__name__)

LONGEST_VALIDITY = timedelta(hours=10)
_PAGE = 50
_NO_SUCH_MESSAGE = "20404"


class _Session:
    """The SDK's client of one account over our transport."""

    __slots__ = ("messages", "transport")

    def __init__(self, credentials: Credentials) -> None:
        from twilio.rest import Client

        from notifications.providers.twilio_transport import TwilioTransport

        self.transport = TwilioTransport(base_url=credentials.base_url)
        client = Client(credentials.account_sid, credentials.auth_token, http_client=self.transport)
        self.messages: Any = client.messages


@lru_cache(maxsize=256)
def _session(credentials: Credentials) -> _Session:
    return _Session(credentials)


class TwilioSms:
    """`SmsProvider` for Twilio."""

    name = "twilio"

    def send_sms(self, request: SmsRequest, *, credentials: Credentials, timeout: timedelta) -> Answer:
        """Post the message once; the answer tells accepted, refused, never processed, never left and unknown apart."""
        session = _session(credentials)
        redactor = _redactor(credentials, to=request.to, body=request.body)
        with session.transport.calling(timeout=timeout) as call:
            try:
                message = session.messages.create(**_fields(request))
            except wire.Unsendable as error:
                return _never_left(error, call, redactor, unreachable=False)
            except (wire.NotReached, wire.NotSent) as error:
                return _never_left(error, call, redactor, unreachable=True)
            except Exception as error:
                if call.response is not None:
                    return judged(call.response, error=error, trace=call.trace(redactor), redactor=redactor)
                if call.on_the_wire:
                    cause = error.__cause__ or error
                    return OutcomeUnknown(type(cause).__name__, redactor.text(str(cause)), call.trace(redactor))
                return _never_left(error, call, redactor, unreachable=False)
            return _accepted(message, call, redactor)

    def fetch(self, provider_message_id: str, *, credentials: Credentials, timeout: timedelta) -> Snapshot | None:
        """See `SmsProvider.fetch`."""
        session = _session(credentials)
        with session.transport.calling(timeout=timeout) as call:
            try:
                return _snapshot(session.messages(provider_message_id).fetch())
            except Exception as error:
                unanswered = _unanswered(error, call, credentials)
                if unanswered.http_status == HTTPStatus.NOT_FOUND and unanswered.code == _NO_SUCH_MESSAGE:
                    return None
                raise unanswered from error

    def find(
        self, *, to: str, after: datetime, credentials: Credentials, timeout: timedelta, limit: int = 200
    ) -> list[Snapshot]:
        """See `SmsProvider.find`. Twilio's own date filter is not used: a queued message has no `date_sent` yet."""
        session = _session(credentials)
        since = after.replace(microsecond=0)
        found: list[Snapshot] = []
        older = 0
        with session.transport.calling(timeout=timeout) as call:
            try:
                for message in session.messages.stream(to=to, page_size=_PAGE):
                    snapshot = _snapshot(message)
                    if snapshot.created_at is None or snapshot.created_at >= since:
                        found.append(snapshot)
                    else:
                        older += 1
                    if older >= _PAGE or len(found) > limit:
                        break
            except Exception as error:
                raise _unanswered(error, call, credentials, to=to) from error
        if len(found) > limit:
            raise ProviderDidNotAnswer(f"more than {limit} messages to this number since then")
        return found


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
    word, known = _word(message.status)
    code = None if message.error_code is None else str(message.error_code)
    return Accepted(message.sid, word, _segments(message.num_segments), trace, status_known=known, error_code=code)


def _never_left(error: Exception, call: "Call", redactor: Redactor, *, unreachable: bool) -> NeverLeft:
    cause = error.__cause__ or error
    return NeverLeft(type(cause).__name__, redactor.text(str(cause)), call.trace(redactor), unreachable=unreachable)


def _unanswered(error: Exception, call: "Call", credentials: Credentials, *, to: str = "") -> ProviderDidNotAnswer:
    redactor = _redactor(credentials, to=to)
    if call.response is not None and call.response.status >= HTTPStatus.MULTIPLE_CHOICES:
        code, message = refusal(call.response, redactor=redactor)
        return ProviderDidNotAnswer(message, http_status=call.response.status, code=code)
    cause = error.__cause__ or error
    return ProviderDidNotAnswer(f"{type(cause).__name__}: {redactor.text(str(cause))}")


def _snapshot(message: Any) -> Snapshot:
    if not isinstance(message.sid, str) or not message.sid:
        raise ValueError("the answer names no message")
    word, known = _word(message.status)
    return Snapshot(
        provider_message_id=message.sid,
        status_word=word,
        error_code=None if message.error_code is None else str(message.error_code),
        to=message.to or "",
        sender=message.from_ or None,
        messaging_service_sid=message.messaging_service_sid or None,
        body=message.body or "",
        segments=_segments(message.num_segments),
        created_at=_instant(message.date_created),
        sent_at=_instant(message.date_sent),
        updated_at=_instant(message.date_updated),
        status_known=known,
    )


def _word(status: object) -> tuple[str, bool]:
    word = status.strip().lower() if isinstance(status, str) else ""
    if word in STATUS_WORDS:
        return word, True
    logger.warning("Twilio used a status word that is not in its specification: %r", word[:40])
    return word, False


def _segments(count: object) -> int | None:
    text = str(count)
    return int(text) if text.isascii() and text.isdigit() else None


def _instant(value: object) -> datetime | None:
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _redactor(credentials: Credentials, *, to: str, body: str = "") -> Redactor:
    return Redactor(numbers=(to,), bodies=(body,), secrets=(credentials.auth_token,))

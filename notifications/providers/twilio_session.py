"""What texts and calls through Twilio's SDK share: one client an account, and what is known after each request.

It judges by the HTTP answer and by how far the request got, never by the SDK's exception texts.
"""

import logging
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

from notifications.providers import wire
from notifications.providers.base import (
    Accepted,
    Answer,
    Credentials,
    NeverLeft,
    OutcomeUnknown,
    ProviderDidNotAnswer,
)
from notifications.providers.trace import Redactor
from notifications.providers.twilio_answers import judged, refusal

if TYPE_CHECKING:
    from notifications.providers.twilio_transport import Call

logger = logging.getLogger(__name__)

Shown = TypeVar("Shown")
PAGE = 50
_NO_SUCH_THING = "20404"


class Session:
    """The SDK's client of one account over our transport."""

    __slots__ = ("calls", "client", "messages", "transport")

    def __init__(self, credentials: Credentials) -> None:
        from twilio.rest import Client

        from notifications.providers.twilio_transport import TwilioTransport

        self.transport = TwilioTransport(base_url=credentials.base_url)
        self.client: Any = Client(credentials.account_sid, credentials.auth_token, http_client=self.transport)
        self.messages: Any = self.client.messages
        self.calls: Any = self.client.calls


@lru_cache(maxsize=256)
def session_of(credentials: Credentials) -> Session:
    """The session of this account, made once."""
    return Session(credentials)


def handed_over(
    create: Callable[[], Any],
    *,
    session: Session,
    redactor: Redactor,
    timeout: timedelta,
    accepted: Callable[[Any, "Call"], Accepted | OutcomeUnknown],
) -> Answer:
    """Have the SDK create something once; tells accepted, refused, never processed, never left and unknown apart."""
    with session.transport.calling(timeout=timeout) as call:
        try:
            made = create()
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
        return accepted(made, call)


def fetched(fetch: Callable[[], Shown], *, session: Session, redactor: Redactor, timeout: timedelta) -> Shown | None:
    """What Twilio shows of one thing; `None` only where it says in its own words that there is none.

    :raises ProviderDidNotAnswer: when that cannot be known now.
    """
    with session.transport.calling(timeout=timeout) as call:
        try:
            return fetch()
        except Exception as error:
            unanswered = _unanswered(error, call, redactor)
            if unanswered.http_status == HTTPStatus.NOT_FOUND and unanswered.code == _NO_SUCH_THING:
                return None
            raise unanswered from error


def made_since(
    stream: Callable[[], Any],
    *,
    shown: Callable[[Any], Shown],
    created_at: Callable[[Shown], datetime | None],
    after: datetime,
    limit: int,
    session: Session,
    redactor: Redactor,
    timeout: timedelta,
) -> list[Shown]:
    """Everything of a list, newest first, that was made at or after `after` in whole seconds.

    :raises ProviderDidNotAnswer: when the list cannot be had, or is longer than `limit`.
    """
    since = after.replace(microsecond=0)
    found: list[Shown] = []
    older = 0
    with session.transport.calling(timeout=timeout) as call:
        try:
            for each in stream():
                one = shown(each)
                at = created_at(one)
                if at is None or at >= since:
                    found.append(one)
                else:
                    older += 1
                if older >= PAGE or len(found) > limit:
                    break
        except Exception as error:
            raise _unanswered(error, call, redactor) from error
    if len(found) > limit:
        raise ProviderDidNotAnswer(f"more than {limit} to this number since then")
    return found


def word_of(status: object, *, among: Collection[str]) -> tuple[str, bool]:
    """Twilio's word in small letters, and whether its specification lists it; another one is said aloud."""
    word = status.strip().lower() if isinstance(status, str) else ""
    if word in among:
        return word, True
    logger.warning("Twilio used a status word that is not in its specification: %r", word[:40])
    return word, False


def whole_number(count: object) -> int | None:
    """A count that Twilio writes as text; `None` for anything else."""
    text = str(count)
    return int(text) if text.isascii() and text.isdigit() else None


def instant(value: object) -> datetime | None:
    """A time of the SDK, with its zone."""
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _never_left(error: Exception, call: "Call", redactor: Redactor, *, unreachable: bool) -> NeverLeft:
    cause = error.__cause__ or error
    return NeverLeft(type(cause).__name__, redactor.text(str(cause)), call.trace(redactor), unreachable=unreachable)


def _unanswered(error: Exception, call: "Call", redactor: Redactor) -> ProviderDidNotAnswer:
    if call.response is not None and call.response.status >= HTTPStatus.MULTIPLE_CHOICES:
        code, message = refusal(call.response, redactor=redactor)
        return ProviderDidNotAnswer(message, http_status=call.response.status, code=code)
    cause = error.__cause__ or error
    return ProviderDidNotAnswer(f"{type(cause).__name__}: {redactor.text(str(cause))}")

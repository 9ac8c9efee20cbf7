"""Twilio's consent API through Twilio's own SDK: `POST accounts.twilio.com/v1/Consents/Bulk`, one item a request.

An answer of 201 says nothing yet: each item has an error code of its own. Access must be asked for at Twilio.
Source: https://www.twilio.com/docs/messaging/features/consent-api
"""

from datetime import UTC, timedelta
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from notifications.providers.base import Credentials
from notifications.providers.consents import ConsentChange, NotTaken, Taken, passes
from notifications.providers.trace import Redactor
from notifications.providers.twilio_answers import refusal, retry_after

if TYPE_CHECKING:
    from notifications.providers.twilio_transport import Call

_STATUS = {"opt_in": "opt-in", "opt_out": "opt-out"}
#: The item was not taken, for a reason that Twilio may mend by itself ("or internal") or that our data has.
ITEM_REFUSED = "30646"
_LONGEST = 180


class _Session:
    """The SDK's client of one account over our transport."""

    __slots__ = ("consents", "transport")

    def __init__(self, credentials: Credentials) -> None:
        from twilio.rest import Client

        from notifications.providers.twilio_transport import TwilioTransport

        self.transport = TwilioTransport(base_url=credentials.base_url)
        client = Client(credentials.account_sid, credentials.auth_token, http_client=self.transport)
        self.consents: Any = client.accounts.v1.bulk_consents


@lru_cache(maxsize=64)
def _session(credentials: Credentials) -> _Session:
    return _Session(credentials)


class TwilioConsents:
    """`ConsentApi` for Twilio."""

    def change(self, change: ConsentChange, *, credentials: Credentials, timeout: timedelta) -> Taken | NotTaken:
        """See `ConsentApi.change`."""
        redactor = Redactor(numbers=(change.number,), secrets=(credentials.auth_token,))
        session = _session(credentials)
        with session.transport.calling(timeout=timeout) as call:
            try:
                done = session.consents.create(items=[_item(change)])
            except Exception as error:
                return _not_taken(error, call, redactor)
            return _verdict(done.items, reference=change.reference, redactor=redactor)


def _item(change: ConsentChange) -> dict[str, str]:
    return {
        "contact_id": change.number,
        "correlation_id": change.reference,
        "sender_id": change.sender,
        "status": _STATUS[change.wish],
        "source": change.source,
        "date_of_consent": change.said_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _verdict(items: Any, *, reference: str, redactor: Redactor) -> Taken | NotTaken:
    rows = items if isinstance(items, list) else []
    ours = next((row for row in rows if isinstance(row, dict) and row.get("correlation_id") == reference), None)
    code = ours.get("error_code") if ours is not None else None
    if ours is None or not isinstance(code, int):
        return NotTaken(None, "The answer does not speak of our request.", True, http_status=HTTPStatus.CREATED)
    if code == 0:
        return Taken(HTTPStatus.CREATED)
    said = ours.get("error_messages")
    words = "; ".join(map(str, said)) if isinstance(said, list) and said else "no reason given"
    says = redactor.text(words)[:_LONGEST]
    return NotTaken(str(code), says, may_try_again=str(code) == ITEM_REFUSED, http_status=HTTPStatus.CREATED)


def _not_taken(error: Exception, call: "Call", redactor: Redactor) -> NotTaken:
    response = call.response
    if response is None:
        cause = error.__cause__ or error
        return NotTaken(None, f"No answer came ({type(cause).__name__}).", may_try_again=call.on_the_wire)
    code, says = refusal(response, redactor=redactor)
    return NotTaken(
        code,
        says[:_LONGEST],
        may_try_again=passes(response.status),
        retry_after=retry_after(response),
        http_status=response.status,
    )

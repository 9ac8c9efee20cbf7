"""What kind of line Twilio says a number is: Lookup v2 with Line Type Intelligence, through Twilio's own SDK.

`GET lookups.twilio.com/v2/PhoneNumbers/{E164}?Fields=line_type_intelligence`. An answer of 200 may hold an error code
of its own in the place of a type.
Source: https://www.twilio.com/docs/lookup/v2-api/line-type-intelligence
"""

from datetime import timedelta
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from members.lines import Able, Type
from notifications.providers.base import Credentials
from notifications.providers.lookups import Concerns, LineFound, NoLineAnswer
from notifications.providers.trace import Redactor
from notifications.providers.twilio_answers import refusal, retry_after

if TYPE_CHECKING:
    from notifications.providers.twilio_transport import Call

FIELD = "line_type_intelligence"
#: Twilio's types in our words. What has no word of ours keeps Twilio's; of these, some never get a text.
_TYPES: dict[str, tuple[Type, Able]] = {
    "mobile": ("mobile", "unknown"),
    "landline": ("landline", "unknown"),
    "fixedVoip": ("voip", "unknown"),
    "nonFixedVoip": ("voip", "unknown"),
    "tollFree": ("toll_free", "unknown"),
    "personal": ("unknown", "unknown"),
    "sharedCost": ("unknown", "unknown"),
    "unknown": ("unknown", "unknown"),
    "premium": ("unknown", "no"),
    "uan": ("unknown", "no"),
    "voicemail": ("unknown", "no"),
    "pager": ("unknown", "no"),
}
#: In the place of a type: Twilio's own trouble with this number now, and what is wrong with the account.
_PASSING = frozenset({60608, 60613})
_OF_THE_ACCOUNT = frozenset({60606, 60611, 60616, 60699})
_LONGEST = 180


class _Session:
    """The SDK's client of one account over our transport."""

    __slots__ = ("numbers", "transport")

    def __init__(self, credentials: Credentials) -> None:
        from twilio.rest import Client

        from notifications.providers.twilio_transport import TwilioTransport

        self.transport = TwilioTransport(base_url=credentials.base_url)
        client = Client(credentials.account_sid, credentials.auth_token, http_client=self.transport)
        self.numbers: Any = client.lookups.v2.phone_numbers


@lru_cache(maxsize=64)
def _session(credentials: Credentials) -> _Session:
    return _Session(credentials)


class TwilioLookup:
    """`LookupApi` for Twilio."""

    def look_up(self, number: str, *, credentials: Credentials, timeout: timedelta) -> LineFound | NoLineAnswer:
        """See `LookupApi.look_up`."""
        redactor = Redactor(numbers=(number,), secrets=(credentials.auth_token,))
        session = _session(credentials)
        with session.transport.calling(timeout=timeout) as call:
            try:
                answer = session.numbers(number).fetch(fields=FIELD)
            except Exception as error:
                return _no_answer(error, call, redactor)
            return _read(answer, number=number)


def _read(answer: Any, *, number: str) -> LineFound | NoLineAnswer:
    if answer.phone_number != number:
        return NoLineAnswer("number", None, "The answer does not speak of our number.", HTTPStatus.OK)
    found = answer.line_type_intelligence
    if not isinstance(found, dict):
        if answer.valid is False:
            return LineFound("unknown", "unknown", "not a valid number")
        return NoLineAnswer("number", None, "The answer names no line type.", HTTPStatus.OK)
    code, word = found.get("error_code"), found.get("type")
    if code in _PASSING or code in _OF_THE_ACCOUNT:
        concerns: Concerns = "account" if code in _OF_THE_ACCOUNT else "number"
        return NoLineAnswer(concerns, str(code), f"Twilio gave code {code} and no line type.", HTTPStatus.OK)
    if not isinstance(word, str) or not word:
        return LineFound("unknown", "unknown", f"no type, code {code}" if code else "no type")
    line_type, sms = _TYPES.get(word, ("unknown", "unknown"))
    return LineFound(line_type, sms, word[:40])


def _no_answer(error: Exception, call: "Call", redactor: Redactor) -> LineFound | NoLineAnswer:
    response = call.response
    if response is None:
        cause = error.__cause__ or error
        return NoLineAnswer("number", None, f"No answer came ({type(cause).__name__}).")
    code, says = refusal(response, redactor=redactor)
    status = response.status
    if code is not None and status in (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND):
        # Twilio's own word that there is no such number: asking again changes nothing.
        return LineFound("unknown", "unknown", f"no such number, code {code}")
    of_all = status in (
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.PAYMENT_REQUIRED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.TOO_MANY_REQUESTS,
    )
    concerns: Concerns = "account" if of_all else "number"
    return NoLineAnswer(concerns, code, says[:_LONGEST], status, retry_after(response))

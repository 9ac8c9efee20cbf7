"""What an HTTP answer of Twilio that is no success proves about the message."""

import json
from datetime import timedelta
from http import HTTPStatus

from notifications.providers.base import NotProcessed, OutcomeUnknown, Refused
from notifications.providers.trace import Redactor, Trace
from notifications.providers.wire import WireResponse

_NEVER_PROCESSED = "20429"
_LONGEST_MESSAGE = 500


def judged(
    response: WireResponse, *, error: Exception, trace: Trace, redactor: Redactor
) -> Refused | NotProcessed | OutcomeUnknown:
    """Refused, never processed, or unknown; `error` is what the SDK raised over this answer.

    A rate limit counts as never processed only with Twilio's own code in a JSON body: the same status from anything
    in between proves nothing.
    """
    code, message = refusal(response, redactor=redactor)
    status = response.status
    if status == HTTPStatus.TOO_MANY_REQUESTS and code == _NEVER_PROCESSED:
        return NotProcessed(status, code, message, retry_after(response), trace)
    if _proves_refusal(status, code):
        return Refused(status, code, message, trace)
    return OutcomeUnknown(type(error).__name__, message, trace, http_status=status, code=code)


def refusal(response: WireResponse, *, redactor: Redactor) -> tuple[str | None, str]:
    """Twilio's code and sentence, from either of its two error forms; no code when the body is not its JSON."""
    nothing = f"HTTP {response.status} without an explanation"
    try:
        document = json.loads(response.text)
    except ValueError:
        return None, nothing
    if not isinstance(document, dict):
        return None, nothing
    code = document.get("code")
    said = document.get("message") or document.get("detail") or document.get("title") or nothing
    known = isinstance(code, int | str) and not isinstance(code, bool) and str(code).strip() != ""
    return (str(code).strip() if known else None), redactor.text(str(said))[:_LONGEST_MESSAGE]


def _proves_refusal(status: int, code: str | None) -> bool:
    if status == HTTPStatus.REQUEST_TIMEOUT or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return False
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return code is not None
    return status >= HTTPStatus.MULTIPLE_CHOICES


def retry_after(response: WireResponse) -> timedelta | None:
    """How long the answer asks us to wait, where it says so in whole seconds."""
    for name, value in response.headers.items():
        if name.lower() == "retry-after" and value.strip().isascii() and value.strip().isdigit():
            return timedelta(seconds=int(value.strip()[:6]))
    return None

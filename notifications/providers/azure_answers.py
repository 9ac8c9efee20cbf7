"""What an answer of Azure to a text proves about it: as a whole by its HTTP status, inside a 202 by its one recipient.

A 202 is no success yet: each recipient has a status of its own. A rate limit counts as never processed only in Azure's
own JSON; the same status from anything in between proves nothing.
"""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from imes.kernel.phone import mask
from notifications.core.faults import fault
from notifications.providers.azure_words import delivery_code
from notifications.providers.base import Accepted, NotProcessed, OutcomeUnknown, Refused, SmsRequest
from notifications.providers.trace import Redactor, Trace, body_digest
from notifications.providers.wire import WireResponse

#: Azure names no status of a text that it has taken: it is queued, and nothing is known past that point.
QUEUED = "queued"
_LONGEST_MESSAGE = 500


def judged(
    response: WireResponse,
    *,
    error: Exception,
    trace: Trace,
    redactor: Redactor,
    code_in: Callable[[str], str | None] = lambda _text: None,
) -> Refused | NotProcessed | OutcomeUnknown:
    """Refused, never processed, or unknown; `error` is what the SDK raised over this answer.

    :param code_in: finds the code that a document names, where that says more than its HTTP status.
    """
    status = response.status
    name, says = _error(response.text)
    code = code_in(response.text) or str(status) if name is not None else None
    words = redactor.text(says or name or f"HTTP {status} without an explanation")[:_LONGEST_MESSAGE]
    if status == HTTPStatus.TOO_MANY_REQUESTS and code is not None:
        return NotProcessed(status, code, words, retry_after(response), trace)
    if _proves_refusal(status):
        return Refused(status, code, words, trace)
    return OutcomeUnknown(type(error).__name__, words, trace, http_status=status, code=code)


def item_judged(item: Any, *, trace: Trace, redactor: Redactor) -> Accepted | Refused | NotProcessed | OutcomeUnknown:
    """What the one recipient of a 202 says, as the SDK has read it."""
    status, says = item.http_status_code, redactor.text(str(item.error_message or ""))[:_LONGEST_MESSAGE]
    if not isinstance(status, int):
        return OutcomeUnknown("NoStatus", "the answer names no status of the recipient", trace)
    if item.successful and status < HTTPStatus.MULTIPLE_CHOICES:
        if not item.message_id:
            return OutcomeUnknown("NoMessageId", "the answer says accepted and names no message", trace)
        return Accepted(item.message_id, QUEUED, None, trace)
    code = delivery_code(str(item.error_message or "")) or str(status)
    words = says or f"Azure refused this recipient with {status}"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return NotProcessed(status, code, words, None, trace)
    if _proves_refusal(status) and not item.successful:
        return Refused(status, code, words, trace)
    return OutcomeUnknown("RecipientFailed", words, trace, http_status=status, code=code)


def answers_for_the_first(item: Any) -> bool:
    """Whether a repeated request was compared with the first one, so that its answer is the first one's too."""
    return str(item.repeatability_result or "").lower() == "accepted"


def listed_code(text: str) -> str | None:
    """The code of calls that an error of Azure names, outside or inside, where it is a listed one."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    error = found.get("error") if isinstance(found, dict) else None
    codes = []
    while isinstance(error, dict):
        codes.append(str(error.get("code", "")))
        error = error.get("innererror")
    return next(
        (code for code in reversed(codes) if code.isdigit() and fault("azure", code, channel="voice").known), None
    )


def shown_fields(request: SmsRequest, *, repeatability_id: str, first_sent: str) -> Mapping[str, str]:
    """What a trace shows of a request."""
    return {
        "from": request.sender,
        "to": mask(request.to),
        "message": body_digest(request.body),
        "repeatabilityRequestId": repeatability_id,
        "repeatabilityFirstSent": first_sent,
        "tag": request.reference,
    }


def retry_after(response: WireResponse) -> timedelta | None:
    """How long the answer asks us to wait, where it says so in whole seconds."""
    for name, value in response.headers.items():
        if name.lower() == "retry-after" and value.strip().isascii() and value.strip().isdigit():
            return timedelta(seconds=int(value.strip()[:6]))
    return None


def _error(text: str) -> tuple[str | None, str]:
    """Azure's own name and words of an error; no name where the body is not its JSON."""
    try:
        document = json.loads(text)
    except ValueError:
        return None, ""
    error = document.get("error", document) if isinstance(document, dict) else None
    if not isinstance(error, dict) or not error.get("code"):
        return None, ""
    return str(error["code"]), str(error.get("message") or "")


def _proves_refusal(status: int) -> bool:
    if status in (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS):
        return False
    return HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.INTERNAL_SERVER_ERROR

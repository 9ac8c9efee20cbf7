"""Twilio's webhooks: receipts about messages that we sent, and texts that people send to us.

Each request is verified, kept as it came, and joined before it is answered; what it means is for the operations.
"""

import logging

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from notifications.models import ProviderCallback
from notifications.operations.callbacks import keep_and_join, keep_refused
from notifications.operations.receipt_batches import keep_receipt
from notifications.webhooks.genuine import NotGenuine, clean, genuine

security = logging.getLogger("imes.security")

_REFUSED = "The signature does not fit."
_SILENCE = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
_LONGEST_ATTEMPT = 24


@csrf_exempt
@transaction.non_atomic_requests  # what is kept must be committed before the answer is made
def status(request: HttpRequest, attempt_id: str = "") -> HttpResponse:
    """A receipt: 204, also when the attempt is not known (yet). The address names the attempt that it is about."""
    callback = signed_callback(request, kind=ProviderCallback.Kind.STATUS, attempt_id=attempt_id)
    if isinstance(callback, HttpResponse):
        return callback
    # Twilio does not repeat a receipt that we failed on: it is kept, and joined by the sweep.
    if callback.attempt_public_id:
        keep_receipt(callback)
    else:
        keep_and_join(callback, at=callback.received_at)
    return HttpResponse(status=204)


@csrf_exempt
@transaction.non_atomic_requests  # what is kept must be committed before the answer is made
def inbound(request: HttpRequest) -> HttpResponse:
    """A text from a handset: recorded before it is answered, with silence; our replies are messages of their own."""
    callback = signed_callback(request, kind=ProviderCallback.Kind.INBOUND)
    if isinstance(callback, HttpResponse):
        return callback
    if not keep_and_join(callback, at=callback.received_at):
        return HttpResponse("It is kept and will be taken in.", status=500, content_type="text/plain")
    return HttpResponse(_SILENCE, content_type="text/xml")


def signed_callback(
    request: HttpRequest, *, kind: ProviderCallback.Kind, attempt_id: str = ""
) -> ProviderCallback | HttpResponse:
    """A genuine request as a row that is not saved yet, or the refusal, which is kept without its payload."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    at = timezone.now()
    found = genuine(request)
    callback = ProviderCallback(
        provider="twilio",
        kind=kind,
        received_at=at,
        attempt_public_id=clean(attempt_id)[:_LONGEST_ATTEMPT],
        idempotency_token=clean(request.headers.get("I-Twilio-Idempotency-Token", ""))[:64],
    )
    if isinstance(found, NotGenuine):
        callback.account_id, callback.defect = found.account_id, found.defect.value
        keep_refused(callback, at=at)
        security.warning("a %s webhook of twilio was refused: %s", kind.value, found.defect.value)
        return HttpResponse(_REFUSED, status=403, content_type="text/plain")
    callback.account_id = found.account_id
    callback.payload = found.payload
    callback.provider_message_id = _message_id(found.payload)
    return callback


def _message_id(payload: dict[str, object]) -> str:
    found = payload.get("MessageSid") or payload.get("SmsSid") or payload.get("CallSid") or ""
    return found[:64] if isinstance(found, str) else ""

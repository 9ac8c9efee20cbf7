"""Azure's events, as Event Grid posts them: delivery reports, and texts that people send to us.

Each event is kept as it came and joined before the request is answered. Event Grid repeats for a day what is not
answered with success; an event that came before is passed over.
"""

import logging

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from notifications.models import ProviderCallback
from notifications.operations.azure_events import account_of, resource_name
from notifications.operations.callbacks import keep_and_join, keep_refused
from notifications.providers.azure_reports import RECEIVED, REPORTED, VALIDATION, AzureEvent, read_event
from notifications.webhooks.azure_body import documents_in, storable
from notifications.webhooks.azure_key import Door, door_of
from notifications.webhooks.genuine import clean
from tenants.scope import platform_scope

logger = logging.getLogger(__name__)
security = logging.getLogger("imes.security")

_KINDS = {REPORTED: ProviderCallback.Kind.STATUS, RECEIVED: ProviderCallback.Kind.INBOUND}
# The only origin that Event Grid asks for (CloudEvents, abuse protection).
_ORIGIN = "eventgrid.azure.net"
_LONGEST_ATTEMPT, _LONGEST_ID = 24, 64


@csrf_exempt
@transaction.non_atomic_requests  # what is kept must be committed before the answer is made
def events(request: HttpRequest, account_ref: str = "") -> HttpResponse:
    """Take in a batch of events, or answer the handshake of a new subscription; 404 without the right key."""
    if request.method not in {"POST", "OPTIONS"}:
        return HttpResponseNotAllowed(["POST", "OPTIONS"])
    if not settings.AZURE_EVENTS_KEYS:
        return HttpResponse(status=404)
    with platform_scope():
        door = door_of(request.GET.get("key", ""), account_ref=clean(account_ref))
    if door is None:
        return _refused("key_wrong")
    if request.method == "OPTIONS":
        return _allowed(request)
    batch = _batch(request.body)
    if batch is None:
        return HttpResponse("The body holds no events.", status=400, content_type="text/plain")
    asked = next((event for event in batch if event.kind == VALIDATION), None)
    if asked is not None:
        return _validated(asked, door)
    taken = [_taken(event, door) for event in batch]
    if not all(taken):
        return HttpResponse("It is kept and will be taken in.", status=500, content_type="text/plain")
    return HttpResponse(status=200)


def _batch(body: bytes) -> list[AzureEvent] | None:
    """The events of a body: an array, or one CloudEvent alone; None where anything in it is no event."""
    documents = documents_in(body)
    if documents is None:
        return None
    events = [read_event(each) for each in documents]
    known = [event for event in events if event is not None]
    return known if known and len(known) == len(events) else None


def _validated(event: AzureEvent, door: Door) -> HttpResponse:
    """Answer the handshake for a resource that is one of ours, and for no other."""
    if not event.resource or event.resource not in {resource_name(account) for account in door.accounts}:
        return _refused("topic_not_ours")
    return JsonResponse({"validationResponse": str(event.data.get("validationcode", ""))})


def _allowed(request: HttpRequest) -> HttpResponse:
    """The handshake of CloudEvents. Source: CloudEvents, HTTP webhooks, section 4."""
    origin = request.headers.get("WebHook-Request-Origin", "")
    response = HttpResponse(status=200)
    response["Allow"] = "POST, OPTIONS"
    if origin == _ORIGIN:
        response["WebHook-Allowed-Origin"] = _ORIGIN
        response["WebHook-Allowed-Rate"] = "*"
    return response


def _taken(event: AzureEvent, door: Door) -> bool:
    """Keep one event and do what it says; False where that failed, so that it comes again."""
    kind = _KINDS.get(event.kind)
    if kind is None:
        logger.warning("an event of Azure is of a kind that nobody here knows: %r", event.kind[:80])
        return True
    at = timezone.now()
    with platform_scope():
        account = account_of(event, among=door.accounts)
        if _came_before(event):
            return True
    callback = ProviderCallback(
        provider="azure",
        kind=kind,
        received_at=at,
        account_id=account.account_id if account else "",
        provider_message_id=event.message_id[:_LONGEST_ID],
        attempt_public_id=event.tag[:_LONGEST_ATTEMPT],
        idempotency_token=event.fingerprint,
        payload=storable(event.raw),
    )
    if account is None:
        callback.defect = "number_not_ours"
        keep_refused(callback, at=at)
        security.warning("an event of Azure names a number and a resource that are none of ours")
        return True
    return keep_and_join(callback, at=at)


def _came_before(event: AzureEvent) -> bool:
    came = ProviderCallback.objects.filter(provider="azure", provider_message_id=event.message_id[:_LONGEST_ID])
    return came.filter(idempotency_token=event.fingerprint, defect="").exists()


def _refused(defect: str) -> HttpResponse:
    """Nothing is here for whoever does not know the key; that somebody tried is kept."""
    at = timezone.now()
    keep_refused(
        ProviderCallback(provider="azure", kind=ProviderCallback.Kind.STATUS, received_at=at, defect=defect), at=at
    )
    security.warning("a webhook of azure was refused: %s", defect)
    return HttpResponse(status=404)

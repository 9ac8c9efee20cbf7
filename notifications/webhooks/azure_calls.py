"""Azure's events about calls, as Call Automation posts them to the address that each call was placed with.

Each event is kept as it came and joined; then the call is led on, by a request of our own to Azure: what is said next,
or that it is hung up. Nothing but a pressed key acknowledges or opts out.
"""

import logging

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from notifications.models import ProviderAccount, ProviderCallback
from notifications.operations.azure_call_steps import lead_on
from notifications.operations.azure_calls import keep_once
from notifications.operations.callbacks import keep_and_join, keep_refused
from notifications.providers.azure_call_events import LED_BY, AzureCallEvent, read_call_event
from notifications.queries.accounts import azure_callers
from notifications.queries.inbound import attempt_named
from notifications.webhooks.azure_body import documents_in, storable
from notifications.webhooks.azure_call_token import Proved, TokenDefect, proved
from notifications.webhooks.genuine import clean
from tenants.scope import platform_scope

logger = logging.getLogger(__name__)
security = logging.getLogger("imes.security")

_LONGEST_ATTEMPT = 24


@csrf_exempt
@transaction.non_atomic_requests  # what is kept must be committed before the call is led on
def event(request: HttpRequest, attempt_id: str) -> HttpResponse:
    """Take in a batch of events of one call: 200, also when the attempt is not known; 401 or 404 for strangers."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    with platform_scope():
        accounts = azure_callers()
    if not accounts:
        return HttpResponse(status=404)
    proof = proved(request, accounts=accounts)
    if isinstance(proof, TokenDefect):
        return _refused(proof, attempt_id=attempt_id)
    batch = documents_in(request.body)
    if batch is None:
        return HttpResponse("The body holds no events.", status=400, content_type="text/plain")
    events = [found for each in batch if (found := read_call_event(each)) is not None]
    if not events:
        return HttpResponse("The body holds no events.", status=400, content_type="text/plain")
    for each in events:
        if each.kind in LED_BY:
            _taken(each, attempt_id=clean(attempt_id)[:_LONGEST_ATTEMPT], proof=proof)
    return HttpResponse(status=200)


def _taken(event: AzureCallEvent, *, attempt_id: str, proof: Proved) -> None:
    """Keep one event, do what it says, and lead the call on; one that came before is passed over."""
    at = timezone.now()
    callback = ProviderCallback(
        provider="azure",
        kind=ProviderCallback.Kind.CALL,
        received_at=at,
        account_id=_account_of(attempt_id, proof=proof).account_id,
        provider_message_id=event.call_id,
        attempt_public_id=attempt_id,
        idempotency_token=event.fingerprint,
        payload=storable(event.raw),
    )
    if keep_once(callback):
        is_taken_in = keep_and_join(callback, at=at)
        lead_on(callback, is_taken_in=is_taken_in, at=at)


def _account_of(attempt_id: str, *, proof: Proved) -> ProviderAccount:
    """The one that the call was placed through, where several accounts have one resource."""
    with platform_scope():
        attempt = attempt_named(attempt_id)
    account_id = attempt.sender.account_id if attempt is not None and attempt.sender is not None else None
    return next((account for account in proof.accounts if account.pk == account_id), proof.accounts[0])


def _refused(defect: TokenDefect, *, attempt_id: str) -> HttpResponse:
    """Nothing is here for whoever cannot prove to be Azure; that somebody tried is kept."""
    at = timezone.now()
    keep_refused(
        ProviderCallback(
            provider="azure",
            kind=ProviderCallback.Kind.CALL,
            received_at=at,
            attempt_public_id=clean(attempt_id)[:_LONGEST_ATTEMPT],
            defect=defect.value,
        ),
        at=at,
    )
    security.warning("a webhook of azure about a call was refused: %s", defect.value)
    if defect is TokenDefect.KEYS_UNAVAILABLE:
        return HttpResponse("It cannot be checked now.", status=503, content_type="text/plain")
    if defect is TokenDefect.MISSING:
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(status=404)

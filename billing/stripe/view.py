"""`POST /webhooks/stripe`: takes signed events in. Nothing of a payload is logged or kept but what reading.py names.

Without STRIPE_WEBHOOK_SECRET there is no such address. Whatever is signed is answered 200, known customer or not, so
that Stripe does not send it again; a failure of ours is 500, so that it does.
"""

import json
import logging

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse, UnreadablePostError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from billing.stripe.heed import heed
from billing.stripe.reading import NotAnEvent, Said, read

_log = logging.getLogger(__name__)


@csrf_exempt
@transaction.non_atomic_requests  # its own scope is its transaction
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """Answer as documented in docs/billing.md."""
    if not settings.STRIPE_WEBHOOK_SECRET:
        raise Http404
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        said = _said(request)
    except ImportError:
        _log.error("The library of Stripe is missing: pip install -r requirements-stripe.txt")
        return JsonResponse({"error": "The portal cannot verify signatures now."}, status=503)
    if said is None:
        return JsonResponse({"error": "Not an event that Stripe has signed for this address."}, status=400)
    event = heed(said, at=timezone.now())
    return JsonResponse({"event": event.event_ref, "outcome": event.outcome})


def _said(request: HttpRequest) -> Said | None:
    """The event, verified; None where it is not Stripe's, or says nothing that can be read."""
    import stripe

    try:
        body = request.body.decode()
        event = stripe.Webhook.construct_event(
            body, request.headers.get("Stripe-Signature", ""), settings.STRIPE_WEBHOOK_SECRET
        )
        return read(event.to_dict())
    except (stripe.SignatureVerificationError, UnicodeDecodeError, json.JSONDecodeError, UnreadablePostError):
        return None
    except (NotAnEvent, ValueError, TypeError, AttributeError, OverflowError):
        # Signed, and still not an event: a newer kind of Stripe's that this portal does not know.
        _log.warning("a signed request of Stripe is no event that this portal reads")
        return None

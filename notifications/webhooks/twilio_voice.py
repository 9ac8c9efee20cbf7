"""Twilio's webhooks about calls: how far a call is, and which key was pressed, which is answered with what is said.

Verified and kept like all others. Nothing but a pressed key acknowledges or opts out.
"""

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from notifications.models import ProviderCallback
from notifications.operations.callbacks import keep_and_join
from notifications.operations.calls import what_is_said
from notifications.providers.twilio_twiml import twiml
from notifications.webhooks.twilio import signed_callback

_HANG_UP = '<?xml version="1.0" encoding="UTF-8"?><Response><Hangup/></Response>'
_MOST_TURNS = 99


@csrf_exempt
@transaction.non_atomic_requests  # what is kept must be committed before the answer is made
def event(request: HttpRequest, attempt_id: str) -> HttpResponse:
    """An event of a call's life: 204, also when the attempt is not known (yet); the sweep joins it then."""
    callback = signed_callback(request, kind=ProviderCallback.Kind.CALL, attempt_id=attempt_id)
    if isinstance(callback, HttpResponse):
        return callback
    keep_and_join(callback, at=callback.received_at)
    return HttpResponse(status=204)


@csrf_exempt
@transaction.non_atomic_requests  # a key counts before its answer is heard
def keys(request: HttpRequest, attempt_id: str) -> HttpResponse:
    """A key, or the silence in which one was waited for: 200 with what the call says next."""
    callback = signed_callback(request, kind=ProviderCallback.Kind.CALL, attempt_id=attempt_id)
    if isinstance(callback, HttpResponse):
        return callback
    is_taken_in = keep_and_join(callback, at=callback.received_at)
    scene = what_is_said(callback, turn=_turn(request), is_taken_in=is_taken_in)
    if scene is None:
        return HttpResponse(_HANG_UP, content_type="text/xml")
    keys_to = f"{settings.PUBLIC_URL}{request.path}"
    return HttpResponse(twiml(scene, keys_to=keys_to), content_type="text/xml")


def _turn(request: HttpRequest) -> int:
    """How often the call waited for a key: it stands in the address that was signed."""
    text = request.GET.get("turn", "")
    return min(int(text), _MOST_TURNS) if text.isascii() and text.isdigit() and len(text) < 3 else 1  # noqa: PLR2004

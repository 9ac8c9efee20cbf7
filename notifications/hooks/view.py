"""`POST /hooks/<token>`: fires a flow. The token in the address is all that is asked for, and is written nowhere.

An address that never existed and one that was revoked get the same answer after the same work.
"""

import logging
from ipaddress import ip_address

from django.db import transaction
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from imes.kernel.ids import token_digest
from notifications.core.answers import Refusal, TriggerCode
from notifications.hooks.answering import accepted, refused
from notifications.hooks.body import MOST_BYTES
from notifications.hooks.receive import Fired, Request, receive
from notifications.models import Hook
from tenants.scope import platform_scope, tenant_scope

logger = logging.getLogger(__name__)


@csrf_exempt
@transaction.non_atomic_requests  # its own two scopes are its transactions
def fire(request: HttpRequest, token: str) -> HttpResponse:
    """Answer as documented in docs/webhooks.md; whatever goes wrong inside, the address is not logged."""
    if request.method != "POST":
        return refused(Refusal(TriggerCode.WRONG_METHOD))
    try:
        outcome = _fired(request, token)
    except UnreadablePostError:
        # What came of a form would fire with half of its fields.
        logger.warning("a request to fire a flow ended in the middle of its body")
        return refused(Refusal(TriggerCode.OUR_FAULT))
    except Exception:
        logger.exception("a request to fire a flow failed")
        return refused(Refusal(TriggerCode.OUR_FAULT))
    if isinstance(outcome, Fired):
        return accepted(alert=outcome.alert, pages=outcome.pages, replayed=outcome.replayed)
    return refused(outcome)


def _fired(request: HttpRequest, token: str) -> Fired | Refusal:
    with platform_scope():
        known = Hook.objects.filter(token_digest=token_digest(token), revoked_at__isnull=True)
        hook = known.select_related("flow", "flow__tenant").first()
    if hook is None:
        return Refusal(TriggerCode.UNKNOWN_ADDRESS)
    came = Request(
        body=_body(request),
        content_type=request.META.get("CONTENT_TYPE", ""),
        idempotency_key=request.headers.get("Idempotency-Key", "").strip(),
        remote_address=_address(request),
    )
    with tenant_scope(hook.tenant_id):
        return receive(came, hook=hook, at=timezone.now())


def _body(request: HttpRequest) -> bytes | None:
    """At most one byte more than is allowed. A body in chunks is read where the server says that it ends."""
    stream = request
    if "chunked" in request.headers.get("Transfer-Encoding", "").lower():
        if not request.META.get("wsgi.input_terminated"):
            return None
        stream = request.META["wsgi.input"]
    found = b""
    while len(found) <= MOST_BYTES and (piece := stream.read(MOST_BYTES + 1 - len(found))):
        found += piece
    announced = request.META.get("CONTENT_LENGTH") or ""
    if stream is request and announced.isdecimal() and len(found) < min(int(announced), MOST_BYTES + 1):
        raise UnreadablePostError
    return found


def _address(request: HttpRequest) -> str | None:
    try:
        return str(ip_address(request.META.get("REMOTE_ADDR", "")))
    except ValueError:
        return None

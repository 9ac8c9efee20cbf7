"""GET /api/admin/router-state: how every route stands, as JSON, for platform admins and for a machine of the platform.

Not signed in and without a token: 401. A stranger, or a token that is not ours: 404, as for what does not exist.
"""

import hmac

from django.conf import settings
from django.http import Http404, HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from notifications.queries.router import router_state
from tenants.access import Access
from tenants.models import User

_BEARER = "Bearer "


@never_cache
@require_safe
def router_state_json(request: HttpRequest) -> JsonResponse:
    """Answer the state of the router; it changes nothing."""
    given = request.headers.get("Authorization", "")
    if given.startswith(_BEARER):
        if not _is_ours(given.removeprefix(_BEARER).strip()):
            raise Http404
    elif not isinstance(request.user, User):
        refused = JsonResponse({"error": "Sign in as a platform admin, or send a platform token."}, status=401)
        refused["WWW-Authenticate"] = 'Bearer realm="router-state"'
        return refused
    else:
        access = getattr(request, "access", None)
        if not (isinstance(access, Access) and access.is_platform):
            raise Http404
    return JsonResponse(router_state(at=timezone.now()).as_json())


def _is_ours(token: str) -> bool:
    """Compared in constant time; an installation without a token accepts none."""
    ours: str = settings.ROUTER_STATE_TOKEN
    return bool(ours) and hmac.compare_digest(token.encode(), ours.encode())

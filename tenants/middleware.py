"""Opens the scope of the person who asks around the whole request, templates included, and names every request.

It does not judge what may be done inside the scope: the admin's base and the views do that.
"""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from http import HTTPStatus

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from imes.kernel.ids import public_id
from tenants.access import SESSION_KEY, Access, access_for
from tenants.models import User
from tenants.request_id import request_id
from tenants.scope import platform_scope, tenant_scope

Answer = Callable[[HttpRequest], HttpResponse]

#: Machines come here without a session; their views open what they need themselves.
MACHINE_PATHS = re.compile(r"^/(hooks|webhooks|health|livez|static|invite|ack)(/|$)")
#: Pages of people that commit step by step, and open each scope themselves: no transaction may be around them.
STEPWISE_PATHS = re.compile(r"^/me/[^/]+/phones/[^/]+/code/$")


class RequestIdMiddleware:
    """Gives each request an id, which the audit log keeps and the answer carries."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = request_id.set(public_id("req"))
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = request_id.get()
            return response
        finally:
            request_id.reset(token)


class ScopeMiddleware:
    """Opens the tenant's or the platform's scope for signed-in people, in one transaction around view *and* rendering.

    ATOMIC_REQUESTS alone ends before a TemplateResponse is rendered: lazy columns would then see nothing.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        opens_its_own = MACHINE_PATHS.match(request.path) or STEPWISE_PATHS.match(request.path)
        if opens_its_own or not isinstance(request.user, User):
            return self.get_response(request)
        access = access_for(request.user, chosen_tenant_id=request.session.get(SESSION_KEY))
        if access is None:
            return self.get_response(request)
        request.access = access  # type: ignore[attr-defined]
        zone = request.user.time_zone or (access.tenant.time_zone if access.tenant else "UTC")
        with timezone.override(zone), self._scope_of(access):
            response = self.get_response(request)
            if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                # A page that breaks while it is rendered comes after the view's own transaction.
                transaction.set_rollback(True)
            return response

    @staticmethod
    def _scope_of(access: Access) -> AbstractContextManager[None]:
        if access.tenant is None:
            return platform_scope()
        return tenant_scope(access.tenant.pk, user_id=access.user.pk)

"""The portal's admin site: who may enter, and a 404 for everybody else who is signed in (reading 12).

It lies outside tenants/admin, because Django makes the site while it imports the first page that registers there.
"""

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import SimpleLazyObject
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from unfold.forms import AuthenticationForm
from unfold.sites import UnfoldAdminSite

from tenants.access import SESSION_KEY, Access, access_for, access_of
from tenants.models import User
from tenants.notices import notices
from tenants.sign_in import GuardedSignIn

#: Reached by anybody who is signed in, whatever their part.
OPEN_TO_ALL = frozenset({"logout", "login", "choose_tenant"})


class AdminSignInForm(GuardedSignIn, AuthenticationForm):  # type: ignore[misc]  # Unfold has no types
    """The admin's own login page, under the same limits as the other one."""


class PortalSite(UnfoldAdminSite):  # type: ignore[misc]  # Unfold has no types
    """One site for tenant admins, viewers, support and platform admins; what each sees is decided by their part."""

    site_title = "IMES"
    site_header = "IMES"
    index_title = "Dashboard"
    # The admin is the whole site: its login page has nowhere to return to.
    site_url = None
    enable_nav_sidebar = True
    login_form = AdminSignInForm

    def has_permission(self, request: HttpRequest) -> bool:
        access = getattr(request, "access", None)
        return isinstance(access, Access) and access.reads

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            name = getattr(request.resolver_match, "url_name", None)
            if isinstance(request.user, User) and name not in OPEN_TO_ALL and not self.has_permission(request):
                raise Http404
            # It finds any row of any kind, and no page of ours leads there.
            if isinstance(request.user, User) and name == "view_on_site":
                raise Http404
            if any("\0" in text for _, texts in request.GET.lists() for text in texts):
                raise Http404  # no text in the database holds one, and asking for it is an error there
            try:
                response: HttpResponse = inner(request, *args, **kwargs)
            except PermissionDenied:
                raise Http404 from None
            return response

        guarded.csrf_exempt = getattr(inner, "csrf_exempt", False)  # type: ignore[attr-defined]
        return guarded

    def get_urls(self) -> list[URLPattern]:
        return [
            path("tenant/", require_http_methods(["GET", "POST"])(self.choose_tenant), name="choose_tenant"),
            *super().get_urls(),
        ]

    def choose_tenant(self, request: HttpRequest) -> HttpResponse:
        """Show the tenants that are open to this person, and open the one that is chosen."""
        if not isinstance(request.user, User):
            return redirect("admin:login")
        access = access_of(request)
        if request.method == "POST":
            chosen = request.POST.get("tenant", "")
            if chosen == "" and access.user.reads_every_tenant:
                request.session.pop(SESSION_KEY, None)
                return redirect("admin:index")
            for tenant in access.tenants:
                if tenant.public_id == chosen:
                    request.session[SESSION_KEY] = tenant.pk
                    return redirect("admin:index")
            raise Http404
        context = {**self.each_context(request), "title": "Choose a tenant", "access": access}
        return TemplateResponse(request, "admin/portal/choose_tenant.html", context)

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Sign in; whoever the admin answers with 404 goes from the other login page to a page of their own."""
        response: HttpResponse = super().login(request, extra_context)
        user = request.user
        if response.status_code == HTTPStatus.FOUND and isinstance(user, User):
            access = access_for(user, chosen_tenant_id=request.session.get(SESSION_KEY))
            if access is None or not access.reads:
                return redirect("login")
        return response

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context: dict[str, Any] = super().each_context(request)
        context["platform_support"] = settings.PLATFORM_SUPPORT
        context["access"] = getattr(request, "access", None)
        context["zone_name"] = timezone.get_current_timezone_name()
        # Asked for when the page is drawn: an action that leads on asks nothing.
        context["notices"] = SimpleLazyObject(partial(notices, request))
        return context

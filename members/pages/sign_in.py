"""The login page for everybody, and where each goes from it: the admin for those who read it, others to their page."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tenants.access import SESSION_KEY, access_for
from tenants.models import User
from tenants.sign_in import GuardedSignIn, wait_words

_TOO_MANY = 429


class SignInForm(GuardedSignIn, AuthenticationForm):
    """An e-mail address and a password; what is wrong is the same for a wrong password and an unknown address."""

    username = forms.EmailField(label="E-mail", max_length=254)

    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": "This e-mail and password do not fit together. Check both, and try again.",
    }


class SignIn(LoginView):
    """Take an e-mail address and a password, and lead to `next` where that is a page of ours."""

    template_name = "me/login.html"
    authentication_form = SignInForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if isinstance(request.user, User):
            return redirect(self.get_success_url())
        return super().dispatch(request, *args, **kwargs)

    def get_redirect_url(self, request: HttpRequest | None = None) -> str:
        to: str = super().get_redirect_url()
        # Back to this page, or to an admin that answers them 404, is nowhere.
        is_nowhere = to.startswith(reverse("login")) or (to.startswith("/admin/") and not _reads(self.request))
        return "" if is_nowhere else to

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # Before somebody has signed in, nobody can say whether the admin answers them.
        return {**super().get_context_data(**kwargs), self.redirect_field_name: super().get_redirect_url()}

    def form_invalid(self, form: Any) -> HttpResponse:
        until = form.waits_until
        if until is None:
            return super().form_invalid(form)
        response = render(self.request, "me/wait.html", {"says": wait_words(until)}, status=_TOO_MANY)
        response["Retry-After"] = str(max(1, int((until - timezone.now()).total_seconds()) + 1))
        return response


class SignOut(LogoutView):
    """End the session, on POST alone."""

    def get_default_redirect_url(self) -> str:
        return f"{reverse('login')}?signed_out=1"


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Lead everybody to where they begin."""
    if not isinstance(request.user, User):
        return redirect("login")
    return redirect("admin:index" if _reads(request) else "me")


def _reads(request: HttpRequest) -> bool:
    user = request.user
    if not isinstance(user, User):
        return False
    access = access_for(user, chosen_tenant_id=request.session.get(SESSION_KEY))
    return access is not None and access.reads

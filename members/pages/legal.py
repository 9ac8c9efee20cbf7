"""Terms and privacy in plain words, which every consent text links to. They name the installation, never a tenant."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

#: When the words last changed.
AS_OF = "20 November 2026"


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    return render(request, "legal/terms.html", _about())


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "legal/privacy.html", _about())


def _about() -> dict[str, str]:
    return {"installation": urlsplit(settings.PUBLIC_URL).netloc, "as_of": AS_OF}

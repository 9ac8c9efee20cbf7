"""The public keys that evidence and seals are signed by: for anybody, without a login, as PEM, JSON or a page."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from members.consent.evidence_file import ALGORITHM
from tenants.signing import signing_keys

_HOURLY = cache_control(public=True, max_age=3600)


@require_safe
@vary_on_headers("Accept")
def evidence_keys(request: HttpRequest) -> HttpResponse:
    """Answer browsers with a page, programs that ask for JSON with JSON, and everybody else with PEM."""
    best = request.get_preferred_type(["application/x-pem-file", "text/html", "application/json"])
    if best == "text/html":
        keys = signing_keys().public
        return render(request, "keys/evidence.html", {"keys": keys, "algorithm": ALGORITHM})
    return evidence_keys_json(request) if best == "application/json" else evidence_keys_pem(request)


@require_safe
@_HOURLY
def evidence_keys_pem(request: HttpRequest) -> HttpResponse:
    """Every key as PEM, the one that signs now first."""
    text = "".join(key.pem for key in signing_keys().public)
    return HttpResponse(text, content_type="application/x-pem-file", headers={"X-Content-Type-Options": "nosniff"})


@require_safe
@_HOURLY
def evidence_keys_json(request: HttpRequest) -> HttpResponse:
    """Every key by its id."""
    keys = [{"key_id": key.key_id, "algorithm": ALGORITHM, "pem": key.pem} for key in signing_keys().public]
    return JsonResponse(
        {"installation": settings.PUBLIC_URL, "signs_now": keys[0]["key_id"] if keys else None, "keys": keys}
    )

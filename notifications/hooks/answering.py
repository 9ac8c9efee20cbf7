"""The answers of the firing endpoint as HTTP: JSON alone, and never the address, which is the secret, in a log."""

from django.http import HttpResponse, JsonResponse

from notifications.core.answers import Refusal, TriggerCode


def accepted(*, alert: str, pages: int, replayed: bool) -> HttpResponse:
    """202: the alert's id, and how many pages were written at once."""
    body: dict[str, object] = {"alert": alert, "status": "accepted", "pages": pages}
    if not pages:
        body["says"] = "The flow has no recipients, so nobody is paged."
    response = JsonResponse(body, status=TriggerCode.FIRED.http_status)
    if replayed:
        response["Idempotency-Replayed"] = "true"
    return _quiet(response)


def refused(refusal: Refusal) -> HttpResponse:
    """The refusal's own status, its code, what is wrong and what to do."""
    code = refusal.code
    body = {"error": {"code": code.value, "says": refusal.says, "fix": refusal.fix}}
    response = JsonResponse(body, status=code.http_status)
    if refusal.retry_after is not None:
        response["Retry-After"] = str(refusal.retry_after)
    if code is TriggerCode.WRONG_METHOD:
        response["Allow"] = "POST"
    return _quiet(response)


def _quiet(response: HttpResponse) -> HttpResponse:
    """Django logs the path of every refused request, and here the path is the secret. Our own rows tell more."""
    response["Cache-Control"] = "no-store"
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response

"""Acknowledging a page by the signed link in its e-mail: opening it shows the page, and only the button acts.

Mail servers open links before people do, so a GET changes nothing. Whoever holds the link may acknowledge that one
page: it was sent to its recipient alone.
"""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from notifications.core.states import AWAITING_ANSWER, NotificationStatus, Purpose
from notifications.flows.acknowledge import AckOutcome, acknowledge
from notifications.models import Notification
from notifications.queries.ack_links import LinkIsOver, page_of_link
from notifications.queries.alerts import needs_answer
from tenants.scope import platform_scope

_VIA = "link"


@dataclass(frozen=True, slots=True)
class _Said:
    """What the page says, and whether it offers the button."""

    title: str
    says: str
    status: int = 200
    may: bool = False


_UNKNOWN = _Said("There is no such page", "The link is not whole, or not ours. Open it once more from the e-mail.", 404)
_OVER = _Said(
    "This link is too old",
    "A page can be acknowledged for seven days. If it still matters, open the alert in the portal, or ask your admin.",
    410,
)


# The signed address is what permits it; a cookie would add nothing, and some mail programs keep none.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def acknowledge_page(request: HttpRequest, token: str) -> HttpResponse:
    """Show the page that the link names; on POST acknowledge it."""
    try:
        named = page_of_link(token)
    except LinkIsOver:
        return _answer(request, None, _OVER)
    page = _page(named) if named else None
    if page is None:
        return _answer(request, None, _UNKNOWN)
    zone = (page.member.time_zone if page.member else "") or page.tenant.time_zone
    with timezone.override(zone):
        said = _acknowledged(page) if request.method == "POST" else _shown(page)
        return _answer(request, page, said)


def _page(public_id: str) -> Notification | None:
    with platform_scope():
        rows = Notification.objects.select_related("tenant", "member", "alert__acknowledged_by")
        return rows.filter(public_id=public_id, purpose=Purpose.PAGE.value, channel="email").first()


def _shown(page: Notification) -> _Said:
    alert = page.alert
    if alert is not None and (alert.acknowledged_at or alert.resolved_at) and not _is_open(page):
        by = alert.acknowledged_by.name if alert.acknowledged_by else None
        return _closed(by, alert.acknowledged_at or alert.resolved_at)
    if NotificationStatus(page.status) not in AWAITING_ANSWER | {NotificationStatus.FAILED, NotificationStatus.HELD}:
        return _Said("This page is closed", f"It is {page.get_status_display().lower()}, and needs no answer.")
    return _Said("You were paged", "Nobody has acknowledged it yet.", may=True)


def _acknowledged(page: Notification) -> _Said:
    result = acknowledge(page, via=_VIA, at=timezone.now(), by_member=page.member)
    if result.outcome is AckOutcome.ALREADY:
        return _closed(result.by, result.at)
    if result.outcome is AckOutcome.NOT_SENT:
        return _Said("This page is closed", "It was not sent, and needs no answer.")
    what = f"these {len(result.closed)} alerts" if len(result.closed) > 1 else "it"
    return _Said("Acknowledged", f"Thank you. Your team sees that you have {what}.")


def _is_open(page: Notification) -> bool:
    with platform_scope():
        return needs_answer(page)


def _closed(by: str | None, at: object) -> _Said:
    when = f" at {timezone.localtime(at):%H:%M %Z on %d %B %Y}" if at else ""  # type: ignore[arg-type]
    return _Said("Already acknowledged", f"{by or 'Somebody'} closed this alert{when}. Nothing is left for you to do.")


def _answer(request: HttpRequest, page: Notification | None, said: _Said) -> HttpResponse:
    context = {"page": page, "title": said.title, "says": said.says, "may": said.may}
    response = render(request, "notifications/acknowledge.html", context, status=said.status)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response

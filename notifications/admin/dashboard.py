"""The first page: is everything moving, what did not arrive, and what to do first."""

from datetime import timedelta
from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.utils import timezone

from members.admin.record_page import waiting_for
from members.models import Member
from notifications.admin.columns import status_pill
from notifications.admin.filters import COUNTED
from notifications.admin.how_far import nobody_words
from notifications.admin.moving import parts_seen
from notifications.admin.registration import banners
from notifications.models import Alert, Flow, Notification, Sender
from notifications.queries.escalations import unheard_alerts
from notifications.queries.reviews import waiting_reviews
from notifications.queries.router import outages
from tenants.access import Part


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add the dashboard's facts; costs thirteen queries, none of which reads more than a day of the log."""
    access = getattr(request, "access", None)
    if access is None or not access.reads:
        return context
    now = timezone.now()
    day = Notification.objects.filter(created_at__gte=now - timedelta(days=1))
    counts = day.aggregate(
        told=Count("pk", filter=COUNTED["told"]),
        answered=Count("pk", filter=COUNTED["page-answered"]),
        trouble=Count("pk", filter=COUNTED["not-told"]),
        waiting=Count("pk", filter=COUNTED["page-waiting"]),
    )
    trouble = list(day.filter(COUNTED["not-told"]).select_related("member", "alert__flow")[:8])
    context.update(
        {
            "title": "Dashboard",
            "counts": counts,
            "trouble": [(row, status_pill(row, now=now)) for row in trouble],
            "open_alerts": list(
                Alert.objects.filter(acknowledged_at__isnull=True, resolved_at__isnull=True)
                .select_related("flow")
                .order_by("-opened_at")[:5]
            ),
            "unheard": [
                (alert, nobody_words(alert.fired_steps), alert.ended_at is not None)  # type: ignore[attr-defined]
                for alert in unheard_alerts(since=now - timedelta(days=1), most=5)
            ],
            "pulse": (seen := parts_seen(now=now)),
            "is_moving": all(part.is_ok for part in seen),
            "starts_workers": access.part is Part.PLATFORM,
            "outages": outages(access.tenant.pk, at=now) if access.tenant else [],
            "registrations": banners(_texting()),
            "reviews": waiting_reviews(now=now),
            "records": waiting_for(request),
            "has_members": Member.objects.order_by()[:1].exists(),
            "has_flows": Flow.objects.order_by()[:1].exists(),
        }
    )
    return context


def _texting() -> list[Sender]:
    """The senders of the open scope that text, where their registration is not in order or not known to be."""
    rows = Sender.objects.filter(is_active=True, channels__contains=["sms"]).order_by("priority", "id")
    return list(rows.exclude(registration=Sender.Registration.NOT_NEEDED)[:5])

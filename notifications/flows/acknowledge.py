"""Acknowledges a page: the row and its alert, once; what was not sent yet of the alert is not needed any more.

Which page a reply means is decided elsewhere (notifications/core/acks.py). Messages already handed over keep their
status, since nothing can call them back.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.db.models import Q

from members.models import Member
from notifications.core.reasons import Reason
from notifications.core.states import NotificationStatus, may_move
from notifications.flows.closing import cancel, stop_steps
from notifications.models import Alert, Notification
from notifications.models.notification import CLAIMABLE
from tenants.audit import Act, record
from tenants.scope import tenant_scope


class AckOutcome(StrEnum):
    """What an acknowledgement came to."""

    ACKNOWLEDGED = "acknowledged"
    ALREADY = "already"
    NOT_SENT = "not_sent"


@dataclass(frozen=True, slots=True)
class AckResult:
    """The outcome; `by` and `at` tell of the acknowledgement that counts, which may be an earlier one."""

    outcome: AckOutcome
    by: str | None
    at: datetime | None
    cancelled: int = 0


def acknowledge(notification: Notification, *, via: str, at: datetime, by_member: Member | None) -> AckResult:
    """Set the page to Acknowledged, close its alert, and cancel its siblings that were not handed over.

    Idempotent: an alert is acknowledged once, by the first. Opens the tenant's scope itself.
    """
    with tenant_scope(notification.tenant_id), transaction.atomic():
        # The alert first, then its notifications in order: two acknowledgements at once wait for each other here.
        alert = Alert.objects.select_for_update(of=("self",), no_key=True).get(notifications=notification)
        unsent_or_page = Notification.objects.filter(Q(pk=notification.pk) | Q(status__in=CLAIMABLE), alert=alert)
        rows = {row.pk: row for row in unsent_or_page.order_by("id").select_for_update(no_key=True)}
        page = rows[notification.pk]
        closed_at = alert.acknowledged_at or alert.resolved_at
        if closed_at is not None:
            by = alert.acknowledged_by
            return AckResult(AckOutcome.ALREADY, by.name if by else None, closed_at)
        if not may_move(NotificationStatus(page.status), NotificationStatus.ACKNOWLEDGED):
            return AckResult(AckOutcome.NOT_SENT, None, None)
        name = by_member.name if by_member else None
        _close(page, alert=alert, via=via, at=at, by_member=by_member)
        unsent = [row.pk for row in rows.values() if row.pk != page.pk]
        cancel(unsent, reason=Reason.ACKNOWLEDGED_ELSEWHERE, by=name, at=at, page=page)
        record(
            Act.ALERT_ACKNOWLEDGED,
            tenant_id=alert.tenant_id,
            actor=None,
            subject=alert,
            at=at,
            data={"by": name, "via": via, "page": page.public_id, "cancelled": len(unsent)},
        )
        return AckResult(AckOutcome.ACKNOWLEDGED, name, at, len(unsent))


def _close(page: Notification, *, alert: Alert, via: str, at: datetime, by_member: Member | None) -> None:
    page.status = NotificationStatus.ACKNOWLEDGED.value
    page.reason = page.reason_text = ""
    page.acknowledged_at = at
    page.acknowledged_via = via
    page.finished_at = page.finished_at or at
    page.save(update_fields=["status", "reason", "reason_text", "acknowledged_at", "acknowledged_via", "finished_at"])
    alert.acknowledged_at = at
    alert.acknowledged_by = by_member
    alert.save(update_fields=["acknowledged_at", "acknowledged_by"])
    stop_steps(alert, at=at)

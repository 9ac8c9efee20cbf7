"""Acknowledges a page: the row and its alerts, once; what was not sent yet of them is not needed any more.

Which page a reply means is decided elsewhere (notifications/core/acks.py). Messages already handed over keep their
status, since nothing can call them back.
"""

from collections.abc import Mapping, Sequence
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
from notifications.queries.facts_merged import without_needed
from tenants.audit import Act, record
from tenants.scope import tenant_scope


class AckOutcome(StrEnum):
    """What an acknowledgement came to."""

    ACKNOWLEDGED = "acknowledged"
    ALREADY = "already"
    NOT_SENT = "not_sent"


@dataclass(frozen=True, slots=True)
class AckResult:
    """The outcome; `by` and `at` tell of the acknowledgement that counts, which may be an earlier one.

    `closed` are the alerts that this one closed: several, where the page stood for several.
    """

    outcome: AckOutcome
    by: str | None
    at: datetime | None
    cancelled: int = 0
    closed: frozenset[int] = frozenset()


def acknowledge(notification: Notification, *, via: str, at: datetime, by_member: Member | None) -> AckResult:
    """Set the page to Acknowledged, close its alerts, and cancel their messages that were not handed over.

    A page that stands for others closes their alerts too, each once; one that went inside another acknowledges that
    one. Idempotent: an alert is acknowledged once, by the first. Opens the tenant's scope itself.
    """
    with tenant_scope(notification.tenant_id), transaction.atomic():
        key = notification.merged_into_id or notification.pk
        # The alerts first, then the notifications in order: two acknowledgements at once wait for each other here.
        alerts = _locked_alerts(key)
        unsent_or_page = Notification.objects.filter(Q(pk=key) | Q(status__in=CLAIMABLE, alert__in=alerts))
        rows = {row.pk: row for row in unsent_or_page.order_by("id").select_for_update(no_key=True)}
        page = rows.pop(key)
        still_open = [alert for alert in alerts.values() if not (alert.acknowledged_at or alert.resolved_at)]
        if not still_open:
            own = alerts[page.alert_id or 0]
            by = own.acknowledged_by
            return AckResult(AckOutcome.ALREADY, by.name if by else None, own.acknowledged_at or own.resolved_at)
        if not may_move(NotificationStatus(page.status), NotificationStatus.ACKNOWLEDGED):
            return AckResult(AckOutcome.NOT_SENT, None, None)
        _close_page(page, via=via, at=at)
        for alert in still_open:
            _close_alert(alert, at=at, by_member=by_member)
        cancelled = _cancel_unsent(rows, page=page, alerts=still_open, via=via, at=at, by_member=by_member)
        name = by_member.name if by_member else None
        return AckResult(AckOutcome.ACKNOWLEDGED, name, at, cancelled, frozenset(alert.pk for alert in still_open))


def _locked_alerts(page_id: int) -> dict[int, Alert]:
    """The alerts that a page stands for, locked in order: its own, and those of the pages that went inside it.

    A second sending says what the first one said, and stands for the same.
    """
    found: dict[int, Alert] = {}
    of_page = Notification.objects.filter(Q(pk=page_id) | Q(merged_into__in=[page_id, *_earlier(page_id)]))
    # A worker may have put others into it while its alert was waited for.
    while wanted := set(of_page.values_list("alert_id", flat=True)) - set(found):
        locked = Alert.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=wanted).order_by("pk")
        found |= {alert.pk: alert for alert in locked}
    return found


def _earlier(page_id: int) -> list[int]:
    """The pages of which this one is a second sending, the newest first."""
    found = [page_id]
    while first := Notification.objects.filter(pk=found[-1]).values_list("resend_of_id", flat=True).first():
        found.append(first)
    return found[1:]


def _close_page(page: Notification, *, via: str, at: datetime) -> None:
    page.status = NotificationStatus.ACKNOWLEDGED.value
    page.reason = page.reason_text = ""
    page.acknowledged_at = at
    page.acknowledged_via = via
    page.finished_at = page.finished_at or at
    page.save(update_fields=["status", "reason", "reason_text", "acknowledged_at", "acknowledged_via", "finished_at"])


def _close_alert(alert: Alert, *, at: datetime, by_member: Member | None) -> None:
    alert.acknowledged_at = at
    alert.acknowledged_by = by_member
    alert.save(update_fields=["acknowledged_at", "acknowledged_by"])
    stop_steps(alert, at=at)


def _cancel_unsent(
    rows: Mapping[int, Notification],
    *,
    page: Notification,
    alerts: Sequence[Alert],
    via: str,
    at: datetime,
    by_member: Member | None,
) -> int:
    """Cancel what waits of these alerts and nobody else needs, and keep for each who closed it; how many there were."""
    name = by_member.name if by_member else None
    not_needed = set(without_needed(rows.values()))
    for alert in alerts:
        unsent = [key for key, row in rows.items() if key in not_needed and row.alert_id == alert.pk]
        cancel(unsent, reason=Reason.ACKNOWLEDGED_ELSEWHERE, by=name, at=at, page=page)
        record(
            Act.ALERT_ACKNOWLEDGED,
            tenant_id=alert.tenant_id,
            actor=None,
            subject=alert,
            at=at,
            data={"by": name, "via": via, "page": page.public_id, "cancelled": len(unsent)},
        )
    return len(not_needed)

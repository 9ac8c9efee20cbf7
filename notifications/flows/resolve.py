"""Resolves an alert by hand: nobody needs to answer it any more, and what was not sent yet of it is cancelled."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from notifications.core.reasons import Reason
from notifications.flows.closing import cancel, stop_steps
from notifications.models import Alert, Notification
from notifications.models.notification import CLAIMABLE
from notifications.queries.facts_merged import without_needed
from tenants.audit import Act, record
from tenants.models import User


@dataclass(frozen=True, slots=True)
class Resolved:
    """Whether this call resolved it; `cancelled` counts the messages that were still to go."""

    done: bool
    cancelled: int = 0


def resolve(alert: Alert, *, actor: User, at: datetime) -> Resolved:
    """Close the alert, once; one that was acknowledged or resolved before stays as it is. Needs the tenant's scope.

    Messages already handed over keep their status; a late answer to one of them is kept, and changes nothing.
    """
    with transaction.atomic():
        held = Alert.objects.select_for_update(of=("self",), no_key=True).get(pk=alert.pk)
        if held.acknowledged_at or held.resolved_at:
            return Resolved(done=False)
        unsent = unsent_of(held).order_by("id").select_for_update(no_key=True)
        rows = list(unsent)
        held.resolved_at, held.resolved_by = at, actor
        held.save(update_fields=["resolved_at", "resolved_by"])
        stop_steps(held, at=at)
        # One that stands for other alerts too goes on for them.
        row_ids = without_needed(rows)
        cancel(row_ids, reason=Reason.RESOLVED, by=str(actor), at=at)
        record(
            Act.ALERT_RESOLVED,
            tenant_id=held.tenant_id,
            actor=actor,
            subject=held,
            at=at,
            data={"cancelled": len(row_ids)},
        )
        return Resolved(done=True, cancelled=len(row_ids))


def unsent_of(alert: Alert) -> QuerySet[Notification]:
    """The messages of an alert that nobody handed over yet."""
    return Notification.objects.filter(alert=alert, status__in=CLAIMABLE)

"""Writes the pages of one step, or of one place in a step that pages in turn, as rows that are due at once.

It refuses nobody: whether a row may go is ruled when it is claimed, and the reason then stands on the row.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from notifications.core.snapshot import StepPlan
from notifications.core.states import NotificationStatus, Purpose
from notifications.core.text import BODY_LIMIT, fit
from notifications.flows.ack_codes import AckCodes
from notifications.models import Alert, AlertStep, Notification
from notifications.queries.flows import numbers_to_page

# What the line with the acknowledgement code takes at most.
_ACK_LINE = 120


def write_pages(
    alert: Alert,
    *,
    alert_step: AlertStep,
    step: StepPlan,
    member_ids: Sequence[int],
    validity: timedelta,
    at: datetime,
) -> list[Notification]:
    """One row for each member and channel, in that order; a member without a number gets one that says so.

    A constant number of queries, however many members. Needs the tenant's scope.
    """
    numbers = numbers_to_page(member_ids, channels=step.channels)
    codes = AckCodes(numbers.values(), at=at)
    body = fit(alert.text, limit=BODY_LIMIT - _ACK_LINE)
    rows = [
        Notification(
            tenant_id=alert.tenant_id,
            purpose=Purpose.PAGE.value,
            channel=channel,
            alert=alert,
            alert_step=alert_step,
            member_id=member_id,
            number=numbers.get((member_id, channel), ""),
            body=body,
            ack_code=codes.next(numbers.get((member_id, channel), "")),
            status=NotificationStatus.QUEUED.value,
            created_at=at,
            due_at=at,
            expires_at=at + validity,
        )
        for member_id in member_ids
        for channel in step.channels
    ]
    return Notification.objects.bulk_create(rows)

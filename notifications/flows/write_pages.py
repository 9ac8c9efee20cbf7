"""Writes the pages of one step, or of one place in a step that pages in turn, as rows that are due at once.

It refuses nobody: whether a row may go is ruled when it is claimed, and the reason then stands on the row.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from notifications.core.snapshot import StepPlan
from notifications.core.states import Channel, NotificationStatus, Purpose
from notifications.core.text import BODY_LIMIT, fit
from notifications.flows.ack_codes import AckCodes
from notifications.flows.validity import count_from_opening
from notifications.models import Alert, AlertStep, Notification
from notifications.queries.flows import addresses_to_page, numbers_to_page
from tenants.bulk import insert_many

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
    """One row for each member and channel, in that order; a member without number or address gets one that says so.

    A constant number of queries, however many members. Needs the tenant's scope.
    """
    numbers = numbers_to_page(member_ids, channels=step.channels)
    addresses = addresses_to_page(member_ids, channels=step.channels)
    codes = AckCodes(numbers.values(), at=at)
    body = fit(alert.text, limit=BODY_LIMIT - _ACK_LINE)
    # A test is somebody's own sending, which their allowance counts; what a machine fires is nobody's.
    sent_by = alert.opened_by_id if alert.source == Alert.Source.TEST else None

    def row(member_id: int, channel: str) -> Notification:
        number = numbers.get((member_id, channel), "")
        return Notification(
            tenant_id=alert.tenant_id,
            purpose=Purpose.PAGE.value,
            channel=channel,
            alert=alert,
            alert_step=alert_step,
            member_id=member_id,
            number=number,
            address=addresses.get((member_id, channel), ""),
            body=body,
            # An e-mail is acknowledged by its link.
            ack_code="" if channel == Channel.EMAIL else codes.next(number),
            status=NotificationStatus.QUEUED.value,
            created_at=at,
            due_at=at,
            expires_at=at + validity,
            sent_by_id=sent_by,
        )

    rows = [row(member, channel) for member in member_ids for channel in step.channels]
    count_from_opening(rows, alert=alert, validity=validity, at=at)
    insert_many(rows)
    return rows

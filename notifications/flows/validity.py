"""How long the pages of a routine flow are worth sending: their validity counts from when messaging hours begin."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import prefetch_related_objects

from members.queries import members_named
from notifications.models import Alert, Flow, Notification
from notifications.queries.facts_schedule import hours_of


def count_from_opening(rows: Sequence[Notification], *, alert: Alert, validity: timedelta, at: datetime) -> None:
    """Have those that wait for the morning expire so much later than it; a page of an urgent flow waits for none.

    Nothing is saved. Needs the tenant's scope.
    """
    if alert.flow.urgency != Flow.Urgency.ROUTINE:
        return
    members = members_named(row.member_id for row in rows if row.member_id is not None)
    prefetch_related_objects(list(members.values()), "phones")
    for row in rows:
        row.alert, row.tenant, row.member = alert, alert.tenant, members.get(row.member_id or 0)
    for row, fact in zip(rows, hours_of(rows, now=at), strict=True):
        if fact is not None and fact.opens_at is not None:
            row.expires_at = fact.opens_at + validity

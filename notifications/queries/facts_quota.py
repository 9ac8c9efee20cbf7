"""What is left of the tenants' months for messages that count and were not charged yet (reading 11)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from billing import queries as billing
from notifications.core.charges import counts
from notifications.core.limit_facts import QuotaFact
from notifications.core.page_text import text_to_send
from notifications.core.states import Channel, Purpose
from notifications.core.text import measure
from notifications.models import Notification


def quota_facts(rows: Sequence[Notification], *, now: datetime) -> Mapping[int, QuotaFact]:
    """The month of each message that counts and was not charged, by the message's id; needs the platform's scope.

    Two queries, and none where nothing counts; a month that was not counted in yet costs two more.
    """
    counted = [row for row in rows if counts(row.purpose, row.channel)]
    done = billing.charged(row.pk for row in counted)
    fresh = [row for row in counted if row.pk not in done]
    months = billing.room_of({row.tenant_id: row.tenant.time_zone for row in fresh}, at=now)
    return {row.pk: _fact(months[row.tenant_id], segments=segments_of(row)) for row in fresh}


def segments_of(row: Notification) -> int:
    """How many segments the text of this message takes as it is sent, acknowledgement line included; 0 for a call."""
    if row.channel != Channel.SMS:
        return 0
    return _segments(row.sealed_body or row.body, row.purpose, row.tenant.name, row.ack_code)


# The same row is measured when it is ruled and when it is charged.
@lru_cache(maxsize=1024)
def _segments(body: str, purpose: str, tenant_name: str, ack_code: str) -> int:
    text = text_to_send(body, purpose=Purpose(purpose), tenant_name=tenant_name, ack_code=ack_code)
    return measure(text).segments


def _fact(month: billing.Room, *, segments: int) -> QuotaFact:
    return QuotaFact(
        notifications_limit=month.limits.notifications,
        notifications_taken=month.taken.notifications,
        segments_limit=month.limits.segments,
        segments_taken=month.taken.segments,
        segments=segments,
        calls_limit=month.limits.calls,
        calls_taken=month.taken.calls,
        resets_on=month.resets_on.isoformat(),
    )

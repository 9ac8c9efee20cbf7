"""Ends what was reserved: settled when a provider took the message, released when it never counts.

Each looks at the charge's state in the statement that changes it, so that doubled and reordered calls change nothing.
What was given back stays given back; what was settled may still be, when it turns out that it was not charged.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that a provider took; `segments` as the provider counts them, None or 0 where it did not say."""

    notification_id: int
    segments: int | None


_LOCK = """
SELECT m.id FROM billing_usagemonth m
WHERE m.id IN (
    SELECT c.month_id FROM billing_charge c
    WHERE c.notification_id = ANY(%s) AND c.state = 'reserved' OR c.notification_id = ANY(%s) AND c.state <> 'released'
)
ORDER BY m.id FOR NO KEY UPDATE
"""
_SETTLE = """
WITH moved AS (
    UPDATE billing_charge c
    SET state = 'settled', ended_at = %(at)s,
        segments = CASE WHEN c.channel = 'sms' THEN coalesce(nullif(t.segments, 0), c.segments) ELSE c.segments END
    FROM unnest(%(notification)s::bigint[], %(segments)s::int[]) AS t (notification_id, segments)
    JOIN billing_charge before ON before.notification_id = t.notification_id
    WHERE c.id = before.id AND c.state = 'reserved' AND c.month_id = ANY(%(months)s)
    RETURNING c.tenant_id, c.month_id, c.day, c.channel, c.segments, c.calls, before.segments AS reserved_segments
), counted AS (
    UPDATE billing_usagemonth m
    SET notifications_reserved = m.notifications_reserved - s.notifications,
        notifications_used = m.notifications_used + s.notifications,
        segments_reserved = m.segments_reserved - s.reserved_segments, segments_used = m.segments_used + s.segments,
        calls_reserved = m.calls_reserved - s.calls, calls_used = m.calls_used + s.calls
    FROM (SELECT month_id, count(*) AS notifications, sum(reserved_segments) AS reserved_segments,
                 sum(segments) AS segments, sum(calls) AS calls FROM moved GROUP BY month_id) s
    WHERE m.id = s.month_id
), by_day AS (
    INSERT INTO billing_usageday (tenant_id, day, channel, notifications, segments, calls)
    SELECT tenant_id, day, channel, count(*), sum(segments), sum(calls) FROM moved GROUP BY tenant_id, day, channel
    ON CONFLICT (tenant_id, day, channel) DO UPDATE
    SET notifications = billing_usageday.notifications + EXCLUDED.notifications,
        segments = billing_usageday.segments + EXCLUDED.segments, calls = billing_usageday.calls + EXCLUDED.calls
)
SELECT count(*) FROM moved
"""
_RELEASE = """
WITH moved AS (
    UPDATE billing_charge c SET state = 'released', ended_at = %(at)s, why_released = g.why
    FROM unnest(%(notification)s::bigint[], %(why)s::text[]) AS g (notification_id, why)
    JOIN billing_charge before ON before.notification_id = g.notification_id
    WHERE c.id = before.id AND c.state <> 'released' AND c.month_id = ANY(%(months)s)
    RETURNING c.tenant_id, c.month_id, c.day, c.channel, c.segments, c.calls, c.by_user_id, before.state AS before
), counted AS (
    UPDATE billing_usagemonth m
    SET notifications_reserved = m.notifications_reserved - s.notifications,
        notifications_used = m.notifications_used - s.used_notifications,
        segments_reserved = m.segments_reserved - s.segments, segments_used = m.segments_used - s.used_segments,
        calls_reserved = m.calls_reserved - s.calls, calls_used = m.calls_used - s.used_calls
    FROM (SELECT month_id,
                 count(*) FILTER (WHERE before = 'reserved') AS notifications,
                 count(*) FILTER (WHERE before = 'settled') AS used_notifications,
                 coalesce(sum(segments) FILTER (WHERE before = 'reserved'), 0) AS segments,
                 coalesce(sum(segments) FILTER (WHERE before = 'settled'), 0) AS used_segments,
                 coalesce(sum(calls) FILTER (WHERE before = 'reserved'), 0) AS calls,
                 coalesce(sum(calls) FILTER (WHERE before = 'settled'), 0) AS used_calls
          FROM moved GROUP BY month_id) s
    WHERE m.id = s.month_id
), by_day AS (
    UPDATE billing_usageday d
    SET notifications = d.notifications - s.notifications, segments = d.segments - s.segments,
        calls = d.calls - s.calls
    FROM (SELECT tenant_id, day, channel, count(*) AS notifications, sum(segments) AS segments, sum(calls) AS calls
          FROM moved WHERE before = 'settled' GROUP BY tenant_id, day, channel) s
    WHERE d.tenant_id = s.tenant_id AND d.day = s.day AND d.channel = s.channel
), by_hand AS (
    UPDATE billing_allowanceday d SET used = d.used - s.used
    FROM (SELECT tenant_id, by_user_id, day, count(*) AS used
          FROM moved WHERE by_user_id IS NOT NULL GROUP BY tenant_id, by_user_id, day) s
    WHERE d.tenant_id = s.tenant_id AND d.user_id = s.by_user_id AND d.day = s.day
)
SELECT count(*) FROM moved
"""


def end(taken: Sequence[Taken], *, given_back: Mapping[int, str], at: datetime) -> int:
    """Count the first as used, as far as they are reserved, and give the others back; how many charges moved.

    `given_back` holds for each message why, in a word of at most 24 characters. Where the provider counts another
    number of segments, its number counts, and may go over the limit by that. Needs the platform's scope. The months
    of both are locked together, so that two who end charges of the same tenants never wait for each other.
    """
    used = {one.notification_id: one.segments for one in taken}
    months = _locked(used, given_back)
    if not months:
        return 0
    moved = 0
    about = {"months": months, "at": at}
    if used:
        moved += _moved(_SETTLE, {"notification": list(used), "segments": list(used.values()), **about})
    if given_back:
        moved += _moved(_RELEASE, {"notification": list(given_back), "why": list(given_back.values()), **about})
    return moved


def settle(taken: Sequence[Taken], *, at: datetime) -> int:
    """As `end`, with nothing given back."""
    return end(taken, given_back={}, at=at)


def release(notification_ids: Iterable[int], *, why: str, at: datetime) -> int:
    """As `end`, with nothing used."""
    return end([], given_back=dict.fromkeys(notification_ids, why), at=at)


def _locked(used: Iterable[int], given_back: Iterable[int]) -> list[int]:
    ids = [list(used), list(given_back)]
    if not any(ids):
        return []
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, ids)
        return [month_id for (month_id,) in cursor.fetchall()]


def _moved(statement: str, values: Mapping[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.fetchone()[0])

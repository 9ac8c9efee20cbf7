"""Reserves what messages cost before they go: as many as fit into the month, and into who sends by hand may send.

A batch takes two statements, one that locks the months and one that counts; near a limit each message that was left
out is asked for once more by itself, since a smaller one behind it may still fit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db import connection

from billing.metering.months import lock_months
from billing.months import Month, month_at


@dataclass(frozen=True, slots=True)
class Want:
    """One message that is to go: whose, and what it costs besides one notification.

    `by_user_id` is who sends it by hand, against whose allowance of the day it counts; None for what a flow sends.
    """

    notification_id: int
    tenant_id: int
    time_zone: str
    channel: Literal["sms", "voice"]
    segments: int
    calls: int
    by_user_id: int | None


# `running` adds up what each message needs together with those before it, so that all that fit are taken at once: the
# lock of the month, held since the statement before, keeps every figure in it still. A message with a live charge is
# let go and not counted; one whose charge was given back is charged anew.
_RESERVE = """
WITH wanted AS (
    SELECT * FROM unnest(%(notification)s::bigint[], %(tenant)s::bigint[], %(month)s::bigint[], %(day)s::date[],
        %(channel)s::text[], %(segments)s::int[], %(calls)s::int[], %(by_user)s::bigint[]) WITH ORDINALITY
        AS w (notification_id, tenant_id, month_id, day, channel, segments, calls, by_user_id, place)
), fresh AS (
    SELECT w.* FROM wanted w
    WHERE NOT EXISTS (SELECT FROM billing_charge c WHERE c.notification_id = w.notification_id
                      AND c.state IN ('reserved', 'settled'))
), running AS (
    SELECT f.*, count(*) OVER month AS notifications_so_far, sum(f.segments) OVER month AS segments_so_far,
           sum(f.calls) OVER month AS calls_so_far, count(*) OVER sender AS by_hand_so_far
    FROM fresh f
    WINDOW month AS (PARTITION BY f.month_id ORDER BY f.place),
           sender AS (PARTITION BY f.tenant_id, f.by_user_id, f.day ORDER BY f.place)
), admitted AS (
    SELECT r.* FROM running r
    JOIN billing_usagemonth m ON m.id = r.month_id
    LEFT JOIN billing_allowance a ON a.tenant_id = r.tenant_id AND a.user_id = r.by_user_id
    LEFT JOIN billing_allowanceday d ON d.tenant_id = r.tenant_id AND d.user_id = r.by_user_id AND d.day = r.day
    WHERE (m.notifications_limit IS NULL
           OR m.notifications_used + m.notifications_reserved + r.notifications_so_far <= m.notifications_limit)
      AND (m.segments_limit IS NULL OR r.segments = 0
           OR m.segments_used + m.segments_reserved + r.segments_so_far <= m.segments_limit)
      AND (m.calls_limit IS NULL OR r.calls = 0
           OR m.calls_used + m.calls_reserved + r.calls_so_far <= m.calls_limit)
      AND (r.by_user_id IS NULL OR a.kind = 'unlimited'
           OR (a.kind = 'number' AND coalesce(d.used, 0) + r.by_hand_so_far <= a.daily))
), counted AS (
    UPDATE billing_usagemonth m
    SET notifications_reserved = m.notifications_reserved + s.notifications,
        segments_reserved = m.segments_reserved + s.segments, calls_reserved = m.calls_reserved + s.calls
    FROM (SELECT month_id, count(*) AS notifications, sum(segments) AS segments, sum(calls) AS calls
          FROM admitted GROUP BY month_id) s
    WHERE m.id = s.month_id
), by_hand AS (
    INSERT INTO billing_allowanceday (tenant_id, user_id, day, used)
    SELECT tenant_id, by_user_id, day, count(*) FROM admitted WHERE by_user_id IS NOT NULL
    GROUP BY tenant_id, by_user_id, day
    ON CONFLICT (tenant_id, user_id, day) DO UPDATE SET used = billing_allowanceday.used + EXCLUDED.used
), charged AS (
    INSERT INTO billing_charge (tenant_id, month_id, notification_id, channel, day, segments, calls, by_user_id,
        state, reserved_at, why_released)
    SELECT tenant_id, month_id, notification_id, channel, day, segments, calls, by_user_id, 'reserved', %(at)s, ''
    FROM admitted
    ON CONFLICT (notification_id) DO UPDATE
    SET month_id = EXCLUDED.month_id, day = EXCLUDED.day, segments = EXCLUDED.segments, calls = EXCLUDED.calls,
        by_user_id = EXCLUDED.by_user_id, state = 'reserved', reserved_at = EXCLUDED.reserved_at, ended_at = NULL,
        why_released = ''
    WHERE billing_charge.state = 'released'
    RETURNING notification_id
)
SELECT (SELECT count(*) FROM admitted) = (SELECT count(*) FROM charged),
       ARRAY(SELECT w.notification_id FROM wanted w
             WHERE w.notification_id IN (SELECT notification_id FROM admitted)
                OR w.notification_id NOT IN (SELECT notification_id FROM fresh))
"""


class ChargedMeanwhile(RuntimeError):
    """A message was charged by two at once, so that its lock was not held; the transaction must not be committed."""


def reserve(wants: Sequence[Want], *, at: datetime) -> frozenset[int]:
    """Reserve for these messages, in their order; the ids of those that may go. One that is charged already may.

    All or nothing for each message: month and allowance. Needs the platform's scope and the messages' locks.
    """
    once = list({want.notification_id: want for want in wants}.values())
    if not once:
        return frozenset()
    periods = {want.tenant_id: month_at(at, zone=want.time_zone) for want in once}
    months = lock_months(periods)
    room = _reserved(once, periods=periods, months=months, at=at)
    left_out = [want for want in once if want.notification_id not in room]
    if len(once) > 1:
        for want in left_out:
            room |= _reserved([want], periods=periods, months=months, at=at)
    return room


def _reserved(
    wants: Sequence[Want], *, periods: dict[int, Month], months: dict[int, int], at: datetime
) -> frozenset[int]:
    values: dict[str, Any] = {
        "notification": [want.notification_id for want in wants],
        "tenant": [want.tenant_id for want in wants],
        "month": [months[want.tenant_id] for want in wants],
        "day": [periods[want.tenant_id].today for want in wants],
        "channel": [want.channel for want in wants],
        "segments": [want.segments for want in wants],
        "calls": [want.calls for want in wants],
        "by_user": [want.by_user_id for want in wants],
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_RESERVE, values)
        whole, room = cursor.fetchone()
    if not whole:
        raise ChargedMeanwhile
    return frozenset(room)

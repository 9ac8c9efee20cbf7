"""Keeps the usage of tenants true and their admins informed: charges that were left behind, and notices of quotas."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection

from billing import queries as billing
from notifications.dispatch.charging import follow
from notifications.operations.quota_mail import mail_notices, note_limits
from tenants.scope import platform_scope

#: A charge is followed where its message moves on; one that still waits after this time was perhaps left behind.
LEFT_BEHIND = timedelta(seconds=5)
_AT_ONCE = 500
_MOST_ROUNDS = 20

# The messages are locked before their charges move, as everywhere; one that is being worked on is left to its worker.
_MOVED_ON = """
SELECT n.id FROM notifications_notification n
WHERE n.id = ANY(%s)
  AND (n.status NOT IN ('queued', 'held', 'sending', 'unconfirmed')
       OR EXISTS (SELECT FROM notifications_attempt a WHERE a.notification_id = n.id AND a.outcome = 'accepted'))
ORDER BY n.id FOR UPDATE OF n SKIP LOCKED
"""


def keep_up(*, at: datetime) -> int:
    """Settle or give back charges that were left behind, and send the notices that are due; how many were seen to."""
    followed = follow_left_behind(at=at)
    note_limits(at=at)
    return followed + mail_notices(at=at)


def follow_left_behind(*, at: datetime) -> int:
    """Follow the charges whose messages moved on by a path that did not say so; how many were looked at."""
    last = looked_at = 0
    for _ in range(_MOST_ROUNDS):
        with platform_scope():
            waiting = billing.reserved_before(at - LEFT_BEHIND, after=last, limit=_AT_ONCE)
            if not waiting:
                break
            moved_on = _moved_on(waiting)
            follow(moved_on, at=at)
        last, looked_at = waiting[-1], looked_at + len(moved_on)
    return looked_at


def _moved_on(notification_ids: Sequence[int]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_MOVED_ON, [list(notification_ids)])
        return [key for (key,) in cursor.fetchall()]

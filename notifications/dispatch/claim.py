"""Which due messages this worker takes next: a lease on each, and nothing else about the row is touched.

It does not judge a message; what may go is ruled afterwards, in a transaction of its own (intend.py).
"""

from datetime import datetime, timedelta

from django.db import connection

from tenants.scope import platform_scope

#: The first claim of a round is small, so that its first message does not wait for a whole batch to be written.
FIRST_CLAIM = 10
#: Rows that another worker is claiming at this very moment are stepped over; enough others must be in sight.
_IN_SIGHT = 4
_FEWEST_IN_SIGHT = 8

# `waiting` hops from tenant to tenant over the index (tenant, due_at, id), so that a backlog of one costs the others
# nothing; `due` takes each tenant's oldest rows; the turns then deal them out like cards. The conditions are repeated
# on the locked row: PostgreSQL looks at it again when it had to wait or found it changed. Rows are locked one by one,
# in a subquery of each: joined to the log instead, with stale statistics the whole backlog was read for each claim.
_CLAIM = """
WITH RECURSIVE waiting AS (
    (SELECT tenant_id FROM notifications_notification
     WHERE status IN ('queued', 'held') AND due_at <= %(now)s AND (lease_until IS NULL OR lease_until <= %(now)s)
     ORDER BY tenant_id LIMIT 1)
    UNION ALL
    SELECT (SELECT n.tenant_id FROM notifications_notification n
            WHERE n.status IN ('queued', 'held') AND n.due_at <= %(now)s AND n.tenant_id > w.tenant_id
              AND (n.lease_until IS NULL OR n.lease_until <= %(now)s)
            ORDER BY n.tenant_id LIMIT 1)
    FROM waiting w WHERE w.tenant_id IS NOT NULL
), due AS (
    SELECT oldest.id, oldest.due_at,
           row_number() OVER (PARTITION BY w.tenant_id ORDER BY oldest.due_at, oldest.id) AS turn
    FROM waiting w CROSS JOIN LATERAL (
        SELECT n.id, n.due_at FROM notifications_notification n
        WHERE n.tenant_id = w.tenant_id AND n.status IN ('queued', 'held') AND n.due_at <= %(now)s
          AND (n.lease_until IS NULL OR n.lease_until <= %(now)s)
        ORDER BY n.tenant_id, n.due_at, n.id
        LIMIT (SELECT greatest(%(fewest)s, %(in_sight)s / count(*)) FROM waiting)
    ) oldest
), chosen AS (
    SELECT locked.id FROM (SELECT id FROM due ORDER BY turn, due_at, id) AS next CROSS JOIN LATERAL (
        SELECT n.id FROM notifications_notification n
        WHERE n.id = next.id AND n.status IN ('queued', 'held') AND n.due_at <= %(now)s
          AND (n.lease_until IS NULL OR n.lease_until <= %(now)s)
        FOR UPDATE SKIP LOCKED
    ) AS locked LIMIT %(limit)s
)
UPDATE notifications_notification n SET lease_owner = %(owner)s, lease_until = %(until)s
FROM chosen WHERE n.id = chosen.id
RETURNING n.id
"""

# With stale statistics, as after a large fire, the planner would read every row of a tenant and sort them: 66 ms
# instead of 8. For this one statement it is told to follow the index that was made for it.
_BY_INDEX = (
    "SELECT set_config('enable_sort', 'off', true), set_config('enable_bitmapscan', 'off', true),"
    " set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),"
    " set_config('enable_seqscan', 'off', true)"
)


def claim_due(*, now: datetime, limit: int, owner: str, lease: timedelta) -> list[int]:
    """Take up to `limit` due messages for `owner` until the lease ends, in turn over the tenants; commits.

    Their status stays as it is: a worker that dies here has claimed nothing of them, and the lease lapses.
    """
    values: dict[str, datetime | int | str] = {
        "now": now,
        "limit": limit,
        "in_sight": limit * _IN_SIGHT,
        "fewest": _FEWEST_IN_SIGHT,
        "owner": owner,
        "until": now + lease,
    }
    with platform_scope(), connection.cursor() as cursor:
        cursor.execute(_BY_INDEX)
        cursor.execute(_CLAIM, values)
        return sorted(row[0] for row in cursor.fetchall())

"""A due message belongs to one worker at a time, and no tenant waits behind another's backlog."""

from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone

from notifications.dispatch import claim as claiming
from notifications.dispatch.claim import FIRST_CLAIM, claim_due
from notifications.dispatch.intend import intend
from tenants.scope import platform_scope, tenant_scope
from tests.cast import Cast, add_member
from tests.notifications.dispatch.conftest import again, attempts, message

LEASE = timedelta(seconds=45)


@pytest.fixture
def now(cast: Cast) -> datetime:
    return timezone.now() + timedelta(seconds=1)


def claim(owner: str, *, now: datetime, limit: int = 10) -> list[int]:
    return claim_due(now=now, limit=limit, owner=owner, lease=LEASE)


def test_rows_that_another_connection_is_claiming_are_stepped_over(
    cast: Cast, now: datetime, owner_connection: psycopg.Connection[Any]
) -> None:
    rows = [message(cast.ben) for _ in range(5)]
    with owner_connection.transaction():
        taken = owner_connection.execute(
            "SELECT id FROM notifications_notification ORDER BY id LIMIT 2 FOR UPDATE SKIP LOCKED"
        ).fetchall()
        assert claim("worker-1", now=now) == [row.pk for row in rows[2:]]
    assert claim("worker-2", now=now) == [key for (key,) in taken]
    assert claim("worker-3", now=now) == []


def test_a_claim_says_nothing_about_the_row_and_lapses_by_itself(cast: Cast, now: datetime) -> None:
    row = message(cast.ben)
    assert claim("worker-1", now=now) == [row.pk]
    assert (again(row).status, again(row).lease_owner) == ("queued", "worker-1")
    assert claim("worker-2", now=now + LEASE - timedelta(seconds=1)) == []
    assert claim("worker-2", now=now + LEASE) == [row.pk]


def test_a_worker_whose_claim_lapsed_can_commit_nothing(cast: Cast, now: datetime) -> None:
    row = message(cast.ben)
    claim("worker-1", now=now)
    claim("worker-2", now=now + LEASE)
    assert intend([row.pk], clock=lambda: now, owner="worker-1", lease=LEASE) == []
    assert attempts(row) == []
    assert len(intend([row.pk], clock=lambda: now, owner="worker-2", lease=LEASE)) == 1
    assert len(attempts(row)) == 1


def test_rows_that_are_not_due_or_not_waiting_are_left(cast: Cast, now: datetime) -> None:
    message(cast.ben, due_at=now + timedelta(seconds=1))
    message(cast.ben, status="sent")
    held = message(cast.ben, status="held")
    assert claim("worker-1", now=now) == [held.pk]


def test_a_backlog_of_one_tenant_does_not_hold_up_another(cast: Cast, now: datetime) -> None:
    for _ in range(30):
        message(cast.ben)
    with tenant_scope(cast.ridge.pk):
        rita = add_member(cast.ridge, name="Rex", number="+12065550143")
    late = [message(rita, due_at=now) for _ in range(3)]
    claimed = claim("worker-1", now=now, limit=10)
    assert len(claimed) == 10
    assert {row.pk for row in late} <= set(claimed)


STORM = 20_000


def storm(cast: Cast, owner: psycopg.Connection[Any], *, now: datetime) -> None:
    """Harbor's rows that have been due for a minute, without anybody's statistics about them."""
    owner.execute(
        "INSERT INTO notifications_notification (tenant_id, member_id, public_id, purpose, channel, number, address,"
        " body, ack_code, status, reason, reason_text, tried_next, created_at, due_at, lease_owner, sealed_body,"
        " acknowledged_via) SELECT n.tenant_id, n.member_id, 'ntf_storm' || i, n.purpose, n.channel, n.number,"
        " n.address, n.body, n.ack_code, n.status, '', '', '', %(then)s, %(then)s, '', '', ''"
        " FROM notifications_notification n, generate_series(1, %(many)s) AS i WHERE n.id = %(like)s",
        {"then": now - timedelta(minutes=1), "many": STORM, "like": message(cast.ben).pk},
    )


def test_behind_twenty_thousand_of_one_tenant_the_only_row_of_another_is_in_the_first_claim(
    cast: Cast, now: datetime, owner_connection: psycopg.Connection[Any]
) -> None:
    storm(cast, owner_connection, now=now)
    with tenant_scope(cast.ridge.pk):
        rex = add_member(cast.ridge, name="Rex", number="+12065550143")
    only = message(rex, due_at=now)
    read = rows_read(now=now)
    claimed = claim("worker-1", now=now, limit=FIRST_CLAIM)
    assert only.pk in claimed
    assert len(claimed) == FIRST_CLAIM
    assert 0 < read < 20 * FIRST_CLAIM


def rows_read(*, now: datetime) -> int:
    """How many rows of the log a first claim reads, as PostgreSQL counts them; what it claims is given back."""
    values: dict[str, Any] = {
        "now": now,
        "limit": FIRST_CLAIM,
        "in_sight": 4 * FIRST_CLAIM,
        "fewest": 8,
        "owner": "x",
        "until": now,
    }
    with platform_scope(), connection.cursor() as cursor:
        cursor.execute(claiming._BY_INDEX)
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {claiming._CLAIM}", values)
        (explained,) = cursor.fetchone() or ([],)
        transaction.set_rollback(True)
    return sum(read_by(node["Plan"]) for node in explained)


def read_by(plan: dict[str, Any]) -> int:
    """The rows of the log that this part of a plan and its parts read, with those that they left out."""
    kept = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
    own = kept * plan["Actual Loops"] if plan.get("Relation Name") == "notifications_notification" else 0
    return int(own) + sum(map(read_by, plan.get("Plans", [])))

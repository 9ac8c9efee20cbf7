"""A due message belongs to one worker at a time, and no tenant waits behind another's backlog."""

from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.utils import timezone

from notifications.dispatch.claim import claim_due
from notifications.dispatch.intend import intend
from tenants.scope import tenant_scope
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

"""A standing is moved by those who may, with a reason that is kept for good, and runs out by itself."""

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from psycopg import sql

from billing.models import StandingChange
from billing.operations import end_what_ran_out, move_standing
from billing.queries import standing_changes
from billing.standing import MoveRefused, WhyNot
from tenants.models import AuditEntry, Standing, Tenant, User
from tenants.scope import platform_scope, tenant_scope
from tests.cast import Cast, make_cast
from tests.notifications.dispatch.interleaving import Actor

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
WEEK = timedelta(days=7)
BY_HAND, CLOCK = StandingChange.Source.BY_HAND, StandingChange.Source.CLOCK


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def moved(
    tenant: Tenant,
    to: Standing,
    *,
    actor: User | None,
    until: datetime | None = None,
    reason: str = "invoice 17",
    at: datetime = NOW,
) -> StandingChange | MoveRefused:
    return move_standing(tenant, to=to, until=until, reason=reason, source=BY_HAND, actor=actor, at=at)


def standings() -> dict[str, tuple[str, datetime | None]]:
    with platform_scope():
        return {row.slug: (row.standing, row.standing_until) for row in Tenant.objects.all()}


def test_a_move_is_kept_with_actor_reason_and_end_where_the_tenant_and_nobody_else_reads_it(cast: Cast) -> None:
    change = moved(cast.harbor, Standing.PAYMENT_DUE, until=NOW + WEEK, actor=cast.pat)
    assert isinstance(change, StandingChange)
    assert standings() == {"harbor": ("payment_due", NOW + WEEK), "ridge": ("active", None)}
    assert cast.harbor.standing == Standing.PAYMENT_DUE
    with tenant_scope(cast.harbor.pk):
        (line,) = standing_changes(cast.harbor.pk)
        assert AuditEntry.objects.get(code="tenant.standing_changed").actor_id == cast.pat.pk
    assert (line.before, line.after, line.until, line.source) == ("active", "payment_due", NOW + WEEK, "by_hand")
    assert (line.actor, line.reason, line.at) == (cast.pat, "invoice 17", NOW)
    with tenant_scope(cast.ridge.pk):
        assert standing_changes(cast.harbor.pk) == []


def test_a_move_that_is_refused_writes_nothing_and_says_why(cast: Cast) -> None:
    asked = {
        WhyNot.NOT_PLATFORM: moved(cast.harbor, Standing.SUSPENDED, actor=cast.ana),
        WhyNot.NO_REASON: moved(cast.harbor, Standing.SUSPENDED, actor=cast.pat, reason=" "),
        WhyNot.NEEDS_END: moved(cast.harbor, Standing.PAYMENT_DUE, actor=cast.pat),
        WhyNot.NO_CHANGE: moved(cast.harbor, Standing.ACTIVE, actor=cast.pat),
    }
    assert {why: found.why for why, found in asked.items() if isinstance(found, MoveRefused)} == {
        why: why for why in asked
    }
    assert standings()["harbor"] == ("active", None)
    with platform_scope():
        assert not StandingChange.objects.exists()
        assert not AuditEntry.objects.filter(code="tenant.standing_changed").exists()
    assert isinstance(moved(cast.harbor, Standing.SUSPENDED, actor=cast.pat), StandingChange)


def test_trials_and_graces_end_by_themselves_once_and_what_was_prolonged_stays(cast: Cast) -> None:
    moved(cast.harbor, Standing.PAYMENT_DUE, until=NOW + WEEK, actor=cast.pat)
    moved(cast.ridge, Standing.TRIAL, until=NOW + WEEK, actor=cast.pat)
    assert end_what_ran_out(at=NOW + WEEK - timedelta(seconds=1)) == 0
    moved(cast.ridge, Standing.TRIAL, until=NOW + 2 * WEEK, actor=cast.pat)
    assert end_what_ran_out(at=NOW + WEEK) == 1
    assert end_what_ran_out(at=NOW + WEEK) == 0
    assert standings() == {"harbor": ("past_due", None), "ridge": ("trial", NOW + 2 * WEEK)}
    assert end_what_ran_out(at=NOW + 3 * WEEK) == 1
    with platform_scope():
        (newest, *_) = standing_changes(cast.harbor.pk)
        (ridges, *_) = standing_changes(cast.ridge.pk)
    assert (newest.source, newest.actor, newest.reason) == ("clock", None, "The grace for the payment has ended")
    assert (ridges.source, ridges.reason) == ("clock", "The trial has ended")


def test_the_clock_moves_nobody_before_the_time(cast: Cast) -> None:
    found = move_standing(
        cast.harbor, to=Standing.PAST_DUE, until=None, reason="late", source=CLOCK, actor=None, at=NOW
    )
    assert isinstance(found, MoveRefused)
    assert standings()["harbor"] == ("active", None)


@pytest.mark.django_db(transaction=True)
def test_a_tenant_that_cannot_be_moved_stops_no_other(owner_connection: psycopg.Connection[Any]) -> None:
    """Somebody holds one tenant's row, and another's change is refused by the database."""
    cast = make_cast()
    with platform_scope():
        Tenant.objects.create(name="Third", slug="third")
        Tenant.objects.update(standing=Standing.TRIAL, standing_until=NOW - WEEK)
    somebody = Actor("somebody", lambda: _hold(cast.harbor, somebody))
    somebody.start()
    somebody.step()
    table, bad = sql.Identifier("billing_standingchange"), sql.Literal(cast.ridge.pk)
    owner_connection.execute(sql.SQL("ALTER TABLE {} ADD CONSTRAINT bad CHECK (tenant_id <> {})").format(table, bad))
    try:
        assert end_what_ran_out(at=NOW) == 1
        assert {slug: standing for slug, (standing, _) in standings().items()} == {
            "harbor": "trial",
            "ridge": "trial",
            "third": "past_due",
        }
    finally:
        owner_connection.execute(sql.SQL("ALTER TABLE {} DROP CONSTRAINT bad").format(table))
        somebody.step()
        somebody.finish()
    assert end_what_ran_out(at=NOW) == 2


def _hold(tenant: Tenant, somebody: Actor) -> None:
    with platform_scope():
        Tenant.objects.select_for_update().get(pk=tenant.pk)
        somebody.halt()

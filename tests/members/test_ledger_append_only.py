"""Nobody changes or removes a line of the ledger: by whatever door and as whatever login."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from members.models import ConsentEvent
from tenants.scope import platform_scope, tenant_scope
from tests.cast import Cast, make_cast
from tests.members.stories import NOW, ticks

CHANGES = [
    "UPDATE members_consentevent SET act = 'grant'",
    "UPDATE members_consentevent SET effective_at = effective_at - interval '1 year'",
    "DELETE FROM members_consentevent",
    "TRUNCATE members_consentevent CASCADE",
]


def lines() -> list[tuple[str, datetime]]:
    """Every line that the open scope shows, in the order in which they were written."""
    return list(ConsentEvent.objects.order_by("id").values_list("act", "effective_at"))


@pytest.fixture
def granted(cast: Cast) -> Cast:
    ticks(cast.ben, tenant=cast.harbor, at=NOW)
    return cast


@pytest.fixture(params=["application", "platform"])
def scope_of(request: pytest.FixtureRequest, granted: Cast) -> Callable[[], AbstractContextManager[None]]:
    return platform_scope if request.param == "platform" else lambda: tenant_scope(granted.harbor.pk)


def test_the_orm_cannot_save_a_line_again(scope_of: Callable[[], AbstractContextManager[None]]) -> None:
    with scope_of():
        before = lines()
        event = ConsentEvent.objects.get(act="grant")
        event.act = ConsentEvent.Act.REVOKE
        with pytest.raises(DatabaseError), transaction.atomic():
            event.save()
        assert lines() == before


def test_the_orm_cannot_delete_a_line(scope_of: Callable[[], AbstractContextManager[None]]) -> None:
    with scope_of():
        before = lines()
        with pytest.raises(DatabaseError), transaction.atomic():
            ConsentEvent.objects.get(act="grant").delete()
        with pytest.raises(DatabaseError), transaction.atomic():
            ConsentEvent.objects.all().delete()
        assert lines() == before


def test_a_queryset_cannot_update_lines(scope_of: Callable[[], AbstractContextManager[None]]) -> None:
    with scope_of():
        before = lines()
        with pytest.raises(DatabaseError), transaction.atomic():
            ConsentEvent.objects.update(act="restore")
        assert lines() == before


@pytest.mark.parametrize("statement", CHANGES)
def test_plain_sql_cannot_change_lines(scope_of: Callable[[], AbstractContextManager[None]], statement: str) -> None:
    with scope_of():
        before = lines()
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        assert lines() == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("statement", CHANGES)
def test_the_owner_of_the_table_cannot_change_lines(owner_connection: psycopg.Connection[Any], statement: str) -> None:
    cast = make_cast()
    ticks(cast.ben, tenant=cast.harbor, at=NOW)
    everything = "SELECT public_id, act, effective_at, digest FROM members_consentevent ORDER BY id"
    before = owner_connection.execute(everything).fetchall()
    assert [act for _, act, *_ in before] == ["prove", "grant"]
    with pytest.raises(psycopg.Error, match="append-only"):
        owner_connection.execute(statement)
    assert owner_connection.execute(everything).fetchall() == before


def test_a_tenant_cannot_write_what_counts_everywhere(granted: Cast) -> None:
    with tenant_scope(granted.harbor.pk):
        event = ConsentEvent.objects.get(act="grant")
        before = lines()
        event.pk, event.public_id, event._state.adding = None, "cns_0000000000000000", True
        event.reach, event.act = ConsentEvent.Reach.PLATFORM, ConsentEvent.Act.RESTORE
        with pytest.raises(DatabaseError), transaction.atomic():
            event.save(force_insert=True)
        # Neither by itself nor under a narrower reach: only a handset restores.
        event.reach = ConsentEvent.Reach.TENANT
        with pytest.raises(DatabaseError, match="only a START from the handset"), transaction.atomic():
            event.save(force_insert=True)
        assert lines() == before
        event.act = ConsentEvent.Act.REVOKE
        event.save(force_insert=True)
        assert lines() == [*before, ("revoke", NOW)]


@pytest.fixture(autouse=True)
def nothing_is_left_open() -> Iterator[None]:
    yield
    assert not connection.needs_rollback

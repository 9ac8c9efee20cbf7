"""Nobody changes or removes a line of the ledger: by whatever door and as whatever login."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
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


@pytest.fixture
def granted(cast: Cast) -> Cast:
    ticks(cast.ben, tenant=cast.harbor, at=NOW)
    return cast


@pytest.fixture(params=["application", "platform"])
def scope_of(request: pytest.FixtureRequest, granted: Cast) -> Callable[[], AbstractContextManager[None]]:
    return platform_scope if request.param == "platform" else lambda: tenant_scope(granted.harbor.pk)


def test_the_orm_cannot_save_a_line_again(scope_of: Callable[[], AbstractContextManager[None]]) -> None:
    with scope_of():
        event = ConsentEvent.objects.get()
        event.act = ConsentEvent.Act.REVOKE
        with pytest.raises(DatabaseError), transaction.atomic():
            event.save()
        assert ConsentEvent.objects.get().act == "grant"


def test_the_orm_cannot_delete_a_line(scope_of: Callable[[], AbstractContextManager[None]]) -> None:
    with scope_of():
        with pytest.raises(DatabaseError), transaction.atomic():
            ConsentEvent.objects.get().delete()
        with pytest.raises(DatabaseError), transaction.atomic():
            ConsentEvent.objects.all().delete()
        assert ConsentEvent.objects.count() == 1


def test_a_queryset_cannot_update_lines(scope_of: Callable[[], AbstractContextManager[None]]) -> None:
    with scope_of():
        with pytest.raises(DatabaseError), transaction.atomic():
            ConsentEvent.objects.update(act="restore")
        assert ConsentEvent.objects.get().act == "grant"


@pytest.mark.parametrize("statement", CHANGES)
def test_plain_sql_cannot_change_lines(scope_of: Callable[[], AbstractContextManager[None]], statement: str) -> None:
    with scope_of():
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        assert ConsentEvent.objects.get().act == "grant"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("statement", CHANGES)
def test_the_owner_of_the_table_cannot_change_lines(owner_connection: psycopg.Connection[Any], statement: str) -> None:
    cast = make_cast()
    ticks(cast.ben, tenant=cast.harbor, at=NOW)
    before = owner_connection.execute("SELECT act, effective_at FROM members_consentevent").fetchall()
    assert len(before) == 1
    with pytest.raises(psycopg.Error, match="append-only"):
        owner_connection.execute(statement)
    assert owner_connection.execute("SELECT act, effective_at FROM members_consentevent").fetchall() == before


def test_a_tenant_cannot_write_what_counts_everywhere(granted: Cast) -> None:
    with tenant_scope(granted.harbor.pk):
        event = ConsentEvent.objects.get()
        event.pk, event.public_id, event._state.adding = None, "cns_0000000000000000", True
        event.reach, event.act = ConsentEvent.Reach.PLATFORM, ConsentEvent.Act.RESTORE
        with pytest.raises(DatabaseError), transaction.atomic():
            event.save(force_insert=True)
        event.reach = ConsentEvent.Reach.TENANT
        event.save(force_insert=True)
        assert ConsentEvent.objects.count() == 2


@pytest.fixture(autouse=True)
def nothing_is_left_open() -> Iterator[None]:
    yield
    assert not connection.needs_rollback

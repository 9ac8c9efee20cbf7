"""A scope ends where its block ends: whatever happened inside, nested or not, nothing of it is left behind."""

from collections.abc import Iterator
from contextlib import suppress
from threading import Thread
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from members.models import Member
from tenants.models import Tenant
from tenants.scope import NoScope, platform_scope, scoped_tenant_id, tenant_scope, user_scope
from tests.cast import Cast, make_cast

Settings = tuple[str, str, str]
CLOSED: Settings = ("", "", "none")


class Stop(Exception):
    """What ends a block early."""


def in_force() -> Settings:
    """What the policies read at this moment: tenant, user, role."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(current_setting('app.tenant', true), ''), coalesce(current_setting('app.user', true), ''),"
            " current_setting('role')"
        )
        tenant, user, role = cursor.fetchone()
    return str(tenant), str(user), str(role)


def names() -> list[str]:
    return sorted(Member._base_manager.values_list("name", flat=True))


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """Committed rows, and no transaction around the test."""
    return make_cast()


@pytest.fixture
def people(db: None) -> Iterator[Cast]:
    """The same inside a transaction, as requests and other scopes have it."""
    made = make_cast()
    with transaction.atomic():
        yield made


def test_a_scope_shows_one_tenant_and_nothing_is_left_of_it(cast: Cast) -> None:
    assert in_force() == CLOSED
    with tenant_scope(cast.harbor.pk, user_id=cast.ana.pk):
        assert in_force() == (str(cast.harbor.pk), str(cast.ana.pk), "none")
        assert scoped_tenant_id() == cast.harbor.pk
        assert names() == ["Ben"]
    assert in_force() == CLOSED
    assert names() == []
    with pytest.raises(NoScope):
        scoped_tenant_id()


def test_an_exception_closes_the_scope_and_takes_back_its_writes(cast: Cast) -> None:
    with suppress(Stop), tenant_scope(cast.harbor.pk):
        Member.objects.create(tenant=cast.harbor, name="Lost")
        assert names() == ["Ben", "Lost"]
        raise Stop
    assert in_force() == CLOSED
    with tenant_scope(cast.harbor.pk):
        assert names() == ["Ben"]


def test_a_scope_inside_another_gives_it_back(people: Cast) -> None:
    harbor = (str(people.harbor.pk), str(people.ana.pk), "none")
    with tenant_scope(people.harbor.pk, user_id=people.ana.pk):
        with tenant_scope(people.ridge.pk):
            assert in_force() == (str(people.ridge.pk), "", "none")
            assert names() == ["Rita"]
        assert in_force() == harbor
        assert names() == ["Ben"]
        assert scoped_tenant_id() == people.harbor.pk
    assert names() == []


def test_the_platforms_scope_inside_a_tenants_and_back(people: Cast) -> None:
    with tenant_scope(people.harbor.pk):
        with platform_scope():
            assert names() == ["Ben", "Rita"]
            assert scoped_tenant_id() is None
            with tenant_scope(people.ridge.pk):
                assert names() == ["Rita"]
                assert in_force()[2] == "none", "a tenant's scope inside the platform's does not keep its role"
                with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                    Tenant.objects.create(name="New", slug="new")
            assert names() == ["Ben", "Rita"]
        assert names() == ["Ben"]
        assert in_force() == (str(people.harbor.pk), "", "none")


@pytest.mark.parametrize("inner", ["tenant", "platform", "user"])
@pytest.mark.parametrize("ending", ["exception", "aborted", "rolled back"])
def test_whatever_ends_the_inner_scope_the_outer_one_holds_again(people: Cast, inner: str, ending: str) -> None:
    def open_inner() -> Any:
        if inner == "tenant":
            return tenant_scope(people.ridge.pk)
        return platform_scope() if inner == "platform" else user_scope(people.cleo.pk)

    with tenant_scope(people.harbor.pk):
        with suppress(Stop, DatabaseError):
            if ending == "rolled back":
                with transaction.atomic():
                    with open_inner():
                        assert in_force() != (str(people.harbor.pk), "", "none")
                    raise Stop
            with open_inner():
                if ending == "aborted":
                    with connection.cursor() as cursor:
                        cursor.execute("SELECT 1 / 0")
                raise Stop
        assert in_force() == (str(people.harbor.pk), "", "none")
        assert names() == ["Ben"]
        assert scoped_tenant_id() == people.harbor.pk
    assert names() == []


def test_a_scope_whose_transaction_is_marked_for_rollback_still_closes(people: Cast) -> None:
    with tenant_scope(people.harbor.pk):
        with tenant_scope(people.ridge.pk):
            transaction.set_rollback(True)
        assert in_force() == (str(people.harbor.pk), "", "none")
        assert names() == ["Ben"]


def test_nothing_leaks_to_the_next_one_on_the_same_connection(cast: Cast) -> None:
    """A pool hands the same server process to the next request: its id is the same, and it sees nothing."""

    def process() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return int(cursor.fetchone()[0])

    server = process()
    for scope in (tenant_scope(cast.harbor.pk, user_id=cast.ana.pk), platform_scope(), user_scope(cast.ana.pk)):
        with scope:
            assert process() == server
        assert process() == server
        assert in_force() == CLOSED
        assert names() == []
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user = session_user")
            assert cursor.fetchone() == (True,)


def test_another_thread_has_no_scope(cast: Cast) -> None:
    seen: list[Any] = []

    def look() -> None:
        try:
            seen.append(names())
            scoped_tenant_id()
        except NoScope as error:
            seen.append(type(error))
        finally:
            connection.close()

    with platform_scope():
        thread = Thread(target=look)
        thread.start()
        thread.join()
    assert seen == [[], NoScope]


@pytest.mark.parametrize(
    "forged", ["1 OR true", "1); RESET ROLE; --", "0' OR '1'='1", "imes_platform", "9" * 40, "1,2", "NULL", " "]
)
def test_a_forged_scope_shows_nothing_and_grants_nothing(people: Cast, forged: str) -> None:
    with suppress(DatabaseError), transaction.atomic(), tenant_scope(forged):  # type: ignore[arg-type]
        assert names() == []
    with suppress(DatabaseError), transaction.atomic(), user_scope(forged):  # type: ignore[arg-type]
        assert names() == []
        assert not Tenant.objects.exists()
    assert in_force() == CLOSED
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user = session_user")
        assert cursor.fetchone() == (True,)
    with tenant_scope(people.harbor.pk):
        assert names() == ["Ben"]


def test_a_value_that_looks_like_a_setting_stays_a_value(people: Cast) -> None:
    word = f"x', true), set_config('app.tenant', '{people.ridge.pk}', true) --"
    with tenant_scope(people.harbor.pk):
        Member.objects.create(tenant=people.harbor, name=word)
        assert list(Member.objects.filter(name=word).values_list("tenant_id", flat=True)) == [people.harbor.pk]
        assert in_force() == (str(people.harbor.pk), "", "none")

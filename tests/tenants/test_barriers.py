"""Neither barrier between tenants needs the other: scoped managers that fail closed, and row-level security beneath."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pghistory.models
import pytest
from django.db import DatabaseError, connection, models, transaction

from members.models import Member, Phone
from tenants.models import OwnedModel, Tenant
from tenants.scope import NoScope, platform_scope, tenant_scope, user_scope
from tests.cast import Cast, make_cast
from tests.tenants.conftest import HARBOR_NUMBER, RIDGE_NUMBER
from tests.tenants.plenty import make_plenty, owned_models

MODELS = sorted(owned_models(), key=lambda model: model._meta.label)
#: History is read through what it is the history of; it has no manager of ours.
MANAGED = [model for model in MODELS if not issubclass(model, pghistory.models.Event)]
OWN = [model for model in MODELS if issubclass(model, OwnedModel)]


#: How the database refuses: a right that the login does not hold, or a row that it may not have.
NOT_GRANTED, BARRED = "permission denied", "row-level security"
#: What a trigger says before the policy is asked.
GIVEN_AWAY = {"members.ConsentRecord": "what was recorded stays as it is"}


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    """Everybody with one of everything, once for all tests of this file, in a transaction around theirs."""
    everything = transaction.atomic()
    with django_db_blocker.unblock():
        everything.__enter__()
        people = make_cast()
        make_plenty(people.harbor, number=HARBOR_NUMBER)
        make_plenty(people.ridge, number=RIDGE_NUMBER)
    yield people
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        everything.__exit__(None, None, None)


@pytest.fixture
def cast(made: Cast, db: None) -> Cast:
    """The same rows for each test: what it writes is taken back after it."""
    return made


def may_at_all(verb: str, model: type[models.Model]) -> bool:
    """Whether the login holds this right on the table, whatever the row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(current_user, %s, %s)", [model._meta.db_table, verb])
        return bool(cursor.fetchone()[0])


def touched(write: Callable[[], int | None]) -> int | str | None:
    """How many rows `write` reached, or the words with which the database refused it."""
    try:
        with transaction.atomic():
            return write()
    except DatabaseError as refused:
        words = (NOT_GRANTED, BARRED, *GIVEN_AWAY.values())
        return next((word for word in words if word in str(refused)), str(refused))


def tenants_seen(model: type[models.Model]) -> set[int | None]:
    """Whose rows are seen through a manager that knows no scope: the database alone decides."""
    return set(model._base_manager.values_list("tenant_id", flat=True))


def tenants_in(table: str) -> set[int | None]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT DISTINCT tenant_id FROM "{table}"')  # noqa: S608 - a name of our own
        return {tenant_id for (tenant_id,) in cursor.fetchall()}


def test_the_walk_meets_every_kind_of_row(cast: Cast) -> None:
    assert len(OWN) >= 20
    with platform_scope():
        for model in MODELS:
            assert {cast.harbor.pk, cast.ridge.pk} <= tenants_seen(model), (
                f"make one of {model._meta.label} in plenty.py"
            )


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_a_query_that_escapes_the_managers_returns_nothing_foreign(model: type[models.Model], cast: Cast) -> None:
    shared = {None} if model._meta.label == "notifications.Sender" else set()
    with tenant_scope(cast.harbor.pk):
        assert tenants_seen(model) - shared == {cast.harbor.pk}
        assert tenants_in(model._meta.db_table) - shared == {cast.harbor.pk}
    with tenant_scope(cast.ridge.pk):
        assert tenants_seen(model) - shared == {cast.ridge.pk}
    # Without any scope nothing that belongs to somebody is seen.
    assert tenants_seen(model) - shared == set()
    assert tenants_in(model._meta.db_table) - shared == set()


@pytest.mark.parametrize("model", MANAGED, ids=lambda model: model._meta.label)
def test_a_manager_shows_the_open_scope_and_refuses_without_one(model: type[models.Model], cast: Cast) -> None:
    manager = model._default_manager
    with pytest.raises(NoScope):
        manager.count()
    with pytest.raises(NoScope):
        manager.filter(pk=1)
    with tenant_scope(cast.ridge.pk):
        seen = set(manager.values_list("tenant_id", flat=True))
        assert seen - {None} == {cast.ridge.pk}
    with platform_scope():
        assert {cast.harbor.pk, cast.ridge.pk} <= set(manager.values_list("tenant_id", flat=True))


@pytest.mark.parametrize("model", OWN, ids=lambda model: model._meta.label)
def test_no_row_is_written_into_taken_over_or_removed_from_another_tenant(
    model: type[models.Model], cast: Cast
) -> None:
    with tenant_scope(cast.ridge.pk):
        foreign = model._base_manager.all()[0]
    rows = model._base_manager.filter(pk=foreign.pk)
    with tenant_scope(cast.harbor.pk):
        may = {verb for verb in ("INSERT", "UPDATE", "DELETE") if may_at_all(verb, model)}
        for tenant in (cast.ridge, cast.harbor):
            assert touched(partial(rows.update, tenant_id=tenant.pk)) == (0 if "UPDATE" in may else NOT_GRANTED)
        assert touched(partial(rows._raw_delete, rows.db)) == (0 if "DELETE" in may else NOT_GRANTED)
        own = model._base_manager.all()[0]
        # A row may not be given away either.
        refused = GIVEN_AWAY.get(model._meta.label, BARRED) if "UPDATE" in may else NOT_GRANTED
        assert touched(partial(model._base_manager.filter(pk=own.pk).update, tenant_id=cast.ridge.pk)) == refused
        foreign.pk, foreign._state.adding = None, True
        assert touched(partial(foreign.save, force_insert=True)) == (BARRED if "INSERT" in may else NOT_GRANTED)
    with tenant_scope(cast.ridge.pk):
        assert rows.count() == 1


def test_a_tenant_row_itself_is_seen_and_changed_by_its_own_people_alone(cast: Cast) -> None:
    with tenant_scope(cast.harbor.pk):
        assert [tenant.name for tenant in Tenant.objects.all()] == ["Harbor"]
        assert Tenant.objects.filter(pk=cast.ridge.pk).update(name="Taken") == 0
        assert Tenant.objects.filter(pk=cast.harbor.pk).update(region="GB") == 1
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            Tenant.objects.create(name="New", slug="new")
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            Tenant.objects.filter(pk=cast.harbor.pk)._raw_delete("default")
    assert not Tenant.objects.exists()


def test_a_persons_own_scope_shows_their_memberships_and_those_tenants_alone(cast: Cast) -> None:
    with user_scope(cast.ana.pk):
        assert [tenant.name for tenant in Tenant.objects.all()] == ["Harbor"]
        assert tenants_in("tenants_membership") == {cast.harbor.pk}
        with connection.cursor() as cursor:
            cursor.execute("SELECT array_agg(DISTINCT user_id) FROM tenants_membership")
            assert cursor.fetchone() == ([cast.ana.pk],)
        assert not Member.objects.exists()
        assert Tenant.objects.update(name="Taken") == 0


def test_a_phone_cannot_be_given_to_a_member_of_another_tenant(cast: Cast) -> None:
    def give(member: Member) -> None:
        with tenant_scope(cast.harbor.pk), transaction.atomic():
            Phone.objects.create(tenant=cast.harbor, member_id=member.pk, number="+12065550199")
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    give(cast.ben)
    with pytest.raises(DatabaseError, match="same_tenant"):
        give(cast.ridge_member)

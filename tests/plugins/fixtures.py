"""The fixtures about databases: a clone of the template for this process, and a connection as the tables' owner."""

import os
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.plugins import databases


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: Any,
) -> Iterator[None]:
    """Give this process its own database, cloned from the migrated template, under both aliases."""
    from django.test import TransactionTestCase

    run = databases.joined()
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    name = f"{run.prefix}_{worker}"
    original = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def start_anew(self: TransactionTestCase) -> None:
        # The application's login may not TRUNCATE, and append-only tables refuse it to everybody.
        _disconnect()
        run.bring_back(name)

    with django_db_blocker.unblock():
        run.make_template(_migrate)
        run.clone(name)
        _point_at(name)
        run.use(name)
        TransactionTestCase._fixture_teardown = start_anew  # type: ignore[attr-defined]
        yield
        TransactionTestCase._fixture_teardown = original  # type: ignore[attr-defined]
        _disconnect()


@pytest.fixture
def owner_connection(django_db_setup: None) -> Iterator[psycopg.Connection[Any]]:
    """A connection as the owner of the tables, in autocommit; it sees what other connections committed."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as connection:
        yield connection


def _migrate(name: str) -> None:
    from django.core.management import call_command

    _point_at(name)
    call_command("migrate", interactive=False, verbosity=0)
    _disconnect()


def _point_at(name: str) -> None:
    from django.db import connections

    _disconnect()
    for alias in connections:
        connections[alias].settings_dict["NAME"] = name


def _disconnect() -> None:
    from django.db import connections
    from django.db.backends.postgresql.base import DatabaseWrapper

    for connection in connections.all(initialized_only=True):
        connection.close()
        if isinstance(connection, DatabaseWrapper):
            connection.close_pool()

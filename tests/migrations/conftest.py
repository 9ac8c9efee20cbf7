"""Databases of a test's own, empty or migrated, in which migrations may go back and forth."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from tests.architecture.layers import CHECKOUT
from tests.plugins import databases

Manage = Callable[..., str]


@pytest.fixture
def empty_database() -> Iterator[str]:
    """An empty database with the rights that the bootstrap command gives, and nothing in it."""
    run = databases.joined()
    name = f"{run.prefix}_empty_{os.getpid()}"
    with run.administer() as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        admin.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                *map(sql.Identifier, (name, run.roles.owner, run.prefix))
            )
        )
        yield name
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def migrated_database(django_db_setup: None) -> Iterator[str]:
    """What this run's migrations made of an empty database."""
    run = databases.joined()
    name = f"{run.prefix}_migrated_{os.getpid()}"
    run.clone(name)
    yield name
    with run.administer() as admin:
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def manage(migrated_database: str) -> Manage:
    """Run `manage.py` on the migrated database, as an operator would; what it printed comes back."""
    run = databases.joined()
    urls = {
        "DATABASE_URL": run.url(login="app", database=migrated_database),
        "DATABASE_OWNER_URL": run.url(login="owner", database=migrated_database),
        "IMES_DB_ROLE_PREFIX": run.prefix,
    }

    def run_it(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=CHECKOUT,
            env={**os.environ, **urls},
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )
        assert done.returncode == 0, done.stdout[-1500:] + done.stderr[-1500:]
        return done.stdout

    return run_it


@pytest.fixture
def owner(empty_database: str) -> Iterator[psycopg.Connection[Any]]:
    """The tables' owner on the empty database."""
    url = databases.joined().url(login="owner", database=empty_database)
    assert urlsplit(url).path == f"/{empty_database}"
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def migrated(migrated_database: str) -> Iterator[psycopg.Connection[Any]]:
    """The tables' owner on the migrated database."""
    with psycopg.connect(databases.joined().url(login="owner", database=migrated_database), autocommit=True) as opened:
        yield opened

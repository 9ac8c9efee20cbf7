"""Roles and a database of a test's own on the run's server."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from imes.database.roles import LoginPasswords, Roles, bootstrap
from imes.embedded.server import Server
from tests.plugins import databases

CHECKOUT = Path(__file__).resolve().parent.parent.parent
PASSWORDS = LoginPasswords(owner="owners-word", app="apps-word")


@dataclass(frozen=True)
class Place:
    """A bootstrapped database; its names carry the run's prefix, so that the run's end drops them."""

    roles: Roles
    admin: psycopg.Connection[Any]

    def log_in(self, user: str, password: str | None) -> psycopg.Connection[Any]:
        address = conninfo_to_dict(databases.joined().admin)
        return psycopg.connect(
            host=address.get("host"),
            port=address.get("port"),
            user=user,
            password=password,
            dbname=self.roles.prefix,
            autocommit=True,
        )

    def bootstrap(self) -> None:
        bootstrap(self.admin, roles=self.roles, passwords=PASSWORDS, database=self.roles.prefix)


@pytest.fixture
def place() -> Iterator[Place]:
    run = databases.joined()
    with run.administer() as admin:
        place = Place(Roles(f"{run.prefix}_x{secrets.token_hex(2)}"), admin)
        place.bootstrap()
        yield place
        admin.execute(f"DROP DATABASE {place.roles.prefix} WITH (FORCE)")
        admin.execute(f"DROP ROLE {place.roles.owner}, {place.roles.app}, {place.roles.platform}")


def manage(*arguments: str, **environment: str | None) -> subprocess.CompletedProcess[str]:
    """Run `manage.py` as an operator would; None takes a variable away."""
    merged = {**os.environ, **environment}
    kept = {name: value for name, value in merged.items() if value is not None}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=CHECKOUT, env=kept, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty var folder that every account can pass through."""
    path = Path(tempfile.mkdtemp(prefix="imes-var-", dir="/tmp"))
    path.chmod(0o711)
    yield path
    Server(path / "postgres").stop()
    shutil.rmtree(path)

"""What must be true before the portal's processes start: a database that runs, with today's tables and demo rows."""

import time
from collections.abc import Callable
from pathlib import Path

from django.core.management import call_command, get_commands
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from imes.database.checks import refuse_unsafe_login
from imes.database.config import EMBEDDED_ENGINE, OWNER
from imes.embedded.server import Server

Say = Callable[[str], None]


def embedded_server() -> Server | None:
    """Return the embedded server that the settings name, or None when DATABASE_URL names another."""
    settings = connections["default"].settings_dict
    return Server(Path(settings["EMBEDDED"]["home"])) if settings["ENGINE"] == EMBEDDED_ENGINE else None


def start_database(*, say: Say) -> None:
    """Have the database run, and refuse a login that row-level security does not bind.

    :raises UnsafeLoginError: when the login is unsafe.
    """
    began = time.monotonic()
    connection = connections["default"]
    connection.ensure_connection()
    major = connection.cursor().connection.info.server_version // 10000
    connection.close()
    where = "the server DATABASE_URL names" if embedded_server() is None else "embedded"
    say(f"PostgreSQL {major} ({where}): {time.monotonic() - began:.1f} s")
    refuse_unsafe_login()


def bring_up_to_date(*, say: Say) -> None:
    """Apply the migrations that are missing, if any."""
    if OWNER not in connections:
        say("Migrations: not looked at, because DATABASE_OWNER_URL is not set")
        return
    connection = connections[OWNER]
    began = time.monotonic()
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        say(f"Migrations: applying {len(missing)} ...")
        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
        say(f"Migrations: {len(missing)} applied in {time.monotonic() - began:.1f} s")
    connection.close()


def seed(*, say: Say) -> None:
    """Have the demo tenants there; a second time nothing changes."""
    if "seed_demo" not in get_commands():
        return
    began = time.monotonic()
    call_command("seed_demo", verbosity=0)
    connections["default"].close()
    say(f"Demo tenants: {time.monotonic() - began:.1f} s")

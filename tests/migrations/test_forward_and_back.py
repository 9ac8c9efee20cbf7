"""The schema is made on an empty database, taken back to nothing, and made again; nothing of it is left unwritten."""

from io import StringIO
from typing import Any, LiteralString

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

from tenants.rls import GLOBAL_TABLES
from tests.architecture import catalogue
from tests.migrations.conftest import Manage

CHANGES: tuple[LiteralString, ...] = (
    "UPDATE tenants_auditentry SET code = 'y'",
    "DELETE FROM tenants_auditentry",
)
OURS = ("notifications", "members", "billing", "tenants")
Connection = psycopg.Connection[Any]


def tables(connection: Connection) -> set[str]:
    rows = connection.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    ).fetchall()
    return {name for (name,) in rows}


def shape(connection: Connection) -> dict[str, list[Any]]:
    """What a database is made of, by the catalogue's own words."""
    asked = {
        "columns": "SELECT table_name, column_name, data_type, is_nullable, collation_name"
        " FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2",
        "policies": "SELECT tablename, policyname, roles::text, cmd, qual, with_check FROM pg_policies ORDER BY 1, 2",
        "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2",
        "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
        "triggers": "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger"
        " WHERE NOT tgisinternal ORDER BY 1, 2",
        "functions": "SELECT proname, prosecdef, proconfig::text, prosrc FROM pg_proc"
        " WHERE pronamespace = 'public'::regnamespace ORDER BY 1",
        "grants": "SELECT relname, relrowsecurity, relforcerowsecurity, relacl::text FROM pg_class"
        " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1",
    }
    return {part: connection.execute(question).fetchall() for part, question in asked.items()}  # type: ignore[arg-type]


def ledgers_refuse(connection: Connection) -> None:
    assert set(catalogue.open_tables(connection, roles=settings.DB_ROLES)) <= set(GLOBAL_TABLES)
    assert catalogue.changeable_ledgers(connection) == []
    with connection.transaction(force_rollback=True):
        connection.execute(
            "INSERT INTO tenants_auditentry"
            " (public_id, actor_kind, code, subject_kind, subject_id, at, request_id, digest)"
            " VALUES ('aud_1', 'portal', 'x', 'x', 'x', now(), '', 'x')"
        )
        for statement in CHANGES:
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"), connection.transaction():
                connection.execute(statement)


def test_forward_back_to_nothing_and_forward_again(manage: Manage, migrated: Connection) -> None:
    owner = migrated
    made = tables(owner)
    assert {"tenants_tenant", "members_member", "notifications_notification"} <= made
    first = shape(owner)
    ledgers_refuse(owner)
    # All others stand on the tenants' migrations, and go before them.
    manage("migrate", "--verbosity=0", "tenants", "zero")
    assert {name for name in tables(owner) if name.startswith(OURS)} == set()
    left = owner.execute(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'imes\\_%'"
    ).fetchall()
    assert left in ([], [("imes_refuse_change",)])
    manage("migrate", "--verbosity=0")
    again = shape(owner)
    for part, was in first.items():
        assert again[part] == was, part


@pytest.mark.django_db(databases=["default", "owner"])
def test_no_model_differs_from_its_migrations() -> None:
    out = StringIO()
    call_command("makemigrations", "--check", "--dry-run", stdout=out)
    assert "No changes" in out.getvalue()


def test_every_migration_of_ours_can_be_taken_back() -> None:
    graph = MigrationLoader(None, ignore_no_migrations=True)
    stuck = [
        f"{app}.{name}"
        for (app, name), migration in graph.disk_migrations.items()
        if app in OURS and not all(operation.reversible for operation in migration.operations)
    ]
    assert stuck == []

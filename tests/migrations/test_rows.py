"""Migrations meet rows that are already there: the owner, whom policies bind too, sees and changes those of all."""

import os
from typing import Any, LiteralString

import psycopg
import pytest
from django.conf import settings
from psycopg import sql

from tests.cast import make_cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owner(owner_connection: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    make_cast()
    return owner_connection


def names(connection: psycopg.Connection[Any]) -> list[str]:
    rows = connection.execute("SELECT name FROM members_member ORDER BY name").fetchall()
    return [str(name) for (name,) in rows]


def test_a_data_migration_sees_and_changes_the_rows_of_every_tenant(owner: psycopg.Connection[Any]) -> None:
    assert names(owner) == ["Ben", "Rita"]
    assert owner.execute("UPDATE members_member SET time_zone = 'UTC'").rowcount == 2
    row = owner.execute(
        "INSERT INTO members_group (public_id, name, created_at, tenant_id)"
        " SELECT 'grp_' || id, 'All', now(), id FROM tenants_tenant RETURNING 1"
    ).fetchall()
    assert len(row) == 2


def test_without_its_policy_the_owner_would_have_seen_nothing(owner: psycopg.Connection[Any]) -> None:
    with owner.transaction(force_rollback=True):
        owner.execute('DROP POLICY owner_rows ON "members_member"')
        assert names(owner) == []
    assert names(owner) == ["Ben", "Rita"]


def test_the_application_sees_nothing_on_a_connection_of_its_own(owner: psycopg.Connection[Any]) -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as application:
        assert names(application) == []
        with application.transaction():
            application.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(settings.DB_ROLES.platform)))
            assert names(application) == ["Ben", "Rita"]
        assert names(application) == []
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            application.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(settings.DB_ROLES.owner)))


CHANGES: tuple[LiteralString, ...] = (
    "ALTER TABLE members_member DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE tenants_auditentry DISABLE TRIGGER ALL",
    "DROP POLICY app_rows ON members_member",
    "DROP TABLE members_group",
    "CREATE TABLE mine (id int)",
    "TRUNCATE members_group",
)


@pytest.mark.parametrize("statement", CHANGES)
def test_the_application_cannot_change_the_schema(owner: psycopg.Connection[Any], statement: LiteralString) -> None:
    with (
        psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as application,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        application.execute(statement)


def test_a_change_of_status_is_kept_whatever_table_the_caller_put_in_its_way(owner: psycopg.Connection[Any]) -> None:
    """The trigger runs as the owner of the tables; a temporary table of the same name must not divert it."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as application, application.transaction():
        application.execute("SET CONSTRAINTS ALL DEFERRED")
        application.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(settings.DB_ROLES.platform)))
        application.execute(
            "CREATE TEMPORARY TABLE notifications_transition"
            " (notification_id bigint, tenant_id bigint, at timestamptz, from_status text, to_status text, reason text)"
        )
        application.execute("GRANT INSERT ON pg_temp.notifications_transition TO PUBLIC")
        application.execute(
            "INSERT INTO notifications_notification (public_id, tenant_id, purpose, channel, number, address, body, sealed_body, ack_code,"
            " status, reason, reason_text, created_at, due_at, lease_owner, acknowledged_via, tried_next)"
            " SELECT 'ntf_1', id, 'test', 'sms', '', '', '', '', '', 'queued', '', '', now(), now(), '', '', ''"
            " FROM tenants_tenant WHERE slug = 'harbor'"
        )
        assert application.execute("SELECT count(*) FROM pg_temp.notifications_transition").fetchone() == (0,)
    assert owner.execute("SELECT to_status FROM notifications_transition").fetchall() == [("queued",)]

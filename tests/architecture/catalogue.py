"""Asks a database's own catalogue which of its tables are open further than they may be.

Each function takes a connection and returns complaints, so that a test can also show it a database that is wrong.
"""

from typing import Any, LiteralString

import psycopg

from imes.database.roles import Roles

Connection = psycopg.Connection[Any]

#: Nobody changes or removes a row of these, whoever they are.
APPEND_ONLY = (
    "billing_standingchange",
    "members_consentevent",
    "members_evidencefile",
    "notifications_transition",
    "tenants_auditentry",
    "tenants_seal",
)


def open_tables(connection: Connection, *, roles: Roles) -> list[str]:
    """Name every table whose rows are not under forced policies for the application, the platform and the owner."""
    return _names(
        connection,
        """
        SELECT c.relname FROM pg_class c
        WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
        AND NOT (
            c.relrowsecurity AND c.relforcerowsecurity
            AND (SELECT array_agg(DISTINCT role::text) @> %s FROM pg_policies, unnest(roles) role
                 WHERE schemaname = 'public' AND tablename = c.relname)
        )
        """,
        [[roles.app, roles.platform, roles.owner]],
    )


def open_to_everybody(connection: Connection) -> list[str]:
    """Name every policy that binds PUBLIC, and so any role that is made one day."""
    return _names(connection, "SELECT tablename || '.' || policyname FROM pg_policies WHERE 'public' = ANY(roles)")


def see_through(connection: Connection, *, roles: Roles) -> list[str]:
    """Name every policy of a table that lets the application see all rows of everybody."""
    return _names(
        connection,
        "SELECT tablename || '.' || policyname FROM pg_policies WHERE %s = ANY(roles)"
        " AND (qual = 'true' OR with_check = 'true')",
        [roles.app],
    )


def has_column(connection: Connection, table: str, *, column: str) -> bool:
    """Say whether the table has a column of this name."""
    asked = "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attname = %s AND attnum > 0"
    return _names(connection, asked, [table, column]) == [column]


def views(connection: Connection) -> list[str]:
    """Name every view: one runs as its owner, who sees all tenants."""
    return _names(
        connection,
        "SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace",
    )


def loose_definers(connection: Connection) -> list[str]:
    """Name every function that runs as the owner and would look for tables in the caller's temporary schema first."""
    return _names(
        connection,
        """
        SELECT proname FROM pg_proc
        WHERE prosecdef AND pronamespace = 'public'::regnamespace AND NOT EXISTS (
            SELECT FROM unnest(proconfig) AS setting WHERE setting LIKE 'search\\_path=%%, pg\\_temp'
        )
        """,
        [],
    )


def granted(connection: Connection, *, role: str, privilege: str) -> list[str]:
    """Name the tables on which `role` holds `privilege`, whichever way it came to it."""
    return _names(
        connection,
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        " AND has_table_privilege(%s, oid, %s)",
        [role, privilege],
    )


def given_in_advance(connection: Connection, *, roles: Roles) -> list[str]:
    """Name default privileges: what a table that is made tomorrow would grant by itself."""
    return _names(
        connection,
        "SELECT pg_get_userbyid(defaclrole) || ': ' || defaclacl::text FROM pg_default_acl WHERE defaclacl::text ~ %s",
        [f"({roles.app}|{roles.platform}|[{{,]=)"],
    )


def changeable_ledgers(connection: Connection) -> list[str]:
    """Name every ledger that lacks a trigger against UPDATE, DELETE or TRUNCATE that is always on."""
    found = []
    for table in APPEND_ONLY:
        guarded = _names(
            connection,
            # pg_trigger.tgtype: 1 = row, 2 = before, 8 = delete, 16 = update, 32 = truncate.
            """
            SELECT word FROM (VALUES ('update', 1 | 2 | 16), ('delete', 1 | 2 | 8), ('truncate', 2 | 32)) w(word, bits)
            WHERE EXISTS (
                SELECT FROM pg_trigger t WHERE t.tgrelid = %s::regclass AND NOT t.tgisinternal
                AND t.tgenabled IN ('O', 'A') AND t.tgqual IS NULL AND t.tgtype & bits = bits
                AND t.tgfoid = 'imes_refuse_change'::regproc
            )
            """,
            [table],
        )
        found += [f"{table}: {word}" for word in ("update", "delete", "truncate") if word not in guarded]
    return found


def same_tenant_columns(connection: Connection) -> set[tuple[str, str]]:
    """Return (table, column) of every foreign key that also compares the tenant."""
    rows = connection.execute(
        """
        SELECT c.conrelid::regclass::text, other.attname FROM pg_constraint c
        JOIN pg_attribute mine ON mine.attrelid = c.conrelid AND mine.attnum = c.conkey[1]
        JOIN pg_attribute other ON other.attrelid = c.conrelid AND other.attnum = c.conkey[2]
        WHERE c.contype = 'f' AND cardinality(c.conkey) = 2 AND mine.attname = 'tenant_id' AND c.convalidated
        """
    ).fetchall()
    return {(str(table), str(column)) for table, column in rows}


def _names(connection: Connection, statement: LiteralString, parameters: list[Any] | None = None) -> list[str]:
    return sorted(str(name) for (name,) in connection.execute(statement, parameters).fetchall())

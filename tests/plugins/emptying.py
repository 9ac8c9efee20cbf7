"""Brings a test's database back to what the template holds, by emptying the tables that got rows: no new clone.

A clone costs half a second, and most tests that commit write into a few tables. Where a test changed more than rows
(a trigger, a policy, a table), or the login may not pass the append-only triggers by, it says so, and a clone is made.
"""

from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql

# What a test could leave changed besides rows: tables, their policies and triggers, functions and grants.
_SHAPE = """
SELECT md5(string_agg(part, ' ' ORDER BY part)) FROM (
    SELECT concat('c', oid, relname, relnatts, relrowsecurity, relforcerowsecurity, relacl::text) AS part
        FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'S', 'm')
    UNION ALL SELECT concat('t', oid, tgname, tgenabled) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT concat('k', oid, conname) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT concat('p', oid, polname, polrelid) FROM pg_policy
    UNION ALL SELECT concat('f', oid, md5(prosrc)) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT concat('n', nspname) FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp'
) AS parts
"""
_TABLES = """
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname
"""


@dataclass
class Emptied:
    """One database as it came from the template: its shape, and the rows that belong there."""

    shape: str
    tables: list[str]
    seeds: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, connection: psycopg.Connection[Any]) -> "Emptied":
        """Read a fresh clone."""
        found = cls(_one(connection, _SHAPE), [name for (name,) in connection.execute(_TABLES).fetchall()])
        found.seeds = {name: _copied(connection, name) for name in _filled(connection, found.tables)}
        return found

    def restore(self, connection: psycopg.Connection[Any]) -> bool:
        """Bring the rows back to these; False, with nothing changed, where only a new clone will do."""
        with connection.transaction():
            try:
                with connection.transaction():
                    connection.execute("SET LOCAL session_replication_role = replica")
            except psycopg.errors.InsufficientPrivilege:
                return False
            if _one(connection, _SHAPE) != self.shape:
                return False
            filled = _filled(connection, self.tables)
            changed = [name for name in filled if _copied(connection, name) != self.seeds.get(name)]
            changed += [name for name in self.seeds if name not in filled]
            for name in changed:
                # DELETE, since nobody may TRUNCATE what is append-only; replica mode passes its row triggers by.
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
                if name in self.seeds:
                    _put_back(connection, name, self.seeds[name])
            _restart_numbers(connection, [name for name in changed if name not in self.seeds])
        return True


def _filled(connection: psycopg.Connection[Any], tables: list[str]) -> list[str]:
    one = sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})")
    parts = [one.format(sql.Literal(name), sql.Identifier(name)) for name in tables]
    return [name for (name,) in connection.execute(sql.SQL(" UNION ALL ").join(parts)).fetchall()]


def _copied(connection: psycopg.Connection[Any], name: str) -> bytes:
    # In one order, so that the same rows are the same bytes.
    statement = sql.SQL("COPY (SELECT * FROM {0} ORDER BY {0}::text) TO STDOUT").format(sql.Identifier(name))
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        return b"".join(bytes(block) for block in copy)


def _put_back(connection: psycopg.Connection[Any], name: str, rows: bytes) -> None:
    with connection.cursor() as cursor, cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))) as copy:
        copy.write(rows)


def _restart_numbers(connection: psycopg.Connection[Any], tables: list[str]) -> None:
    owned = (
        "SELECT s.relname FROM pg_class s JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i')"
        " JOIN pg_class t ON t.oid = d.refobjid WHERE s.relkind = 'S' AND t.relname = ANY(%s)"
    )
    for (name,) in connection.execute(owned, [tables]).fetchall():
        connection.execute(sql.SQL("ALTER SEQUENCE {} RESTART").format(sql.Identifier(name)))


def _one(connection: psycopg.Connection[Any], statement: str) -> str:
    row = connection.execute(statement).fetchone()
    return str(row[0]) if row else ""

"""Which logins the portal has on a PostgreSQL server, and the SQL that makes them; plain psycopg, no Django.

The owner makes tables, the application works under row-level security, the platform role is taken inside a
transaction with SET LOCAL ROLE. None of them is a superuser: a superuser passes every policy in silence.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

# The first version whose roles say per grant whether it is inherited.
GRANTS_SAY_INHERIT = 160000


@dataclass(frozen=True, slots=True)
class Roles:
    """The names of the three roles; they belong to the whole server, so two installations on one need two prefixes."""

    prefix: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z_][a-z0-9_]{0,39}", self.prefix):
            raise ValueError(f"IMES_DB_ROLE_PREFIX {self.prefix!r} must be lower-case letters, digits and underscores.")

    @property
    def owner(self) -> str:
        """Owns the tables and runs the migrations."""
        return f"{self.prefix}_owner"

    @property
    def app(self) -> str:
        """What the web and the workers log in as."""
        return f"{self.prefix}_app"

    @property
    def platform(self) -> str:
        """Sees every tenant; no login, taken with SET LOCAL ROLE by the application."""
        return f"{self.prefix}_platform"


@dataclass(frozen=True, slots=True)
class LoginPasswords:
    """New passwords of the two logins; None leaves an existing one as it is."""

    owner: str | None = field(repr=False)
    app: str | None = field(repr=False)


def existing(connection: psycopg.Connection[Any], *, roles: Roles) -> set[str]:
    """Return which of the roles the server has already."""
    names = [roles.owner, roles.app, roles.platform]
    return {name for (name,) in connection.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [names])}


def bootstrap(connection: psycopg.Connection[Any], *, roles: Roles, passwords: LoginPasswords, database: str) -> None:
    """Make the roles, the database and their grants, or mend what differs; a second run changes nothing.

    `connection` is in autocommit, as a superuser or as a login with CREATEROLE and CREATEDB.
    """
    _make_role(connection, roles.owner, "LOGIN CREATEDB", passwords.owner)
    _make_role(connection, roles.app, "LOGIN NOINHERIT", passwords.app)
    _make_role(connection, roles.platform, "NOLOGIN", None)
    # Inheriting the platform role would apply its policies, which let everything through, at all times.
    inherit = " WITH INHERIT FALSE, SET TRUE" if connection.info.server_version >= GRANTS_SAY_INHERIT else ""
    _run(connection, "GRANT {} TO {}" + inherit, roles.platform, roles.app)
    _make_database(connection, roles, database)
    with psycopg.connect(
        make_conninfo(connection.info.dsn, dbname=database, password=connection.info.password), autocommit=True
    ) as inside:
        _run(inside, "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        _run(inside, "GRANT USAGE, CREATE ON SCHEMA public TO {}", roles.owner)
        _run(inside, "GRANT USAGE ON SCHEMA public TO {}, {}", roles.app, roles.platform)


def _make_role(connection: psycopg.Connection[Any], name: str, rights: str, password: str | None) -> None:
    row = connection.execute(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolreplication FROM pg_roles WHERE rolname = %s", [name]
    ).fetchone()
    if row is None:
        _run(connection, "CREATE ROLE {} " + rights, name)
    else:
        names = ("NOSUPERUSER", "NOBYPASSRLS", "NOCREATEROLE", "NOREPLICATION")
        # Named only when there is something to take away: without being superuser, naming them is an error.
        excess = " ".join(word for word, has in zip(names, row, strict=True) if has)
        _run(connection, f"ALTER ROLE {{}} {rights} {excess}", name)
    if password is not None:
        connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(name), sql.Literal(password)))


def _make_database(connection: psycopg.Connection[Any], roles: Roles, database: str) -> None:
    (superuser,) = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() or (
        False,
    )
    # Without being superuser, one may give a database only to a role that one is a member of.
    if not superuser:
        _run(connection, "GRANT {} TO CURRENT_USER", roles.owner)
    row = connection.execute(
        "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s", [database]
    ).fetchone()
    if row is None:
        _run(connection, "CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0", database, roles.owner)
    elif row[0] != roles.owner:
        _run(connection, "ALTER DATABASE {} OWNER TO {}", database, roles.owner)
    _run(connection, "REVOKE ALL ON DATABASE {} FROM PUBLIC", database)
    _run(connection, "GRANT CONNECT ON DATABASE {} TO {}, {}", database, roles.app, roles.platform)


def _run(connection: psycopg.Connection[Any], statement: str, *names: str) -> None:
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

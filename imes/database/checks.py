"""Whether a login is safe to run the portal under: one that passes every policy in silence is refused.

Django asks with `manage.py check --database default`; the web, the worker and `serve` ask at their start.
"""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.base import DatabaseWrapper

from imes.database.roles import Roles

# The first version whose public schema is closed by default and whose views can say security_invoker.
OLDEST_SERVER = 150000
# gunicorn stops for good when a worker ends with this status, instead of starting the next one.
EXIT_STATUS = 3
REMEDY = "Run manage.py bootstrap_database --superuser-url ... and use the DATABASE_URL that it prints."


@dataclass(frozen=True, slots=True)
class LoginFacts:
    """What the server says of the login we connected as."""

    login: str
    server_version: int
    superuser: bool
    bypasses_policies: bool
    platform: str
    inherits_platform: bool
    can_take_platform: bool


class UnsafeLoginError(SystemExit):
    """The process may not run under this database login; its line is already written."""


def objections(facts: LoginFacts, *, alias: str) -> list[Error]:
    """Return why the portal must not run under this login; an empty list lets it."""
    found = []
    if facts.server_version < OLDEST_SERVER:
        major = facts.server_version // 10000
        found.append(
            Error(
                f"The database server of '{alias}' is PostgreSQL {major}; 15 is the oldest that is supported.",
                hint="Upgrade the server, or unset DATABASE_URL to use the embedded one.",
                id="imes.E004",
            )
        )
    if facts.superuser:
        # A superuser also inherits every role: one objection says it all.
        says = f"The login '{facts.login}' of '{alias}' is a superuser: row-level security does not bind it."
        return [*found, Error(says, hint=REMEDY, id="imes.E001")]
    if facts.bypasses_policies:
        says = f"The login '{facts.login}' of '{alias}' has BYPASSRLS: row-level security does not bind it."
        found.append(Error(says, hint=f"ALTER ROLE {facts.login} NOBYPASSRLS; or: {REMEDY}", id="imes.E002"))
    if facts.inherits_platform:
        found.append(
            Error(
                f"The login '{facts.login}' of '{alias}' inherits {facts.platform}: it sees every tenant at all times.",
                hint=f"GRANT {facts.platform} TO {facts.login} WITH INHERIT FALSE, SET TRUE (16 and newer), or "
                f"ALTER ROLE {facts.login} NOINHERIT (15); or: {REMEDY}",
                id="imes.E003",
            )
        )
    if alias == "default" and not facts.can_take_platform:
        says = f"The login '{facts.login}' may not take the role {facts.platform}, which dispatch and support work as."
        found.append(Error(says, hint=REMEDY, id="imes.E005"))
    return found


def check_logins(*, databases: Sequence[str] | None = None, **_others: Any) -> list[CheckMessage]:
    """Django's check, tag `database`: only for the databases that the caller names."""
    return [message for alias in databases or () for message in _check(alias)]


def refuse_unsafe_login() -> None:
    """End this process with one line when its database login is unsafe; a server that is away is not a reason.

    :raises UnsafeLoginError: after the line is written.
    """
    connection = connections["default"]
    try:
        found = _check("default")
    except DatabaseError:
        return  # /health says so, and the login is asked again at the next start
    finally:
        # What forks after this must not share a connection.
        connection.close()
        if isinstance(connection, DatabaseWrapper):
            connection.close_pool()
    if found:
        print(_line(found), file=sys.stderr, flush=True)  # noqa: T201 - logging may not be set up this early
        raise UnsafeLoginError(EXIT_STATUS)


def _line(found: Iterable[Error]) -> str:
    return " ".join(f"{error.id}: {error.msg} {error.hint}" for error in found)


def _check(alias: str) -> list[Error]:
    connection = connections[alias]
    return objections(read_facts(connection, roles=settings.DB_ROLES), alias=alias)


def read_facts(connection: BaseDatabaseWrapper, *, roles: Roles) -> LoginFacts:
    """Ask the server about the login of `connection`."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT current_user, current_setting('server_version_num')::int, me.rolsuper, me.rolbypassrls,
                   coalesce(pg_has_role(current_user, platform.oid, 'USAGE'), false),
                   coalesce(pg_has_role(current_user, platform.oid, 'MEMBER'), false)
            FROM pg_roles me LEFT JOIN pg_roles platform ON platform.rolname = %s
            WHERE me.rolname = current_user
            """,
            [roles.platform],
        )
        login, version, superuser, bypasses, inherits, member = cursor.fetchone()
    return LoginFacts(login, version, superuser, bypasses, roles.platform, inherits, member)

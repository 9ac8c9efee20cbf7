"""Which roles and database an external PostgreSQL server needs, made once by somebody who may."""

import secrets
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from imes.database.checks import OLDEST_SERVER
from imes.database.roles import LoginPasswords, Roles, bootstrap, existing


class Command(BaseCommand):
    """Makes what is missing, mends what differs, and prints the two URLs to set."""

    help = (
        "Make the portal's roles and database on a PostgreSQL server (15 or newer): PREFIX_owner (for migrations), "
        "PREFIX_app (the portal's login, under row-level security) and PREFIX_platform (no login). May be run again: "
        "it mends what differs and leaves existing passwords alone. Prints DATABASE_URL and DATABASE_OWNER_URL with "
        "generated passwords, once: they are kept nowhere. Exit status 1 when the server cannot be reached or refuses."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--superuser-url",
            required=True,
            metavar="URL",
            help="postgresql://LOGIN:PASSWORD@HOST:PORT/postgres, a superuser or a login with CREATEROLE and CREATEDB",
        )
        parser.add_argument("--database", help="name of the database (default: the role prefix)")
        parser.add_argument(
            "--new-passwords", action="store_true", help="give existing logins new passwords, and print those"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        roles: Roles = settings.DB_ROLES
        database = options["database"] or roles.prefix
        try:
            with psycopg.connect(options["superuser_url"], autocommit=True, connect_timeout=10) as connection:
                if connection.info.server_version < OLDEST_SERVER:
                    raise CommandError("The server is older than PostgreSQL 15.")
                kept = set() if options["new_passwords"] else existing(connection, roles=roles)
                passwords = LoginPasswords(owner=_new(roles.owner, kept), app=_new(roles.app, kept))
                bootstrap(connection, roles=roles, passwords=passwords, database=database)
        except psycopg.Error as error:
            raise CommandError(f"The server refused: {' '.join(str(error).split())}") from None
        for variable, login, password in (
            ("DATABASE_URL", roles.app, passwords.app),
            ("DATABASE_OWNER_URL", roles.owner, passwords.owner),
        ):
            if password is None:
                self.stderr.write(f"{login} was there already: its password is unchanged (--new-passwords sets one).")
                continue
            self.stdout.write(f"{variable}={_url(options['superuser_url'], login, password, database)}")
        if roles.prefix != "imes":
            self.stdout.write(f"IMES_DB_ROLE_PREFIX={roles.prefix}")


def _new(login: str, kept: set[str]) -> str | None:
    return None if login in kept else secrets.token_urlsafe(24)


def _url(template: str, login: str, password: str, database: str) -> str:
    """Return the superuser's URL with another login and database; host, port and TLS settings stay."""
    parts = urlsplit(template)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(("postgresql", f"{quote(login)}:{quote(password)}@{place}", f"/{database}", parts.query, ""))

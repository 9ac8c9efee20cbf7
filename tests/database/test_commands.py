"""What an operator sees: the bootstrap of an external server, migrations as the owner, and one line where it fails."""

import secrets
from pathlib import Path

import psycopg

from imes.database.roles import Roles
from tests.database.conftest import Place, manage
from tests.plugins import databases


def admin_url() -> str:
    address = psycopg.conninfo.conninfo_to_dict(databases.joined().admin)
    place = f"host={address.get('host', '127.0.0.1')}&port={address.get('port', 5432)}"
    return f"postgresql://{address['user']}:{address.get('password', '')}@/postgres?{place}"


def test_bootstrap_prints_two_logins_that_work_and_prints_them_once() -> None:
    run = databases.joined()
    roles = Roles(f"{run.prefix}_y{secrets.token_hex(2)}")
    command = ("bootstrap_database", "--superuser-url", admin_url())
    first = manage(*command, IMES_DB_ROLE_PREFIX=roles.prefix)
    assert first.returncode == 0, first.stderr
    printed = dict(line.split("=", 1) for line in first.stdout.splitlines())
    assert printed.keys() == {"DATABASE_URL", "DATABASE_OWNER_URL", "IMES_DB_ROLE_PREFIX"}
    for variable, login in (("DATABASE_URL", roles.app), ("DATABASE_OWNER_URL", roles.owner)):
        with psycopg.connect(printed[variable]) as connection:
            assert connection.execute("SELECT current_user, current_database()").fetchone() == (login, roles.prefix)
    assert manage("check", "--database", "default", **printed).returncode == 0

    second = manage(*command, IMES_DB_ROLE_PREFIX=roles.prefix)
    assert second.returncode == 0
    assert "DATABASE_URL" not in second.stdout
    assert "its password is unchanged" in second.stderr
    psycopg.connect(printed["DATABASE_URL"]).close()


def test_an_unreachable_server_is_one_line_without_the_password() -> None:
    answer = manage("bootstrap_database", "--superuser-url", "postgresql://root:secret-word@127.0.0.1:1/postgres")
    assert answer.returncode == 1
    assert answer.stderr.startswith("CommandError: The server refused: ")
    assert answer.stderr.count("\n") == 1
    assert "secret-word" not in answer.stderr


def test_migrate_without_the_owners_login_says_so(place: Place) -> None:
    answer = manage("migrate", DATABASE_OWNER_URL=None)
    assert answer.returncode == 1
    assert answer.stderr == (
        "CommandError: DATABASE_OWNER_URL must be set to the login that owns the tables "
        "(see bootstrap_database --help).\n"
    )


def test_migrate_runs_as_the_owner_by_default() -> None:
    answer = manage("migrate", "--help")
    assert answer.returncode == 0
    run = databases.joined()
    with run.administer() as admin:
        database = f"{run.prefix}_migrated"
        admin.execute(f"DROP DATABASE IF EXISTS {database}")
        admin.execute(f"CREATE DATABASE {database} OWNER {run.roles.owner} TEMPLATE {run.prefix}")
    owner, app = (run.url(login=login, database=database) for login in ("owner", "app"))
    answer = manage("migrate", "contenttypes", "--verbosity=0", DATABASE_URL=app, DATABASE_OWNER_URL=owner)
    assert answer.returncode == 0, answer.stderr
    with psycopg.connect(owner) as connection:
        tables = connection.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert tables == [(run.roles.owner,)]
    answer = manage("migrate", "--database=default", "auth", DATABASE_URL=app, DATABASE_OWNER_URL=owner)
    assert answer.returncode == 1
    assert "permission denied" in answer.stderr


NO_URLS: dict[str, str | None] = {"DATABASE_URL": None, "DATABASE_OWNER_URL": None, "IMES_DB_ROLE_PREFIX": None}


def test_a_command_that_needs_no_database_starts_none_and_one_that_does_stops_it_again(folder: Path) -> None:
    environment = {**NO_URLS, "IMES_VAR_DIR": str(folder)}
    assert manage("check", **environment).returncode == 0
    assert not (folder / "postgres").exists()
    answer = manage("check", "--database", "default", **environment)
    assert answer.returncode == 0, answer.stderr
    assert (folder / "postgres" / "data").exists()
    assert not (folder / "postgres" / "data" / "postmaster.pid").exists()


def test_with_database_url_set_nothing_is_started(folder: Path) -> None:
    answer = manage("check", "--database", "default", IMES_VAR_DIR=str(folder))
    assert answer.returncode == 0, answer.stderr
    assert not (folder / "postgres").exists()


def test_another_kind_of_database_is_refused_in_one_line() -> None:
    answer = manage("check", DATABASE_URL="mysql://root:secret-word@localhost/imes")
    assert answer.returncode == 1
    assert answer.stderr.startswith("DATABASE_URL must begin with postgresql://")
    assert "secret-word" not in answer.stderr

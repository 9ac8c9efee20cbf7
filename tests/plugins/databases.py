"""The databases of one test run: a template migrated once, and a clone of it for every process that runs tests.

The run's server is a throw-away one of our own, or, with IMES_TEST_SERVER=named, the one that IMES_TEST_DATABASE_URL
names; there everything carries a random prefix and is dropped at the end.
"""

import fcntl
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from imes.database.roles import LoginPasswords, Roles, bootstrap
from imes.embedded.holding import Hold, claim
from imes.embedded.places import PORT
from imes.embedded.server import THROWAWAY, Server
from tests.plugins.emptying import Emptied

RUN = "IMES_TEST_RUN"
_FOLDERS = "imes-test-"
#: How connections are called that may stay from one test to the next while they do nothing: those of a process that
#: serves several tests, whose pool would take seconds to open new ones.
SPARED = "serves several tests"


@dataclass(frozen=True, slots=True)
class Run:
    """What every process of one test run must know; travels in the environment."""

    folder: str
    admin: str
    prefix: str
    owner_password: str
    app_password: str

    @property
    def roles(self) -> Roles:
        return Roles(self.prefix)

    @property
    def template(self) -> str:
        return f"{self.prefix}_template"

    def url(self, *, login: str, database: str) -> str:
        """Return a URL for `login` ("owner" or "app") on `database`."""
        password = self.owner_password if login == "owner" else self.app_password
        place = conninfo_to_dict(self.admin)
        host, port = quote(str(place.get("host", "127.0.0.1")), safe="/"), place.get("port", PORT)
        return f"postgresql://{getattr(self.roles, login)}:{password}@/{database}?host={host}&port={port}"

    def use(self, database: str) -> None:
        """Have this process, and those it starts, use `database`."""
        os.environ["DATABASE_URL"] = self.url(login="app", database=database)
        os.environ["DATABASE_OWNER_URL"] = self.url(login="owner", database=database)
        os.environ["IMES_DB_ROLE_PREFIX"] = self.prefix

    def administer(self) -> psycopg.Connection[Any]:
        """Connect as the one who may make and drop databases."""
        return psycopg.connect(self.admin, autocommit=True)

    def make_template(self, migrate: Any) -> None:
        """Have the template database there: the first process makes it with `migrate(name)`, the others wait."""
        draft = f"{self.template}_draft"
        with (Path(self.folder) / "template.lock").open("a") as lock, self.administer() as admin:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.template]).fetchone():
                return
            _execute(admin, "DROP DATABASE IF EXISTS {} WITH (FORCE)", draft)
            _execute(admin, "CREATE DATABASE {} OWNER {} TEMPLATE {}", draft, self.roles.owner, self.prefix)
            migrate(draft)
            _execute(admin, "ALTER DATABASE {} RENAME TO {}", draft, self.template)

    def clone(self, database: str) -> None:
        """Make `database` anew from the template, ending whatever connections the old one has."""
        with self.administer() as admin:
            _execute(admin, "DROP DATABASE IF EXISTS {} WITH (FORCE)", database)
            _execute(admin, "CREATE DATABASE {} OWNER {} TEMPLATE {}", database, self.roles.owner, self.template)
        with psycopg.connect(self.admin, autocommit=True, dbname=database) as admin:
            _fresh[database] = Emptied.of(admin)

    def bring_back(self, database: str) -> None:
        """Have `database` as it came from the template, by emptying what got rows where that is enough."""
        with psycopg.connect(self.admin, autocommit=True, dbname=database) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND NOT (starts_with(application_name, %s) AND state = 'idle')",
                [SPARED],
            )
            fresh = _fresh.get(database)
            if fresh is not None and fresh.restore(admin):
                return
        self.clone(database)

    def drop_everything(self) -> None:
        """Drop every database and role that carries this run's prefix."""
        with self.administer() as admin:
            pattern = self.prefix.replace("_", r"\_") + "%"
            for (name,) in admin.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [pattern]).fetchall():
                _execute(admin, "DROP DATABASE {} WITH (FORCE)", name)
            for (name,) in admin.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE %s", [pattern]).fetchall():
                _execute(admin, "DROP ROLE {}", name)


#: What this process's databases held when they were cloned.
_fresh: dict[str, Emptied] = {}


@contextmanager
def started() -> Iterator[Run]:
    """Start the run's server, make its roles, name it in the environment, and leave nothing behind."""
    folder = Path(tempfile.mkdtemp(prefix=_FOLDERS, dir="/tmp"))  # short: socket paths end at 107 bytes
    # An unprivileged account, which root's server runs as, must get through; what matters inside is closed.
    folder.chmod(0o711)
    prefix = f"imes_t{secrets.token_hex(3)}"
    own = os.environ.get("IMES_TEST_SERVER") != "named"
    held = _start_own(folder) if own else None
    admin = _own_address(held.server) if held else os.environ["IMES_TEST_DATABASE_URL"]
    run = Run(str(folder), admin, prefix, secrets.token_urlsafe(12), secrets.token_urlsafe(12))
    try:
        with run.administer() as connection:
            passwords = LoginPasswords(owner=run.owner_password, app=run.app_password)
            bootstrap(connection, roles=run.roles, passwords=passwords, database=prefix)
            # To end the application's connections, one must be a member of its role.
            _execute(connection, "GRANT {} TO CURRENT_USER", run.roles.app)
        os.environ[RUN] = json.dumps(asdict(run))
        os.environ["IMES_VAR_DIR"] = str(folder / "var")
        run.use(prefix)
        yield run
    finally:
        if held is None:
            run.drop_everything()
        else:
            held.release()
        shutil.rmtree(folder, ignore_errors=True)


def joined() -> Run:
    """Return the run that this process is a part of, as its environment says."""
    return Run(**json.loads(os.environ[RUN]))


def _start_own(folder: Path) -> Hold:
    _sweep()
    server = Server(folder / "pg", settings=THROWAWAY)
    server.home.mkdir(mode=0o700)
    held = claim(server)
    server.start()
    return held


def _own_address(server: Server) -> str:
    return make_conninfo(
        host=str(server.places.socket_folder),
        port=PORT,
        user="postgres",
        password=server.passwords.superuser,
        dbname="postgres",
    )


def _sweep() -> None:
    """Remove what earlier runs left when they were killed; a run that lives holds its lock."""
    for folder in Path("/tmp").glob(f"{_FOLDERS}*"):  # noqa: S108 - each is checked for its owner
        lock = folder / "pg" / "users.lock"
        with suppress(OSError):
            if folder.stat().st_uid == os.geteuid() and lock.exists():
                with lock.open("a") as file:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    Server(folder / "pg").stop()
                    shutil.rmtree(folder, ignore_errors=True)


def _execute(connection: psycopg.Connection[Any], statement: str, *names: str) -> None:
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

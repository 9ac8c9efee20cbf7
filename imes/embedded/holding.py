"""Who needs the embedded server right now: it starts with the first process that does and stops with the last.

Every process that uses it holds a shared lock for its lifetime; whoever leaves and gets the lock alone was the last.
The kernel drops the locks of killed processes, so nobody is waited for in vain.
"""

import atexit
import fcntl
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psycopg

from imes.database.roles import LoginPasswords, Roles, bootstrap
from imes.embedded.errors import EmbeddedPostgresError
from imes.embedded.folders import make_home
from imes.embedded.passwords import Passwords
from imes.embedded.places import PORT
from imes.embedded.server import Server, only_one

# Raised when the roles or their grants change, so that older data folders get them at their next start.
BOOTSTRAP_EDITION = 1


@dataclass(frozen=True, slots=True)
class Address:
    """How to reach a running embedded server, and with which passwords."""

    host: str
    port: int
    passwords: Passwords = field(repr=False)


@dataclass(slots=True)
class Hold:
    """This process's claim on one server."""

    server: Server
    file: IO[str]
    process: int

    def release(self) -> bool:
        """Give the claim up, stop the server when nobody else has one, and say whether it was stopped."""
        if self.file.closed or self.process != os.getpid():
            return False
        with self.file, suppress(BlockingIOError):
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return self.server.stop()
        return False


_holds: dict[Path, Hold] = {}


def hold(home: Path, *, roles: Roles) -> Address:
    """Return the address of the server in `home`, running and with its roles made, and keep it so until we exit.

    :raises EmbeddedPostgresError: when it cannot run here.
    """
    server = Server(home)
    held = _holds.get(home)
    if held is None or held.process != os.getpid() or held.file.closed:
        make_home(home)
        _holds[home] = claim(server)
        atexit.register(_leave, home)
    if not server.answers:
        server.start()
    places, passwords = server.places, server.passwords
    address = Address(str(places.socket_folder), PORT, passwords)
    wanted = f"{BOOTSTRAP_EDITION} {roles.prefix}\n"
    marker = places.home / "bootstrapped"
    if not (marker.exists() and marker.read_text() == wanted):
        with only_one(places.home / "start.lock"), connect(address) as connection:
            logins = LoginPasswords(owner=passwords.owner, app=passwords.app)
            bootstrap(connection, roles=roles, passwords=logins, database=roles.prefix)
            marker.write_text(wanted)
    return address


def release(home: Path) -> bool:
    """Give up this process's hold on the server in `home` now, and say whether that stopped it."""
    held = _holds.pop(home, None)
    return held is not None and held.release()


def claim(server: Server) -> Hold:
    """Take a claim on `server`, waiting for one that is just being stopped; its home must exist."""
    path = server.home / "users.lock"
    file = path.open("a")
    if os.geteuid() == 0:
        os.chown(path, server.home.stat().st_uid, -1)
    fcntl.flock(file, fcntl.LOCK_SH)
    return Hold(server, file, os.getpid())


def connect(address: Address) -> psycopg.Connection[tuple[object, ...]]:
    """Connect as the superuser, for what only that one may do; the server must prove that it knows the password."""
    return psycopg.connect(
        host=address.host,
        port=address.port,
        user="postgres",
        password=address.passwords.superuser,
        dbname="postgres",
        autocommit=True,
        require_auth="scram-sha-256",
    )


def _leave(home: Path) -> None:
    with suppress(EmbeddedPostgresError, OSError):
        release(home)

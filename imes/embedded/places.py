"""Which file of the embedded server lies where; computed from the home folder alone, so that every process agrees."""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

PORT = 5432
# A socket's path has 107 bytes (man 7 unix); some are left for the lock file's suffix.
LONGEST_SOCKET = 100
# A comma or a quote has a meaning in libpq's host and in unix_socket_directories.
PLAIN_PATH = re.compile(r"[\w./-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Places:
    """The folders and files of one embedded server."""

    home: Path
    """Ours: locks, passwords and pointers; `var/postgres`."""
    root: Path
    """Holds what the server itself uses; the same as `home` unless the server's account cannot get there."""

    @classmethod
    def of(cls, home: Path) -> "Places":
        """Return the places of the server whose home is `home`."""
        home = Path(os.path.realpath(home))
        pointer = home / "elsewhere"
        return cls(home, Path(pointer.read_text().strip()) if pointer.exists() else home)

    @property
    def data(self) -> Path:
        """The data folder, PGDATA."""
        return self.root / "data"

    @property
    def run(self) -> Path:
        """A folder the server's account may write to: its log, and its socket when the path is short enough."""
        return self.root / "run"

    @property
    def log(self) -> Path:
        """What the server said at start, and its warnings since."""
        return self.run / "server.log"

    @property
    def guard(self) -> Path:
        """The folder that keeps other accounts away from the socket folder inside it."""
        if len(os.fsencode(_socket(self.run))) <= LONGEST_SOCKET and PLAIN_PATH.fullmatch(str(self.run)):
            return self.root
        name = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]
        return Path("/tmp") / f"imes-postgres-{name}"  # noqa: S108 - checked for its owner before it is used

    @property
    def socket_folder(self) -> Path:
        """The folder to connect to, for libpq's `host`."""
        return self.guard / "run"

    @property
    def socket(self) -> Path:
        """The socket itself."""
        return _socket(self.socket_folder)

    @property
    def socket_note(self) -> Path:
        """PostgreSQL's own note of who made the socket."""
        return self.socket.with_name(f"{self.socket.name}.lock")

    @property
    def pid_file(self) -> Path:
        """PostgreSQL's own note of who runs on the data folder."""
        return self.data / "postmaster.pid"


def _socket(folder: Path) -> Path:
    return folder / f".s.PGSQL.{PORT}"

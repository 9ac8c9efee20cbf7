"""Start and stop one embedded PostgreSQL, whatever an earlier run left behind; who needs it is `holding`'s question."""

import fcntl
import os
import shutil
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote

from imes.embedded.account import Account
from imes.embedded.binaries import Binaries, find_binaries
from imes.embedded.errors import EmbeddedPostgresError
from imes.embedded.folders import make_home, settle
from imes.embedded.passwords import Passwords, read_or_make
from imes.embedded.pidfile import answering, clear_stale_note, postmaster, workers_in
from imes.embedded.places import PORT, Places

# Errors are logged without the statement and its values: they hold messages and numbers.
SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "log_checkpoints": "off",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_timezone": "UTC",
    "timezone": "UTC",
}
# For a server whose data need not outlive the power: three times as fast, and lost with the first crash.
THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
LARGEST_LOG = 5_000_000
START_SECONDS = 60
STOP_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Server:
    """One embedded server, named by its home folder; `settings` are added to ours at start."""

    home: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def places(self) -> Places:
        """Where its files are."""
        return Places.of(self.home)

    @property
    def passwords(self) -> Passwords:
        """The passwords of its logins, made at its first start."""
        return read_or_make(self.home / "passwords.json", may_make=False)

    @property
    def answers(self) -> bool:
        """Whether it runs and takes connections."""
        return answering(self.places)

    def start(self) -> bool:
        """Start it unless it runs, and say whether this call did; several may call at once.

        :raises EmbeddedPostgresError: when it cannot run here.
        """
        places = make_home(self.home)
        if answering(places):
            return False
        with only_one(places.home / "start.lock"):
            if answering(places):
                return False
            self._start(places)
        return True

    def _start(self, places: Places) -> None:
        binaries = find_binaries()
        _refuse_other_major(places, binaries)
        places, binaries, account = settle(places, binaries)
        passwords = read_or_make(places.home / "passwords.json", may_make=not places.data.exists())
        if os.geteuid() == 0:
            os.chown(places.home / "passwords.json", places.home.stat().st_uid, -1)
        if not places.data.exists():
            _make_cluster(places, binaries, account, passwords, durable=self.settings.get("fsync") != "off")
        clear_stale_note(places)
        if answering(places):
            return
        if places.log.exists() and places.log.stat().st_size > LARGEST_LOG:
            places.log.replace(places.log.with_suffix(".log.1"))
        settings = {**SETTINGS, "unix_socket_directories": str(places.socket_folder), **self.settings}
        options = " ".join(f"-c {name}={quote(value)}" for name, value in settings.items())
        command = [binaries.program("pg_ctl"), "start", "-D", str(places.data), "-l", str(places.log)]
        _run(account, [*command, "-w", "-t", str(START_SECONDS), "-s", "-o", options], places)

    def stop(self) -> bool:
        """Stop it if it runs, ending its connections, and say whether it ran.

        :raises EmbeddedPostgresError: when it does not go.
        """
        places = self.places
        number = postmaster(places)
        if number is None:
            return False
        # SIGINT is "fast", SIGQUIT is "immediate" (recovery at the next start): postgres(1).
        for sign in (signal.SIGINT, signal.SIGQUIT):
            os.kill(number, sign)
            deadline = time.monotonic() + STOP_SECONDS
            while time.monotonic() < deadline:
                if not workers_in(places.data):
                    return True
                time.sleep(0.02)
        raise EmbeddedPostgresError(f"PostgreSQL (process {number}) does not stop; see {places.log}.")

    def remove(self) -> None:
        """Delete the server's data for good; it must not be running.

        :raises EmbeddedPostgresError: when it runs.
        """
        places = self.places
        if workers_in(places.data):
            raise EmbeddedPostgresError(f"A PostgreSQL still runs on {places.data}: stop it first.")
        for folder in {places.home, places.root, places.guard}:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Let one process at a time through, for as long as the block lasts."""
    with path.open("a") as lock:
        if os.geteuid() == 0:
            os.chown(path, path.parent.stat().st_uid, -1)
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _refuse_other_major(places: Places, binaries: Binaries) -> None:
    try:
        theirs = int((places.data / "PG_VERSION").read_text().strip())
    except FileNotFoundError:
        return
    if theirs != binaries.major:
        raise EmbeddedPostgresError(
            f"The data in {places.data} is PostgreSQL {theirs}'s and the programs in {binaries.folder} are "
            f"{binaries.major}'s: set IMES_PG_BIN to a folder with version {theirs}, or remove the data "
            "(make distclean) to start empty."
        )


def _make_cluster(places: Places, binaries: Binaries, account: Account, passwords: Passwords, *, durable: bool) -> None:
    """Make an empty cluster beside its place and move it there when it is whole."""
    draft = places.root / "data.new"
    shutil.rmtree(draft, ignore_errors=True)
    account.make_folder(draft)
    key = places.run / "superuser"
    key.unlink(missing_ok=True)
    with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        if os.geteuid() == 0:
            os.fchown(file.fileno(), account.uid, account.gid)
        file.write(passwords.superuser)
    # The builtin provider sorts alike on every machine; before 17 the C library's C.UTF-8 does.
    builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    locale = builtin if binaries.major >= 17 else ["--locale=C.UTF-8"]  # noqa: PLR2004
    sync = [] if durable else ["--no-sync"]
    command = [binaries.program("initdb"), "-D", str(draft), "--username=postgres", f"--pwfile={key}"]
    try:
        _run(account, [*command, "--auth=scram-sha-256", "--encoding=UTF8", *locale, *sync], places)
    finally:
        key.unlink(missing_ok=True)
    draft.rename(places.data)


def _run(account: Account, command: list[str], places: Places) -> None:
    # Its answer goes to a file: a server keeps a pipe open for as long as it runs. The file is in our own folder, since
    # in one that another account may write to, root could be led elsewhere by a link.
    answer = places.home / "command.log"
    with answer.open("w+") as output:
        code = account.run(command, stdout=output, stderr=output).returncode
        output.seek(0)
        said = output.read()
    if code != 0:
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        if places.log.exists():
            lines += [line for line in places.log.read_text(errors="replace").splitlines()[-5:] if "FATAL" in line]
        reason = lines[-1] if lines else f"exit status {code}"
        raise EmbeddedPostgresError(f"PostgreSQL could not be started: {reason} (see {places.log})")

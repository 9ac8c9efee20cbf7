"""A whole portal of its own for a measurement: its own folder, database, ports and provider, gone when it is over."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import requests
from django.conf import settings

from imes.embedded.holding import claim
from imes.embedded.places import PORT
from imes.embedded.server import Server
from notifications.management.measuring import victims

#: The demo's provider account (seed_demo), with which the loopback provider signs its receipts.
SECRET = "5eed0000c0ffee005eed0000c0ffee00"  # noqa: S105  a published development value
_PATIENCE = 120.0


class NotMeasured(Exception):
    """The portal or the provider of the measurement did not come up, or stopped; the text says which and why."""


@dataclass(frozen=True, slots=True)
class Portal:
    """A portal that serves, its provider, and a door to its database that passes no policy by but the superuser's."""

    url: str
    provider: str
    environment: dict[str, str]
    database: psycopg.Connection[Any]
    log: Path
    processes: victims.Portal

    def run(self, *command: str) -> str:
        """Run Python beside the portal and return what it printed; its progress is shown."""
        return run_beside(self.environment, *command)

    def statements(self) -> int:
        """How many statements the portal has had executed, without those by which PostgreSQL checks foreign keys."""
        row = self.database.execute(
            "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid"
            " WHERE r.rolname LIKE 'imes%' AND query NOT LIKE 'SELECT % FROM ONLY %'"
        ).fetchone()
        return int(row[0]) if row else 0

    def settle(self) -> None:
        """Have the planner know the tables, as on a database that is in use, and count statements from here on."""
        self.database.execute("VACUUM ANALYZE")
        self.database.execute("SELECT pg_stat_statements_reset()")

    def commonest(self, most: int) -> list[tuple[int, float, str]]:
        """The statements that were executed most: how often, milliseconds in all, and how each begins."""
        rows = self.database.execute(
            "SELECT calls, total_exec_time, left(regexp_replace(query, '\\s+', ' ', 'g'), 150)"
            " FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid WHERE r.rolname LIKE 'imes%%'"
            " ORDER BY calls DESC LIMIT %s",
            [most],
        ).fetchall()
        return [(int(calls), float(spent), str(text)) for calls, spent, text in rows]

    def ask(self, path: str) -> dict[str, Any]:
        """What the provider shows."""
        found: dict[str, Any] = requests.get(f"{self.provider}{path}", timeout=30).json()
        return found

    def tell(self, path: str) -> None:
        requests.post(f"{self.provider}{path}", timeout=30)


@contextmanager
def portal(
    *, broker: str, workers: int, latency: float, receipts: str, hold: bool, say: Callable[[str], None]
) -> Iterator[Portal]:
    """Start provider, database and portal, and remove all of it in the end."""
    folder = Path(tempfile.mkdtemp(prefix="imes-bench-", dir="/tmp"))  # short: socket paths end at 107 bytes
    folder.chmod(0o711)
    port, sandbox_port, provider_port = (free_port() for _ in range(3))
    provider = f"http://127.0.0.1:{provider_port}"
    environment = environment_of(folder, port=port, sandbox_port=sandbox_port, broker=broker, provider=provider)
    environment["IMES_WORKER_PROCESSES"] = str(workers)
    # A storm is measured here by what arrives at few phones.
    environment["RECIPIENT_TEXTS_A_MINUTE"] = "0"
    with ExitStack() as ending:
        ending.callback(shutil.rmtree, folder, ignore_errors=True)
        options = ["--latency", str(latency), "--receipts", receipts, "--token", SECRET]
        command = ["-m", "notifications.sandbox.loopback", "--port", str(provider_port), *options]
        started(ending, [*command, *(["--hold-receipts"] if hold else [])], environment, folder / "provider.log")
        server = Server(folder / "postgres", settings={"shared_preload_libraries": "pg_stat_statements"})
        server.home.mkdir(mode=0o700)
        held = claim(server)
        ending.callback(held.release)
        server.start()
        say("Starting a portal of its own (database, migrations, web, worker, beat) ...")
        log = folder / "serve.log"
        process = started(ending, ["manage.py", "serve"], environment, log)
        await_serving(lambda: "Serving after" in log.read_text(), process, log)
        door = ending.enter_context(
            psycopg.connect(
                host=str(server.places.socket_folder), port=PORT, user="postgres",
                password=server.passwords.superuser, dbname="imes", autocommit=True,
            )
        )  # fmt: skip
        door.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        processes = victims.Portal(process.pid, server)
        yield Portal(f"http://127.0.0.1:{port}", provider, environment, door, folder / "log", processes)


def run_beside(environment: dict[str, str], *command: str) -> str:
    """Run Python with a portal's environment and return what it printed.

    It wakes no worker: thousands of wake-ups for what it writes would be worked off while something is measured.

    :raises NotMeasured: when it fails.
    """
    done = subprocess.run(
        [sys.executable, *command],
        env={**environment, "CELERY_BROKER_URL": "memory://localhost//"},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        cwd=settings.BASE_DIR,
    )
    if done.returncode != 0:
        raise NotMeasured(f"{' '.join(command[:3])} ended with {done.returncode}")
    return done.stdout


def environment_of(folder: Path, *, port: int, sandbox_port: int, broker: str, provider: str) -> dict[str, str]:
    """What every process of a portal in `folder` is told; nothing of the portal that measures."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("DATABASE", "IMES_", "PUBLIC_URL"))
    }
    return kept | {
        "DJANGO_SETTINGS_MODULE": "imes.settings",
        "DEBUG": "on",
        "IMES_VAR_DIR": str(folder),
        "PORT": str(port),
        "SANDBOX_PORT": str(sandbox_port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "TWILIO_BASE_URL": provider,
        "CELERY_BROKER_URL": broker,
    }


def started(ending: ExitStack, command: list[str], environment: dict[str, str], log: Path) -> "subprocess.Popen[bytes]":
    """Start a program of ours, which is asked to end with the stack."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, *command], env=environment, stdout=out, stderr=out, cwd=settings.BASE_DIR
        )
    ending.callback(_end, process)
    return process


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def await_serving(ready: Callable[[], bool], process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Wait until it serves.

    :raises NotMeasured: when it ends, or does not in time.
    """
    deadline = time.monotonic() + _PATIENCE
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise NotMeasured(f"The portal did not start: {log.read_text()[-800:]}")
        time.sleep(0.1)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

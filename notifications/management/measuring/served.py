"""A portal that is served as `make run` does it, sandbox included: folder, ports and database are its own."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import requests

from imes.embedded.places import PORT
from imes.embedded.server import Server
from notifications.management.measuring import victims
from notifications.management.measuring.portal import await_serving, environment_of, free_port, run_beside, started

#: So long takes the sandbox to answer, so that there are moments at which a request is under way.
_LATENCY_MS = "100"
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Served:
    """A portal that serves, and what may be asked of it from outside."""

    url: str
    provider: str
    environment: dict[str, str]
    process: "subprocess.Popen[bytes]"
    server: Server
    log: Path

    @property
    def victims(self) -> victims.Portal:
        return victims.Portal(self.process.pid, self.server)

    def run(self, *command: str) -> str:
        """Run Python beside the portal and return what it printed."""
        return run_beside(self.environment, *command)

    def rows(self, statement: str) -> list[tuple[Any, ...]] | None:
        """What its database answers, past every policy; None while it does not answer."""
        try:
            with psycopg.connect(
                host=str(self.server.places.socket_folder), port=PORT, user="postgres",
                password=self.server.passwords.superuser, dbname="imes", autocommit=True, connect_timeout=5,
            ) as door:  # fmt: skip
                return door.execute(statement).fetchall()
        except psycopg.OperationalError:
            return None

    def messages(self) -> list[dict[str, Any]]:
        """What the sandbox took, oldest first."""
        found = requests.get(f"{self.provider}/sandbox/messages", timeout=60).json()
        return [text for text in found if text["direction"] == "outbound-api"]


@contextmanager
def served(*, broker: str, say: Say, folder: Path | None = None) -> Iterator[Served]:
    """Serve one and take all of it away in the end; `folder` is one in which a portal was served before."""
    folder = folder or Path(tempfile.mkdtemp(prefix="imes-bench-", dir="/tmp"))  # short: socket paths end at 107 bytes
    folder.chmod(0o711)
    port, sandbox_port = free_port(), free_port()
    provider = f"http://127.0.0.1:{sandbox_port}"
    environment = environment_of(folder, port=port, sandbox_port=sandbox_port, broker=broker, provider=provider)
    environment["SANDBOX_LATENCY_MS"] = _LATENCY_MS
    server = Server(folder / "postgres")
    with ExitStack() as ending:
        ending.callback(shutil.rmtree, folder, ignore_errors=True)
        say("Starting a portal of its own (database, migrations, web, worker, beat, sandbox) ...")
        log = folder / "serve.log"
        process = started(ending, ["manage.py", "serve"], environment, log)
        await_serving(lambda: "Serving after" in log.read_text(), process, log)
        yield Served(f"http://127.0.0.1:{port}", provider, environment, process, server, folder / "log")

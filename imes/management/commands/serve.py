"""`make run`: the whole portal on this machine, until Ctrl-C."""

import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from imes.embedded.errors import EmbeddedPostgresError
from imes.embedded.server import Server
from imes.serve.banner import banner, demo_logins
from imes.serve.child import Child
from imes.serve.only_here import AlreadyServingError, claim_checkout
from imes.serve.ports import HOST, PortUnusableError, port_of, refuse_taken
from imes.serve.prepare import bring_up_to_date, embedded_server, seed, start_database
from imes.serve.programs import programs
from imes.serve.supervisor import Signals, StopRequestedError, Supervisor

# How often the embedded server is looked after, in seconds.
LOOK_SECONDS = 1.0
CANNOT_START = 2


class Command(BaseCommand):
    """Starts database, web, worker, beat and, in development, the sandbox; stops what it started."""

    help = (
        "Run the whole portal on this machine: PostgreSQL (unless DATABASE_URL is set), web, worker, beat and, with "
        "DEBUG, the sandbox. PORT (default 8000) and SANDBOX_PORT (default 8025) choose the ports. Ctrl-C, SIGTERM and "
        "SIGHUP stop everything it started. Exit status: 0 after being stopped, 1 when a process does not start, "
        "2 when a port is taken or the portal already runs in this checkout."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-seed", action="store_true", help="do not make the demo tenants")

    def handle(self, *_: Any, **options: Any) -> None:
        began = _process_started() or time.monotonic()
        signals = Signals()
        try:
            port = port_of("PORT", environment=os.environ)
            sandbox_port = port_of("SANDBOX_PORT", environment=os.environ) if settings.DEBUG else None
            claim = claim_checkout(settings.VAR_DIR, port=port)
            refuse_taken(port, variable="PORT")
            if sandbox_port is not None:
                refuse_taken(sandbox_port, variable="SANDBOX_PORT", given_away=port)
        except (PortUnusableError, AlreadyServingError) as error:
            self.stderr.write(str(error))
            sys.exit(CANNOT_START)
        with claim, signals.caught():
            try:
                start_database(say=self.say)
                bring_up_to_date(say=self.say)
                if settings.DEBUG and not options["no_seed"]:
                    seed(say=self.say)
                signals.raising = False
            except StopRequestedError:
                return
            log_folder = settings.VAR_DIR / "log"
            chosen = programs(
                port=port,
                sandbox_port=sandbox_port,
                var=settings.VAR_DIR,
                mail=Path(settings.EMAIL_FILE_PATH),
                worker_processes=settings.WORKER_PROCESSES,
            )
            self.say(f"Starting {', '.join(program.name for program in chosen)} ...")
            supervisor = Supervisor(
                [Child(program, folder=log_folder) for program in chosen],
                signals=signals,
                say=self.say,
                tick=DatabaseWatch(embedded_server(), say=self.say),
            )

            def ready() -> None:
                self.say(
                    banner(
                        url=f"http://{HOST}:{port}",
                        sandbox_url=f"http://{HOST}:{sandbox_port}" if sandbox_port else None,
                        logins=demo_logins() if settings.DEBUG else [],
                        seconds=time.monotonic() - began,
                        log_folder=str(log_folder),
                    )
                )

            status = supervisor.run(ready=ready)
        if status:
            sys.exit(status)

    def say(self, line: str) -> None:
        """Tell the terminal; a terminal that is gone must not keep us from stopping in order."""
        with suppress(OSError, ValueError):
            self.stdout.write(line)
            self.stdout.flush()


class DatabaseWatch:
    """Starts the embedded server again when it was killed under us."""

    def __init__(self, server: Server | None, *, say: Any) -> None:
        self.server = server
        self.say = say
        self._next = 0.0
        self._told = ""

    def __call__(self) -> None:
        now = time.monotonic()
        if self.server is None or now < self._next:
            return
        self._next = now + LOOK_SECONDS
        try:
            if not self.server.answers and self.server.start():
                self.say("PostgreSQL was gone and runs again")
        except EmbeddedPostgresError as error:
            # Said once for as long as it lasts; the web and the worker are told by their own connections.
            if str(error) != self._told:
                self.say(f"PostgreSQL is gone: {error}")
            self._told = str(error)


def _process_started() -> float | None:
    """Return when this process started, on the monotonic clock, so that the time of our own imports is counted."""
    with suppress(OSError, ValueError, IndexError):
        with open("/proc/self/stat") as file:
            ticks = int(file.read().rpartition(")")[2].split()[19])  # field 22 of proc(5)
        with open("/proc/uptime") as file:
            age = float(file.read().split()[0]) - ticks / os.sysconf("SC_CLK_TCK")
        return time.monotonic() - age
    return None

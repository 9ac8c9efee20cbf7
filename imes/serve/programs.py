"""Which processes the portal consists of, and the command line of each; the order is the one they are stopped in."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from imes.serve.ports import HOST

WEB_THREADS = 24


@dataclass(frozen=True, slots=True)
class Program:
    """One process to keep running."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    port: int | None = None
    """The port it listens on, which tells when it is ready."""
    ready_when: str | None = None
    """What it writes to its log when it is ready, for one that listens on no port."""
    patience: float = 10.0
    """Seconds it has to end by itself when it is asked to."""


def programs(*, port: int, sandbox_port: int | None, var: Path, mail: Path, worker_processes: int) -> list[Program]:
    """Return the portal's processes; `sandbox_port` is None outside development, where there is no sandbox."""
    python = sys.executable
    celery = (python, "-m", "celery", "--app", "imes", "--quiet")
    found = [
        Program(
            "web",
            (python, "-m", "gunicorn", "imes.wsgi:application", f"--bind={HOST}:{port}", *_gunicorn_options()),
            {"IMES_DB_POOL": "1"},
            port=port,
        ),
        Program(
            "beat",
            (*celery, "beat", "--loglevel=INFO", f"--schedule={var / 'beat-schedule'}", "--pidfile="),
            ready_when="beat: Starting",
        ),
        Program(
            "worker",
            (*celery, "worker", *_worker_options(worker_processes)),
            ready_when=" ready.",
            patience=25.0,
        ),
    ]
    if sandbox_port is not None:
        environment = {
            "SANDBOX_PORT": str(sandbox_port),
            "SANDBOX_MAIL_DIR": str(mail),
            "SANDBOX_WEBHOOK_BASE": f"http://{HOST}:{port}",
        }
        found.append(Program("sandbox", (python, "-m", "notifications.sandbox"), environment, port=sandbox_port))
    return found


def _worker_options(processes: int) -> tuple[str, ...]:
    # One machine, one worker: nobody to gossip with. Two slots, so that a tick does not wait behind a long round.
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    return ("--queues=urgent,bulk,webhooks", f"--concurrency={max(2, processes)}", "--loglevel=INFO", *quiet)


def _gunicorn_options() -> tuple[str, ...]:
    return (
        "--worker-class=gthread",
        "--workers=1",
        f"--threads={WEB_THREADS}",
        "--timeout=60",
        "--graceful-timeout=8",
        "--logger-class=imes.serve.accesslog.AccessLog",
        "--access-logfile=-",
        "--no-control-socket",
    )

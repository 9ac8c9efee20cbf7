"""The portal as it ships, in processes of its own on the test's database: web, worker and beat."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.plugins.databases import SPARED
from tests.sandbox.process import eventually

ROOT = Path(__file__).resolve().parents[2]
#: The broker of a story that names no other: a folder.
FOLDER = "filesystem://"
_OPTIONS = ("--without-gossip", "--without-mingle", "--without-heartbeat")
CELERY = (sys.executable, "-m", "celery", "--app", "imes", "--quiet")
WORKER = (*CELERY, "worker", "--queues=urgent,bulk,webhooks", "--concurrency=1", "--loglevel=INFO", *_OPTIONS)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a story's processes meet: the web's socket, the broker's folder; and the folder of its logs."""

    url: str
    web_socket: socket.socket
    broker_dir: Path
    folder: Path
    broker: str = FOLDER

    @property
    def name(self) -> str:
        """What the connections of a web process that serves several stories are called, each process's its own."""
        return f"{SPARED} {os.getpid()}"

    def environment(self, **more: str) -> dict[str, str]:
        """What every process of the story is told; the database is the one of this test process."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SANDBOX_")}
        return {
            **kept,
            "DEBUG": "1",
            "PUBLIC_URL": self.url,
            "BROKER_DIR": str(self.broker_dir),
            "CELERY_BROKER_URL": self.broker,
            "PYTHONUNBUFFERED": "1",
            **more,
        }

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()


def place(folder: Path, *, broker: str = FOLDER) -> Place:
    """A place with a web socket that is bound and not served yet."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    return Place(f"http://127.0.0.1:{listener.getsockname()[1]}", listener, folder / "broker", folder, broker)


@contextmanager
def running(name: str, command: tuple[str, ...], *, at: Place, ready: str = "", **env: str) -> Iterator[int]:
    """One process of the portal, ready; it is asked to end at the end, and yields its process id."""
    fd = at.web_socket.fileno()
    with (at.folder / f"{name}.log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=at.environment(**env), stdout=log, stderr=log, pass_fds=[fd], start_new_session=True
        )
    try:
        if ready:
            eventually(lambda: ready in at.log(name) or _ended(process, at.log(name)), within=90)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(5)


def _ended(process: "subprocess.Popen[bytes]", log: str) -> bool:
    assert process.poll() is None, f"it ended at once: {log[-2000:]}"
    return False


@contextmanager
def running_web(at: Place, **env: str) -> Iterator[None]:
    """The web process, which serves the place's socket."""
    bind = f"--bind=fd://{at.web_socket.fileno()}"
    command = (sys.executable, "-m", "gunicorn", "imes.wsgi:application", bind, "--worker-class=gthread")
    options = ("--threads=8", "--no-control-socket", "--graceful-timeout=2")
    with running("web", (*command, *options), at=at, IMES_DB_POOL="1", **env):
        eventually(lambda: status_of(f"{at.url}/livez") == 200, within=90)
        yield


@contextmanager
def running_worker(at: Place, *, name: str = "worker", **env: str) -> Iterator[int]:
    with running(name, WORKER, at=at, ready=" ready.", **env) as pid:
        yield pid


@contextmanager
def running_beat(at: Place, **env: str) -> Iterator[int]:
    schedule = f"--schedule={at.folder / 'beat-schedule'}"
    command = (*CELERY, "beat", "--loglevel=INFO", schedule, "--pidfile=")
    with running("beat", command, at=at, ready="beat: Starting", **env) as pid:
        yield pid


def status_of(url: str) -> int:
    """The HTTP status of a GET; 0 where nobody answers, or not in time: a socket takes what nobody serves yet."""
    try:
        return requests.get(url, timeout=10).status_code
    except (requests.ConnectionError, requests.Timeout):
        return 0

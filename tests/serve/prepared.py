"""A portal's folder as its first start leaves it, made once a test run; each test that serves gets its own copy."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

from imes.embedded.server import Server
from tests.plugins import databases

CHECKOUT = Path(__file__).resolve().parent.parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment_at(var: Path, *, port: int, sandbox_port: int) -> dict[str, str]:
    """What `make run` is told; nothing of the test run's own database."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DATABASE", "IMES_", "PYTEST", "PUBLIC_URL"))
    }
    return kept | {
        "DJANGO_SETTINGS_MODULE": "imes.settings",
        "DEBUG": "on",
        "IMES_VAR_DIR": str(var),
        "PORT": str(port),
        "SANDBOX_PORT": str(sandbox_port),
    }


def serve(environment: dict[str, str]) -> subprocess.Popen[str]:
    """Start a whole portal; `serving` waits for it."""
    return subprocess.Popen(
        [sys.executable, "manage.py", "serve"],
        cwd=CHECKOUT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def serving(process: subprocess.Popen[str]) -> str:
    """Wait until the portal serves, and return what it said until then."""
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if line.startswith("Serving after"):
            return said
    raise AssertionError(f"it never served: {said}")


def empty_folder() -> Path:
    """A folder that every account can pass through, with a path short enough for a socket."""
    var = Path(tempfile.mkdtemp(prefix="imes-serve-", dir="/tmp"))
    var.chmod(0o711)
    return var


def served_before(*, port: int) -> Path:
    """A var folder of the caller's own in which a portal was served once, on `port`: `serve` then takes seconds.

    The first start makes the database, migrates it and writes the demo tenants, which takes most of a test's time.
    """
    folder = Path(databases.joined().folder)
    made, var = folder / "served", empty_folder()
    with (folder / "served.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            draft = empty_folder()
            first_port = free_port()
            process = serve(environment_at(draft, port=first_port, sandbox_port=free_port()))
            said = serving(process)
            # Every part of a first start, which those who are given a copy do not see any more.
            for part in ("PostgreSQL", "Migrations: applying ", " applied in ", "Made the tenants Harbor and Ridge."):
                assert part in said, said
            assert f"http://127.0.0.1:{first_port}/admin/" in said
            with urllib.request.urlopen(f"http://127.0.0.1:{first_port}/livez", timeout=10) as answer:
                assert answer.status == 200
            process.send_signal(signal.SIGINT)
            rest, _ = process.communicate(timeout=60)
            assert process.returncode == 0, rest
            assert "by force" not in rest
            assert not Server(draft / "postgres").answers
            _copy(draft, made)
            (folder / "served.port").write_text(str(first_port))
            shutil.rmtree(draft)
    _copy(made, var)
    # The invites of the demo were mailed with the address at which it was served then.
    before = (folder / "served.port").read_text()
    for mail in (var / "mail").iterdir():
        mail.write_text(mail.read_text().replace(f"http://127.0.0.1:{before}/", f"http://127.0.0.1:{port}/"))
    return var


def _copy(source: Path, target: Path) -> None:
    # Owners are kept: as root, the database belongs to an account without privileges.
    subprocess.run(["cp", "-a", f"{source}/.", str(target)], check=True)

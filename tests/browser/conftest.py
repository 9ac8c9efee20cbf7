"""A whole portal, as `make run` starts it, in a folder and on ports of its own, and a real Chromium in front of it."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from imes.embedded.server import Server
from tests.serve.prepared import CHECKOUT, environment_at, free_port, serve, served_before, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
# Without these Chromium asks hosts of its own at every start, which a closed network refuses.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True, slots=True)
class Portal:
    """Where the portal and its sandbox answer."""

    url: str
    sandbox: str
    environment: dict[str, str]

    def shell(self, script: str) -> str:
        """What these lines of Python print, run beside the portal."""
        command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", script]
        done = subprocess.run(
            command, cwd=CHECKOUT, env=self.environment, capture_output=True, text=True, timeout=120, check=True
        )
        return done.stdout


@pytest.fixture(scope="session")
def portal() -> Iterator[Portal]:
    """The portal with its demo tenants, served until the tests are over."""
    port, sandbox_port = free_port(), free_port()
    var = served_before(port=port)
    environment = environment_at(var, port=port, sandbox_port=sandbox_port)
    process = serve(environment)
    try:
        serving(process)
        yield Portal(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{sandbox_port}", environment)
    finally:
        process.terminate()
        assert process.stdout is not None
        for line in process.stdout:
            # A second signal stops it at once: how it stops in good order is asked elsewhere.
            if line.startswith("Stopping"):
                process.terminate()
        process.wait(timeout=60)
        Server(var / "postgres").stop()
        shutil.rmtree(var, ignore_errors=True)


@pytest.fixture
def chromium() -> "Iterator[Browser]":
    """A headless Chromium of this machine, for one test: its driver's event loop would stop later queries."""
    if CHROMIUM is None:
        pytest.skip(
            "no Chromium on this machine: install one to run the browser tests (Debian: apt-get install chromium)"
        )
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()

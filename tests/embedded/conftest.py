"""Homes for embedded servers of a test's own, and a way to act as another account of the machine."""

import os
import shutil
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from imes.embedded.server import Server

REFUSED = 77


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every account can pass through; whatever server runs below it is stopped and removed."""
    path = Path(tempfile.mkdtemp(prefix="imes-embedded-", dir="/tmp"))
    path.chmod(0o711)
    yield path
    for home in list(path.rglob("passwords.json")):
        server = Server(home.parent)
        server.stop()
        server.remove()
    shutil.rmtree(path)


@pytest.fixture
def home(folder: Path) -> Path:
    """The home of an embedded server that has never run."""
    return folder / "postgres"


def as_account(uid: int, gid: int, act: Callable[[], object]) -> int:
    """Run `act` in a process of another account; 0 when it returned, 77 when the system refused it, else 1."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.setgroups([])
            os.setgid(gid)
            os.setuid(uid)
            os.chdir("/")
            act()
            code = 0
        except PermissionError:
            code = REFUSED
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another account")

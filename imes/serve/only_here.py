"""Whether the portal already runs in this checkout: two would share one queue, one log and one beat schedule."""

import fcntl
import os
from pathlib import Path
from typing import IO


class AlreadyServingError(Exception):
    """Another `serve` runs in this checkout; `str()` of it says which."""


def claim_checkout(var: Path, *, port: int) -> IO[str]:
    """Return a claim on this checkout, to be kept open while serving; the kernel drops it with the process.

    :raises AlreadyServingError: when another process has it.
    """
    var.mkdir(parents=True, exist_ok=True)
    file = (var / "serve.lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        who = file.read().strip() or "just starting"
        file.close()
        raise AlreadyServingError(f"The portal already runs in this checkout ({who}): stop that one first.") from None
    file.truncate(0)
    file.write(f"process {os.getpid()}, http://127.0.0.1:{port}/")
    file.flush()
    return file

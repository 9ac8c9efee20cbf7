"""Who really runs on a data folder: the note PostgreSQL leaves there may be stale and name a stranger.

A postmaster and all its children work *in* the data folder, so their working directory tells them from strangers.
"""

import os
import socket
import time
from pathlib import Path

from imes.embedded.errors import EmbeddedPostgresError
from imes.embedded.places import Places


def answering(places: Places) -> bool:
    """Say whether a server listens there and has finished starting."""
    if _status(places) != "ready":
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(places.socket))
        except OSError:
            return False
    return True


def workers_in(data: Path) -> list[int]:
    """Return the process ids that work in the data folder: the postmaster and its children, live ones only."""
    wanted = os.path.realpath(data)
    found = []
    for name in os.listdir("/proc"):
        if name.isdecimal():
            try:
                if os.readlink(f"/proc/{name}/cwd") == wanted:
                    found.append(int(name))
            except OSError:
                continue  # ended, a zombie, or another user's: none of these is our server
    return found


def postmaster(places: Places) -> int | None:
    """Return the process id of the server that runs on the data folder, or None when the note is stale."""
    noted = _noted(places.pid_file)
    return noted if noted in workers_in(places.data) else None


def clear_stale_note(places: Places, *, patience: float = 10.0) -> None:
    """Make way for a start: wait for a killed server's children to go, and drop notes that name a stranger.

    PostgreSQL forgives a note whose process is gone, but refuses to start when its number now belongs to
    another process of the same account. Call it only under the start lock.

    :raises EmbeddedPostgresError: when processes still work in the folder after `patience` seconds.
    """
    deadline = time.monotonic() + patience
    while remaining := workers_in(places.data):
        if answering(places):
            return
        if time.monotonic() > deadline:
            raise EmbeddedPostgresError(
                f"Processes {remaining} still use {places.data} but do not answer; see {places.log}, "
                f"then stop them with: kill -QUIT {remaining[0]}"
            )
        time.sleep(0.05)
    # The socket has a note of its own, which PostgreSQL judges alike. A zombie counts as a stranger, too.
    for note in (places.pid_file, places.socket_note):
        noted = _noted(note)
        if noted is not None and Path(f"/proc/{noted}").exists():
            note.unlink(missing_ok=True)


def _lines(note: Path) -> list[str]:
    try:
        return note.read_text().splitlines()
    except OSError:
        return []


def _noted(note: Path) -> int | None:
    lines = _lines(note)
    return abs(int(lines[0])) if lines and lines[0].strip().lstrip("-").isdecimal() else None


def _status(places: Places) -> str:
    # Line 8 of postmaster.pid, see src/include/utils/pidfile.h of PostgreSQL.
    lines = _lines(places.pid_file)
    return lines[7].strip() if len(lines) > 7 else ""  # noqa: PLR2004

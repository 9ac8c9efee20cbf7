"""What of a process's log is worth a line on the terminal: warnings and worse, with what follows them."""

import re
from pathlib import Path
from typing import IO

# The level stands near the start of a line, in Django's, gunicorn's and Celery's formats alike.
_LEVEL = re.compile(r"^.{0,60}?\b(DEBUG|INFO|WARNING|ERROR|CRITICAL)\b")
_LOUD = frozenset({"WARNING", "ERROR", "CRITICAL"})
LARGEST_LOG = 5_000_000


class Log:
    """The log file of one process, and how far it has been read."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > LARGEST_LOG:
            path.replace(path.with_suffix(".log.1"))
        self.path = path
        self._reader: IO[str] | None = None
        self._rest = ""
        self._loud = False

    def open_for_process(self) -> IO[bytes]:
        """Return the file for a process to write to; what older runs wrote is not told again."""
        file = self.path.open("ab")
        if self._reader is None:
            self._reader = self.path.open(errors="replace")
            self._reader.seek(0, 2)
        return file

    def news(self) -> list[tuple[str, bool]]:
        """Return the whole lines written since the last call, each with whether it is worth telling."""
        if self._reader is None:
            return []
        *lines, self._rest = (self._rest + self._reader.read()).split("\n")
        return [(line, self._is_loud(line)) for line in lines]

    def _is_loud(self, line: str) -> bool:
        if level := _LEVEL.match(line):
            self._loud = level.group(1) in _LOUD
        elif line.startswith("Traceback (most recent call last)"):
            self._loud = True
        # A line without a level belongs to the one before it; of a traceback the frames stay in the file.
        return self._loud and bool(line.strip()) and not line[0].isspace()

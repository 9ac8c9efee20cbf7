"""One line a request, without what the address keeps secret; gunicorn's `--logger-class`."""

from datetime import timedelta
from typing import Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped, unused-ignore]

from imes.serve.secret_paths import without_secrets


class AccessLog(Logger):  # type: ignore[misc]
    """gunicorn's logger; the request line and the referrer lose their query strings and tokens."""

    access_fmt = "%(asctime)s INFO access %(message)s"

    def atoms(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> dict[str, Any]:
        """Return what an access line may name; every form of the address is replaced, whatever the format asks for."""
        atoms: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        path = without_secrets(environ.get("PATH_INFO") or environ.get("RAW_URI") or "")
        atoms.update(
            r=f"{environ.get('REQUEST_METHOD')} {path} {environ.get('SERVER_PROTOCOL')}",
            U=path,
            q="",
            f=without_secrets(environ.get("HTTP_REFERER", "-")),
        )
        for name in ("{raw_uri}e", "{path_info}e", "{query_string}e", "{http_referer}e", "{referer}i"):
            atoms[name] = "-"
        return atoms

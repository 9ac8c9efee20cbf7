"""Whether the ports we are about to listen on are free, and what to say when one is not."""

import errno
import socket
from collections.abc import Mapping

HOST = "127.0.0.1"
DEFAULTS = {"PORT": 8000, "SANDBOX_PORT": 8025}


class PortUnusableError(Exception):
    """We cannot listen there; `str()` of it names the port and the variable that changes it."""


def port_of(variable: str, *, environment: Mapping[str, str]) -> int:
    """Return the port that `variable` names.

    :raises PortUnusableError: when it is no port number.
    """
    value = environment.get(variable) or str(DEFAULTS[variable])
    if not value.isdecimal() or not 0 < int(value) < 65536:  # noqa: PLR2004 - TCP's own limit
        raise PortUnusableError(f"{variable}={value} is not a port number: set {variable} to one from 1 to 65535.")
    return int(value)


def refuse_taken(port: int, *, variable: str, given_away: int | None = None) -> None:
    """Pass when `port` is free; `given_away` is one that another of our own servers is about to take.

    :raises PortUnusableError: when it is taken or not ours to open.
    """
    if port == given_away:
        raise PortUnusableError(f"Port {port} is chosen twice: set {variable} to another one.")
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As the servers do it, so that a port just left is not called taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            probe.listen(1)
        except OSError as error:
            reason = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be opened ({error.strerror})"
            raise PortUnusableError(
                f"Port {port} {reason}: set {variable} to a free one, for example {variable}={port + 1} make run"
            ) from None

"""Which connections a test may open: to this machine. Everything else is refused before a packet leaves."""

import socket
from ipaddress import ip_address
from typing import Any

_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex
_sendto = socket.socket.sendto
_getaddrinfo = socket.getaddrinfo


class NetworkIsOffError(ConnectionError):
    """A test tried to reach another machine."""


def refuse_network() -> None:
    """Refuse, from now on and in this process, whatever is neither a unix socket nor loopback."""
    socket.socket.connect = _guarded(_connect)  # type: ignore[method-assign]
    socket.socket.connect_ex = _guarded(_connect_ex)  # type: ignore[method-assign]
    socket.socket.sendto = _guarded(_sendto)  # type: ignore[method-assign]
    socket.getaddrinfo = _looked_up


def _guarded(method: Any) -> Any:
    def call(self: socket.socket, *arguments: Any) -> Any:
        # sendto(data, [flags,] address); the others take the address alone.
        if self.family in (socket.AF_INET, socket.AF_INET6):
            _refuse(str(arguments[-1][0]))
        return method(self, *arguments)

    return call


def _looked_up(host: Any, *arguments: Any, **options: Any) -> Any:
    if host:
        _refuse(host.decode() if isinstance(host, bytes) else str(host))
    return _getaddrinfo(host, *arguments, **options)


def _refuse(host: str) -> None:
    if host in ("localhost", ""):
        return
    try:
        # "::" and 0.0.0.0 are what servers bind to; connecting there stays on this machine.
        address = ip_address(host.partition("%")[0])
        if address.is_loopback or address.is_unspecified:
            return
    except ValueError:
        pass
    raise NetworkIsOffError(f"The tests may not reach {host}: only this machine. Use the sandbox.")

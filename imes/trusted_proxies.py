"""Finds who really asks when a proxy stands in front: the address that is kept as evidence and counted for limits.

Believes `X-Forwarded-For` from the proxies that TRUSTED_PROXIES names alone; anybody else may write it too.
"""

from collections.abc import Callable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Network = IPv4Network | IPv6Network


class TrustedProxiesMiddleware:
    """Puts the asker's address in REMOTE_ADDR, where everything else looks for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.trusted = [ip_network(text.strip(), strict=False) for text in settings.TRUSTED_PROXIES if text.strip()]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self.trusted:
            peer = request.META.get("REMOTE_ADDR", "")
            request.META["REMOTE_ADDR"] = asker(peer, request.headers.get("X-Forwarded-For", ""), trusted=self.trusted)
        return self.get_response(request)


def asker(peer: str, forwarded: str, *, trusted: Sequence[Network]) -> str:
    """The nearest address, coming from our side, that is no trusted proxy's.

    What stands further left in the header was written by whoever asked, and is not believed.
    """
    found = peer
    for hop in [peer, *reversed(forwarded.split(","))]:
        address = _address(hop)
        if address is None:
            return found
        found = address
        if not any(ip_address(address) in network for network in trusted):
            return address
    return found


def _address(text: str) -> str | None:
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)

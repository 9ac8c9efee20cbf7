"""The address that is kept as evidence is the asker's, and nobody writes themselves another one."""

from ipaddress import ip_network

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from imes.trusted_proxies import TrustedProxiesMiddleware, asker

TRUSTED = [ip_network("10.0.0.0/8"), ip_network("::1/128"), ip_network("127.0.0.1/32")]


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("10.0.0.2", "203.0.113.7", "203.0.113.7"),
        ("10.0.0.2", "198.51.100.9, 203.0.113.7", "203.0.113.7"),
        ("10.0.0.2", "198.51.100.9, 203.0.113.7, 10.0.0.9", "203.0.113.7"),
        ("203.0.113.7", "198.51.100.9", "203.0.113.7"),
        ("10.0.0.2", "", "10.0.0.2"),
        ("10.0.0.2", "unknown", "10.0.0.2"),
        ("10.0.0.2", "203.0.113.7:4711", "203.0.113.7"),
        ("::1", "[2001:db8::7]:4711", "2001:db8::7"),
        ("::ffff:10.0.0.2", "2001:db8::7", "2001:db8::7"),
        ("10.0.0.2", "10.0.0.3", "10.0.0.3"),
        ("", "203.0.113.7", ""),
    ],
)
def test_the_nearest_address_that_is_no_trusted_proxy_is_the_askers(peer: str, forwarded: str, found: str) -> None:
    assert asker(peer, forwarded, trusted=TRUSTED) == found


@pytest.mark.parametrize(("trusted", "found"), [([], "10.0.0.2"), (["10.0.0.0/8"], "203.0.113.7")])
def test_without_trusted_proxies_the_header_is_not_believed(settings: object, trusted: list[str], found: str) -> None:
    settings.TRUSTED_PROXIES = trusted  # type: ignore[attr-defined]
    seen: list[str] = []

    def answer(request: HttpRequest) -> HttpResponse:
        seen.append(request.META["REMOTE_ADDR"])
        return HttpResponse()

    request = RequestFactory().get("/", headers={"x-forwarded-for": "203.0.113.7"}, REMOTE_ADDR="10.0.0.2")
    TrustedProxiesMiddleware(answer)(request)
    assert seen == [found]

"""The transport under Twilio's SDK: our own wire in the place of its default, which has no timeout and is slower.

It adds the deadline, points the SDK at another base URL, and remembers the exchange for the trace. It repeats nothing.
"""

import base64
import json
import logging
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

from twilio.http import HttpClient
from twilio.http.response import Response

from imes.kernel.phone import mask
from notifications.providers import wire
from notifications.providers.trace import Redactor, Trace, bare_url, body_digest, kept_fields

# What is kept of an accepting answer: nothing that the person wrote or was written to.
_KEPT = (
    "sid", "status", "error_code", "error_message", "num_segments", "messaging_service_sid", "direction",
    "date_created", "date_sent", "price", "price_unit",
)  # fmt: skip
PRODUCTS = frozenset({"api", "accounts", "lookups", "messaging", "monitor"})

_silent = logging.getLogger("notifications.providers.twilio")  # the SDK asks for one; nothing is written to it here


class HostNotMapped(ValueError):
    """The SDK wants a host to which we would rather not send credentials."""


class NoCallInProgress(RuntimeError):
    """The SDK was used outside `calling`, where it would have no deadline."""


@dataclass(slots=True)
class Call:
    """One call into the SDK, as far as it has come."""

    deadline: float
    started: float
    started_at: datetime
    method: str = "POST"
    url: str = ""
    fields: Mapping[str, object] = field(default_factory=dict)
    on_the_wire: bool = False
    response: wire.WireResponse | None = None

    def trace(self, redactor: Redactor) -> Trace:
        """What may be kept of the last exchange of this call."""
        response = self.response
        return Trace(
            method=self.method,
            url=bare_url(self.url),
            request_fields={name: _shown(name, value) for name, value in self.fields.items()},
            response_status=response.status if response else None,
            response_body=_kept(response, redactor) if response else "",
            started_at=self.started_at,
            elapsed_ms=round((time.monotonic() - self.started) * 1000),
        )


class TwilioTransport(HttpClient):  # type: ignore[misc]  # the SDK has no types
    """Shared by all threads of a process; each thread has its own call in progress and its own connection."""

    def __init__(self, *, base_url: str | None) -> None:
        super().__init__(_silent, False, None)
        self._base_url = base_url.rstrip("/") if base_url else None
        self._here = threading.local()

    @contextmanager
    def calling(self, *, timeout: timedelta) -> Iterator[Call]:
        """Everything that the SDK asks for inside shares one deadline, `timeout` from now."""
        started = time.monotonic()
        call = Call(deadline=started + timeout.total_seconds(), started=started, started_at=datetime.now(UTC))
        self._here.call = call
        try:
            yield call
        finally:
            self._here.call = None

    def request(  # noqa: PLR0917 - the SDK's signature
        self,
        method: str,
        url: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Any:
        """The SDK's hook.

        :raises NoCallInProgress: outside `calling`.
        :raises HostNotMapped: for a host that is not one of Twilio's that we use.
        """
        call: Call | None = getattr(self._here, "call", None)
        if call is None:
            raise NoCallInProgress("use the SDK inside calling() only")
        call.method, call.url, call.fields, call.response = method.upper(), url, data or params or {}, None
        call.url = target = addressed(url, base_url=self._base_url)
        if params:
            target += ("&" if "?" in target else "?") + urlencode(params, doseq=True)
        sent = dict(headers or {})
        if auth:
            sent["Authorization"] = "Basic " + base64.b64encode(f"{auth[0]}:{auth[1]}".encode()).decode()
        body = _body(data, sent.get("Content-Type", ""))
        call.on_the_wire = True
        response = wire.exchange(target, method=call.method, headers=sent, body=body, deadline=call.deadline)
        call.response = response
        return Response(response.status, response.text, response.headers)


def addressed(url: str, *, base_url: str | None) -> str:
    """Where a request of the SDK really goes: to Twilio over TLS, or to the same path under `base_url`.

    :raises HostNotMapped: when the SDK names any other host.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if base_url is not None and parts.netloc and parts.netloc == urlsplit(base_url).netloc:
        return url  # a link to a next page, as the server there gave it
    if not host.endswith(".twilio.com") or host.split(".")[0] not in PRODUCTS or parts.scheme != "https":
        raise HostNotMapped(f"{host or 'no host'} is not one of the hosts that the portal speaks to")
    if base_url is None:
        return url
    return f"{base_url}{parts.path}?{parts.query}" if parts.query else f"{base_url}{parts.path}"


def _body(data: dict[str, object] | None, content_type: str) -> bytes:
    if not data:
        return b""
    if content_type == "application/json":
        return json.dumps(data).encode()
    return urlencode(data, doseq=True).encode()


def _kept(response: wire.WireResponse, redactor: Redactor) -> str:
    if HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES:
        return kept_fields(response.text, names=_KEPT)
    return redactor.document(response.text)


def _shown(name: str, value: object) -> str:
    text = str(value)
    if name in {"Body", "Twiml"}:
        return body_digest(text)
    if name == "To":
        return mask(text)
    return bare_url(text) if "://" in text else text

"""The transport under Azure's SDK: our own wire in the place of its default, so that we know how far a request got.

It adds the deadline and remembers the exchange for the trace. It repeats nothing and follows nothing.
"""

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from azure.core.pipeline.transport import HttpRequest, HttpResponse, HttpTransport

from notifications.providers import wire
from notifications.providers.trace import Redactor, Trace, bare_url, kept_fields

# What is kept of an accepting answer: nothing that the person wrote or was written to.
_KEPT = ("messageId", "httpStatusCode", "repeatabilityResult", "successful")
_KEPT_OF_CALL = ("callConnectionId", "serverCallId", "callConnectionState", "correlationId")


class NoCallInProgress(RuntimeError):
    """The SDK was used outside `calling`, where it would have no deadline."""


@dataclass(slots=True)
class Call:
    """One call into the SDK, as far as it has come. `fields` is what is asked for, as it may be shown."""

    deadline: float
    started: float
    started_at: datetime
    url: str
    method: str = "POST"
    fields: Mapping[str, str] = field(default_factory=dict)
    on_the_wire: bool = False
    response: wire.WireResponse | None = None

    def trace(self, redactor: Redactor) -> Trace:
        """What may be kept of this exchange."""
        response = self.response
        return Trace(
            method=self.method,
            url=bare_url(self.url),
            request_fields=dict(self.fields),
            response_status=response.status if response else None,
            response_body=_kept(response, redactor) if response else "",
            started_at=self.started_at,
            elapsed_ms=round((time.monotonic() - self.started) * 1000),
        )


class AzureTransport(HttpTransport[HttpRequest, HttpResponse]):
    """Shared by all threads of a process; each thread has its own call in progress and its own connection."""

    def __init__(self, *, endpoint: str) -> None:
        self._endpoint = endpoint
        self._here = threading.local()

    @contextmanager
    def calling(self, *, timeout: timedelta, path: str = "/sms") -> Iterator[Call]:
        """What the SDK asks for inside has one deadline, `timeout` from now; `path` stands in the trace until then."""
        started = time.monotonic()
        deadline = started + timeout.total_seconds()
        call = Call(deadline, started, datetime.now(UTC), f"{self._endpoint}{path}")
        self._here.call = call
        try:
            yield call
        finally:
            self._here.call = None

    def send(self, request: HttpRequest, **_options: Any) -> HttpResponse:
        """The SDK's hook.

        :raises NoCallInProgress: outside `calling`.
        """
        call: Call | None = getattr(self._here, "call", None)
        if call is None:
            raise NoCallInProgress("use the SDK inside calling() only")
        call.url, call.method, call.response = request.url, request.method, None
        body: Any = request.body or b""
        content = body.encode() if isinstance(body, str) else bytes(body)
        # The wire writes these itself.
        headers = {name: value for name, value in request.headers.items() if name.lower() != "content-length"}
        call.on_the_wire = True
        call.response = wire.exchange(
            request.url, method=request.method, headers=headers, body=content, deadline=call.deadline
        )
        return _Answer(request, call.response)

    def open(self) -> None:
        """Connections are the wire's."""

    def close(self) -> None:
        """Connections are the wire's."""

    def __exit__(self, *_error: object) -> None:
        self.close()


class _Answer(HttpResponse):
    """A whole answer in the form in which the SDK reads it."""

    def __init__(self, request: HttpRequest, response: wire.WireResponse) -> None:
        super().__init__(request, None)
        self.status_code = response.status
        self.headers = {name.lower(): value for name, value in response.headers.items()}
        self.reason = ""
        self.content_type = self.headers.get("content-type", "")
        self._content = response.text.encode()

    def body(self) -> bytes:
        return self._content


def _kept(response: wire.WireResponse, redactor: Redactor) -> str:
    if response.status in (HTTPStatus.OK, HTTPStatus.CREATED):
        return kept_fields(response.text, names=_KEPT_OF_CALL)
    if response.status != HTTPStatus.ACCEPTED or not response.text:
        return redactor.document(response.text)
    try:
        items = json.loads(response.text)["value"]
        shown = [{**{name: item.get(name) for name in _KEPT}, **_said(item, redactor)} for item in items]
    except (ValueError, KeyError, TypeError, AttributeError):
        return "[no answer to a text]"
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":"))


def _said(item: Mapping[str, Any], redactor: Redactor) -> Mapping[str, str]:
    said = item.get("errorMessage")
    return {"errorMessage": redactor.text(str(said))} if said else {}

"""A tiny web server that stands where the portal's webhooks would, and judges signatures with Twilio's own SDK."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

from twilio.request_validator import RequestValidator


@dataclass(frozen=True, slots=True)
class Webhook:
    path: str
    params: dict[str, str]
    token: str
    signature_holds: bool
    method: str = "POST"


@dataclass
class Receiver:
    """`answers` maps a path to (status, content type, body); anything else is 204."""

    url: str
    auth_token: str
    webhooks: list[Webhook] = field(default_factory=list)
    answers: dict[str, tuple[int, str, str]] = field(default_factory=dict)

    def at(self, path: str) -> list[Webhook]:
        return [webhook for webhook in self.webhooks if webhook.path == path]

    def statuses(self, path: str) -> list[str]:
        return [webhook.params["MessageStatus"] for webhook in self.at(path)]

    def forget(self) -> None:
        self.webhooks.clear()
        self.answers.clear()


@contextmanager
def running_receiver(*, auth_token: str) -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._receive({})

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            self._receive(dict(parse_qsl(raw.decode(), keep_blank_values=True)))

        def _receive(self, params: dict[str, str]) -> None:
            signature = self.headers.get("X-Twilio-Signature", "")
            holds = RequestValidator(auth_token).validate(f"{receiver.url}{self.path}", params, signature)
            receiver.webhooks.append(
                Webhook(
                    path=self.path,
                    params=params,
                    token=self.headers.get("I-Twilio-Idempotency-Token", ""),
                    signature_holds=bool(holds),
                    method=self.command,
                )
            )
            path = self.path if self.command == "POST" else self.path.split("?", 1)[0]
            status, content_type, body = receiver.answers.get(path, (204, "", ""))
            self.send_response(status)
            if content_type:
                self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Keep the test output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver = Receiver(url=f"http://127.0.0.1:{server.server_port}", auth_token=auth_token)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()

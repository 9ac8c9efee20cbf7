"""A tiny web server that stands where the portal's address for Event Grid would: it keeps what is posted."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class EventReceiver:
    """`status` is what a notification is answered; the handshake is answered unless `is_mute`."""

    url: str
    posted: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    status: int = 200
    is_mute: bool = False

    def events(self, kind: str) -> list[dict[str, Any]]:
        """The events of a kind, by the last part of its name, with their data's names in lower case."""
        found = [event for _, _, event in self.posted if event["eventType"].endswith(kind)]
        return [{**event, "data": {name.lower(): value for name, value in event["data"].items()}} for event in found]


@contextmanager
def event_receiver() -> Iterator[EventReceiver]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            [event] = json.loads(self.rfile.read(int(self.headers.get("Content-Length", "0"))))
            kind = self.headers.get("aeg-event-type", "")
            receiver.posted.append((self.path, kind, event))
            answer, status = b"", receiver.status
            if kind == "SubscriptionValidation" and not receiver.is_mute:
                answer, status = json.dumps({"validationResponse": event["data"]["validationCode"]}).encode(), 200
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            """Keep the test output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver = EventReceiver(url=f"http://127.0.0.1:{server.server_port}/events?key=of-the-tests")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()

"""`python -m notifications.sandbox.loopback`: a provider that does as little as possible, for measuring the portal.

It takes messages as Twilio does, after a latency that is asked for, notes when each arrived, and posts the signed
receipts that were asked for. It keeps no state beyond that; whatever behaves is the business of the sandbox.
"""

import argparse
import asyncio
import json
import signal
import socket
import sys
import time
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import parse_qs

import aiohttp
import httptools

from .twilio.signing import signature

_OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
_CREATED = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"


@dataclass(slots=True)
class Seen:
    """What arrived since the last reset; `when` are seconds of time.time(), in the order of arrival."""

    when: list[float] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    receipts_due: int = 0
    receipts_taken: int = 0


@dataclass(slots=True)
class Provider:
    """One run: what it was told, what it saw, and the receipts that are still to be posted."""

    latency: float
    receipts: tuple[str, ...]
    token: str
    holds: bool = False
    seen: Seen = field(default_factory=Seen)
    queue: "asyncio.Queue[tuple[str, dict[str, str]]]" = field(default_factory=asyncio.Queue)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, account: str, fields: dict[str, list[str]]) -> bytes:
        """Note a message, answer it, and line its receipts up."""
        number = len(self.seen.when)
        self.seen.when.append(time.time())
        to = fields.get("To", [""])[0]
        self.seen.to.append(to)
        sid = f"SM{time.time_ns():016x}{number:016x}"
        callback = fields.get("StatusCallback", [""])[0]
        if callback:
            for word in self.receipts:
                self.seen.receipts_due += 1
                params = {"MessageSid": sid, "AccountSid": account, "MessageStatus": word, "To": to}
                self.queue.put_nowait((callback, params))
        return json.dumps({"sid": sid, "status": "queued", "to": to, "num_segments": "1", "error_code": None}).encode()

    async def post_receipts(self, session: aiohttp.ClientSession) -> None:
        """One of the hands that post receipts, each waiting for its answer as Twilio's do."""
        while True:
            await self.released.wait()
            url, params = await self.queue.get()
            headers = {"X-Twilio-Signature": signature(url, params=params, token=self.token)}
            try:
                async with session.post(url, data=params, headers=headers) as answer:
                    self.seen.receipts_taken += answer.status < 300  # noqa: PLR2004 - the range of HTTP success
            except aiohttp.ClientError as error:
                sys.stderr.write(f"loopback: a receipt was not taken: {error}\n")


class Exchange(asyncio.Protocol):
    """One kept-alive connection."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.url, self.body = b"", b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.parser = httptools.HttpRequestParser(self)

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_message_begin(self) -> None:
        self.url, self.body = b"", b""

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        if self.parser.get_method() != b"POST":
            self._answer(_OK, json.dumps(self._shown()).encode())
        elif self.url.startswith(b"/reset"):
            self.provider.seen = Seen()
            if self.provider.holds:
                self.provider.released.clear()
            self._answer(_OK, b"{}")
        elif self.url.startswith(b"/release"):
            self.provider.released.set()
            self._answer(_OK, b"{}")
        else:
            account = self.url.split(b"/")[3].decode() if self.url.count(b"/") > 3 else ""  # noqa: PLR2004
            content = self.provider.take(account, parse_qs(self.body.decode()))
            if self.provider.latency:
                asyncio.get_running_loop().call_later(self.provider.latency, self._answer, _CREATED, content)
            else:
                self._answer(_CREATED, content)

    def _shown(self) -> dict[str, object]:
        seen = self.provider.seen
        shown: dict[str, object] = {
            "count": len(seen.when),
            "receipts_due": seen.receipts_due,
            "receipts_taken": seen.receipts_taken,
        }
        if self.url.startswith(b"/arrivals"):
            shown |= {"when": seen.when, "to": seen.to}
        return shown

    def _answer(self, head: bytes, content: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(head % (len(content), content))


async def _serve(provider: Provider, listener: socket.socket, *, hands: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Exchange(provider), sock=listener, backlog=512)
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15)) as session:
        posting = [asyncio.create_task(provider.post_receipts(session)) for _ in range(hands)]
        await ended.wait()
        for task in posting:
            task.cancel()
    server.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before a message is answered")
    parser.add_argument("--receipts", default="", help="words of the receipts, such as sent,delivered; empty: none")
    parser.add_argument("--hold-receipts", action="store_true", help="post none before POST /release")
    parser.add_argument("--token", default="", help="the token that signs receipts")
    given = parser.parse_args()
    listener = socket.create_server(("127.0.0.1", given.port), backlog=512)
    words = tuple(word for word in given.receipts.split(",") if word)

    async def run() -> None:
        provider = Provider(given.latency, words, given.token, given.hold_receipts)
        if not given.hold_receipts:
            provider.released.set()
        await _serve(provider, listener, hands=32)

    asyncio.run(run())
    return 0


if __name__ == "__main__":
    sys.exit(main())

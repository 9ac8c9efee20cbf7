"""Tells open pages what changed, as server-sent events; costs nothing while nobody watches."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

QUEUE_LIMIT = 500
HEARTBEAT_SECONDS = 15.0


class Feed:
    def __init__(self) -> None:
        self._watchers: set[asyncio.Queue[str | None]] = set()

    @property
    def is_watched(self) -> bool:
        return bool(self._watchers)

    def publish(self, kind: str, *, content: Callable[[], Any]) -> None:
        """Send one event; the content is made only when somebody watches."""
        if not self._watchers:
            return
        event = f"event: {kind}\ndata: {json.dumps(content())}\n\n"
        for watcher in self._watchers:
            # A page that reads too slowly is told to load everything again instead of being fed for ever.
            watcher.put_nowait(event if watcher.qsize() < QUEUE_LIMIT else "event: reload\ndata: {}\n\n")

    async def watch(self) -> AsyncIterator[str]:
        watcher: asyncio.Queue[str | None] = asyncio.Queue()
        self._watchers.add(watcher)
        try:
            yield "retry: 1000\nevent: hello\ndata: {}\n\n"
            while True:
                try:
                    event = await asyncio.wait_for(watcher.get(), HEARTBEAT_SECONDS)
                except TimeoutError:
                    event = ": still here\n\n"
                if event is None:
                    return
                if event.startswith("event: reload"):
                    while not watcher.empty():
                        watcher.get_nowait()
                yield event
        finally:
            self._watchers.discard(watcher)

    def close(self) -> None:
        for watcher in self._watchers:
            watcher.put_nowait(None)

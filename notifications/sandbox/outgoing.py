"""Posts webhooks to the portal, and only to this machine: a development tool has no business elsewhere.

Fifteen seconds in all and one repeat when the connection could not be made; an answer, however bad, is never repeated.
"""

import asyncio
from dataclasses import dataclass
from ipaddress import ip_address

import aiohttp
from yarl import URL

TOTAL_SECONDS = 15.0
AT_ONCE = 64
ANSWER_LIMIT = 64 * 1024
# Shorter than the web server's own keep-alive, so that a connection is not used while the other side closes it.
KEEP_ALIVE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Answered:
    status: int
    content_type: str
    body: str

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300  # noqa: PLR2004 - the range of HTTP success


@dataclass(frozen=True, slots=True)
class NotReached:
    reason: str


def is_loopback(url: URL) -> bool:
    host = url.host or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class Outgoing:
    """One pool of connections for all webhooks; open it inside the running loop and close it at the end."""

    def __init__(self) -> None:
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE_SECONDS),
            timeout=aiohttp.ClientTimeout(total=None),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": "TwilioProxy/1.1", "Accept": "*/*"},
        )

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def post(
        self, url: str, *, body: bytes, headers: dict[str, str], method: str = "POST"
    ) -> Answered | NotReached:
        """Post a form and read the answer. The URL goes out byte for byte, without its fragment."""
        try:
            target = URL(url.split("#", 1)[0], encoded=True)
        except ValueError:
            return NotReached("the URL cannot be read")
        if target.scheme not in {"http", "https"} or not is_loopback(target):
            return NotReached("the sandbox posts to loopback addresses only")
        async with self._slots:
            try:
                async with asyncio.timeout(TOTAL_SECONDS):
                    try:
                        return await self._ask(target, body=body, headers=headers, method=method)
                    except (aiohttp.ClientConnectorError, aiohttp.ServerDisconnectedError):
                        return await self._ask(target, body=body, headers=headers, method=method)
            except TimeoutError:
                return NotReached(f"no answer within {TOTAL_SECONDS:.0f} seconds")
            except (aiohttp.ClientError, OSError) as error:
                return NotReached(f"{type(error).__name__}: {error}")

    async def _ask(self, target: URL, *, body: bytes, headers: dict[str, str], method: str) -> Answered:
        if self._session is None:
            raise RuntimeError("the sandbox is not running")
        asked = self._session.request(method, target, data=body or None, headers=headers, allow_redirects=False)
        async with asked as response:
            content = await response.content.read(ANSWER_LIMIT)
            media_type = response.headers.get("Content-Type", "").split(";", 1)[0].strip().lower()
            return Answered(response.status, media_type, content.decode("utf-8", "replace"))

"""What every provider's consent API promises: one change of one opt-out list goes in, and what became of it comes out.

The order of changes is the caller's duty: no provider asks which of two is the newer one.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Literal, Protocol

from notifications.providers.base import Credentials

Wish = Literal["opt_in", "opt_out"]
#: How the person said it, in Twilio's words; other providers do not ask.
ConsentSource = Literal["website", "offline", "opt-in-message", "opt-out-message", "others"]


@dataclass(frozen=True, slots=True)
class ConsentChange:
    """One number that agreed, or opted out, towards one sender (a number, or a Messaging Service) at `said_at`.

    `reference` is 32 hexadecimal digits of our own, by which the answer is matched.
    """

    number: str = field(repr=False)
    sender: str
    wish: Wish
    said_at: datetime
    source: ConsentSource
    reference: str


@dataclass(frozen=True, slots=True)
class Taken:
    """The provider has changed its list."""

    http_status: int


@dataclass(frozen=True, slots=True)
class NotTaken:
    """The list stands as it stood, or nothing is known; `may_try_again`: the same request may succeed later.

    Asking again is harmless: the change is the same one. `code` is the provider's own, None where it gave none.
    """

    code: str | None
    says: str
    may_try_again: bool
    retry_after: timedelta | None = None
    http_status: int | None = None


def passes(http_status: int) -> bool:
    """Whether it is the sort of trouble that goes away: theirs, a rate limit, or a success that nobody can read."""
    server = http_status >= HTTPStatus.INTERNAL_SERVER_ERROR
    unread = HTTPStatus.OK <= http_status < HTTPStatus.MULTIPLE_CHOICES
    return server or unread or http_status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_TIMEOUT)


class ConsentApi(Protocol):
    """A provider's consent API. Every call ends within its timeout, none is repeated inside, and none raises."""

    def change(self, change: ConsentChange, *, credentials: Credentials, timeout: timedelta) -> Taken | NotTaken:
        """Ask for the change once, and say what is known then."""
        ...

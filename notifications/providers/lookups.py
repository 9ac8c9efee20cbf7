"""What every provider's look-up promises: a number goes in, and what kind of line it is comes out, or why not.

A look-up is paid for. Nothing is asked twice in here: when to ask is the caller's to decide.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, Protocol

from members.lines import Able, Type
from notifications.providers.base import Credentials

#: Whose trouble it is that no answer came: this number's alone, or that of every number of the account.
Concerns = Literal["number", "account"]


@dataclass(frozen=True, slots=True)
class LineFound:
    """The provider answered. `said` is its own word; an answer that knows nothing is one too, and is paid for."""

    line_type: Type
    sms: Able
    said: str


@dataclass(frozen=True, slots=True)
class NoLineAnswer:
    """Nothing was learned. `code` is the provider's own, None where it gave none; `says` is redacted."""

    concerns: Concerns
    code: str | None
    says: str
    http_status: int | None = None
    retry_after: timedelta | None = None


class LookupApi(Protocol):
    """A provider's look-up of line types. Thread-safe; every call ends within its timeout, and none raises."""

    def look_up(self, number: str, *, credentials: Credentials, timeout: timedelta) -> LineFound | NoLineAnswer:
        """Ask once what kind of line `number` is (E.164)."""
        ...

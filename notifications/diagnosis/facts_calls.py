"""What a diagnosis may know of calls: how they ended lately by calling number, the last one, and Test Calling."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CallerFact:
    """The tenant's calls of the last seven days from one number of ours; `at_once` ended after 0 seconds."""

    address: str
    placed: int
    unanswered: int
    failed: int
    busy: int
    at_once: int


@dataclass(frozen=True, slots=True)
class LastCallFact:
    """The newest call to the row's number in this tenant, which may be the row's own."""

    row_ref: str
    at: datetime
    word: str
    sip_code: int | None = None
    answered_by: str = ""
    seconds: int | None = None


@dataclass(frozen=True, slots=True)
class CallsFact:
    """Of a row that goes by call; `test_calling`: the tenant's plan has the page."""

    callers: tuple[CallerFact, ...] = ()
    last: LastCallFact | None = None
    test_calling: bool = False

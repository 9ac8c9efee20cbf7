"""What a diagnosis may know of how far a trouble reaches: what became of other messages at that time, in counts alone.

Of other tenants there are sums, and none of their names; `is_wider` is all of it that a tenant may be told.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RouteCount:
    """The tenant's messages to other phones by one provider and sender; `alike` met what this message met."""

    provider: str
    sender_address: str
    messages: int
    alike: int
    arrived: int


@dataclass(frozen=True, slots=True)
class ElsewhereFact:
    """The messages of other tenants at that time; `tenants_alike` of them had some that met the same."""

    tenants: int
    tenants_alike: int
    messages: int
    alike: int
    arrived: int


@dataclass(frozen=True, slots=True)
class BlastFact:
    """What the row met (`trouble`), and how messages to other phones on its channel fared from `since` to `until`.

    `is_capped`: there were more, and those nearest in time were counted. `is_wider` is None where other tenants sent
    too little to tell.
    """

    trouble: str
    since: datetime
    until: datetime
    messages: int
    arrived: int
    alike: int
    failed: int
    phones: int
    phones_alike: int
    routes: tuple[RouteCount, ...] = ()
    is_capped: bool = False
    is_wider: bool | None = None
    elsewhere: ElsewhereFact | None = None

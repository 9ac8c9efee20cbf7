"""What a diagnosis may know of the platform's routes: a part of its facts (facts.py) that only some readers see."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RouteStandFact:
    """How one route of the row's channel stands now; for platform admins alone."""

    provider: str
    state: str
    since: datetime | None
    faults: int
    last_fault: str = ""
    last_fault_at: datetime | None = None
    next_try_at: datetime | None = None
    drill_until: datetime | None = None

"""A route's circuit breaker: when it opens, when one message may try the route again, and when it closes.

Pure: it is told what happened and when, and answers how the breaker stands then. Only the provider's own faults count.
"""

from enum import StrEnum


class BreakerState(StrEnum):
    """How a route stands."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"

    @property
    def label(self) -> str:
        """The word that people see."""
        return {"closed": "Closed", "open": "Open", "half_open": "Half-open"}[self.value]

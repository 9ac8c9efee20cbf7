"""One gate's answer, and the words in which gates speak."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from notifications.core.reasons import Reason
from notifications.core.states import NotificationStatus


class Opening(StrEnum):
    """How one gate stands."""

    OPEN = "open"
    HOLD = "hold"
    BLOCK = "block"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class GateReading:
    """One gate's answer; a reason whenever it is shut, an instant when it opens again by itself.

    `says` has the exact figures, where a reason's own sentence cannot have them.
    """

    gate: str
    opening: Opening
    reason: Reason | None = None
    until: datetime | None = None
    closes_as: NotificationStatus | None = None
    says: str = ""

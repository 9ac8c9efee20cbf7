"""What a ruling may know of quota, allowance, schedule, messaging hours and throttles, frozen at one instant.

Each of them is absent (None) where it does not apply to a message, which is what its gate then says.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

AllowanceWord = Literal["blank", "number", "unlimited"]
ScheduleWord = Literal["no_schedule", "window", "outside", "exception", "time_off"]
HoursRule = Literal["urgent_exempt", "tenant", "direct_messages", "flow"]
#: Whose zones they are; "nowhere": the hours never hold in all zones of the number's range at once.
ZoneFrom = Literal["", "member", "number", "tenant", "nowhere"]


@dataclass(frozen=True, slots=True)
class QuotaFact:
    """A tenant's month as it stood: what is taken is used and reserved together; a limit of None is none.

    Given for messages that count and were not charged yet (reading 11). `segments` are what this text takes.
    """

    notifications_limit: int | None
    notifications_taken: int
    segments_limit: int | None
    segments_taken: int
    segments: int
    calls_limit: int | None
    calls_taken: int
    resets_on: str


@dataclass(frozen=True, slots=True)
class AllowanceFact:
    """What the user who sends by hand may send on this day, and what they sent already.

    `module`: the tenant's plan has SMS Limits. `daily` is set where `kind` is a number.
    """

    who: str
    kind: AllowanceWord
    daily: int | None
    used: int
    module: bool


@dataclass(frozen=True, slots=True)
class ScheduleFact:
    """Whether the member may be paged at this moment by their own schedule, and what decided it.

    `local` is the wall clock in `zone`, `window` the rule in words; `next_free_at` is when they are free again.
    """

    is_free: bool
    because: ScheduleWord
    zone: str
    local: str
    window: str
    next_free_at: datetime | None


@dataclass(frozen=True, slots=True)
class HoursFact:
    """Which rule about hours held for this message, and whether it was met in every zone where its phone may be.

    `hours` reads "07:00-21:00"; `local` gives the wall clock of each zone in the same order, where it is shut first.
    `opens_at` is when it is ruled again.
    """

    rule: HoursRule
    is_open: bool
    hours: str
    zones: tuple[str, ...]
    local: tuple[str, ...]
    opens_at: datetime | None
    zone_from: ZoneFrom = ""


@dataclass(frozen=True, slots=True)
class PaceFact:
    """How often a phone was tried, or a sender used, within the seconds before, and how often it may be.

    `frees_at` is when the oldest of those that are counted does not count any more; None where none is counted.
    """

    limit: int
    taken: int
    seconds: int
    frees_at: datetime | None

    @property
    def is_full(self) -> bool:
        """There is no room for one more."""
        return self.taken >= self.limit

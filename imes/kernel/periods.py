"""Half-open stretches of time: a period holds its start and not its end, so neighbours never share an instant."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` up to, and without, `end`; no end means for good. An empty period cannot be made.

    :raises ValueError: when the end does not lie after the start, or a zone is missing.
    """

    start: datetime
    end: datetime | None

    def __post_init__(self) -> None:
        if self.start.utcoffset() is None or (self.end is not None and self.end.utcoffset() is None):
            raise ValueError("a period needs instants with a time zone")
        if self.end is not None and self.end <= self.start:
            raise ValueError("a period ends after it starts")

    def contains(self, instant: datetime) -> bool:
        """Whether the instant lies in the period; the end does not."""
        return self.start <= instant and (self.end is None or instant < self.end)

    def overlaps(self, other: "Period") -> bool:
        """Whether the two share any instant."""
        return self.intersect(other) is not None

    def intersect(self, other: "Period") -> "Period | None":
        """What both hold; None when they share nothing."""
        start = max(self.start, other.start)
        ends = [end for end in (self.end, other.end) if end is not None]
        end = min(ends, default=None)
        return None if end is not None and end <= start else Period(start, end)

"""Whether messages move, for the dashboard: workers, beat and queue, judged where /health judges them.

Everybody who may open the dashboard sees it; it holds no tenant's data.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from notifications.diagnosis.words import span
from notifications.queries.pulse import pulse


@dataclass(frozen=True, slots=True)
class PartSeen:
    """One part of the pipeline: the word on its pill, and what was seen of it."""

    name: str
    word: str
    is_ok: bool
    says: str


def parts_seen(*, now: datetime) -> list[PartSeen]:
    """Workers, beat and queue, in the order in which people ask about them."""
    seen = pulse(now=now)
    alive = seen.worker_is_alive
    many = "1 worker, seen" if seen.workers == 1 else f"{seen.workers} workers, the last one seen"
    waits = f"the oldest due message has waited {span(seen.oldest_due_age or timedelta())}"
    return [
        PartSeen(
            "Worker", _word(alive), alive, f"{many} {_ago(seen.worker_age)}" if alive else _silent(seen.worker_age)
        ),
        PartSeen(
            "Beat",
            _word(seen.beat_is_alive),
            seen.beat_is_alive,
            f"ticked {_ago(seen.beat_age)}, through the queue" if seen.beat_is_alive else _silent(seen.beat_age),
        ),
        PartSeen(
            "Queue",
            "moving" if seen.keeps_up else "slow",
            seen.keeps_up,
            waits if seen.oldest_due_age else "nothing that is due waits",
        ),
    ]


def _word(alive: bool) -> str:
    return "alive" if alive else "silent"


def _ago(age: timedelta | None) -> str:
    return f"{span(age or timedelta())} ago"


def _silent(age: timedelta | None) -> str:
    return "not seen: none has reported, or the last one ended" if age is None else f"last seen {_ago(age)}"

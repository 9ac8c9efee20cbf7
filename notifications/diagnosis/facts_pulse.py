"""What a diagnosis may know of the pipeline: when its parts were last seen, and how long the oldest due row waits."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PulseFact:
    """Whether the pipeline moves: when its parts were last seen, and since when the oldest due row has waited.

    Whether a silence is too long is judged where /health judges it, so that both say the same. `worker_since`: when the
    first of the workers that are alive was started.
    """

    worker_alive: bool
    beat_alive: bool
    worker_at: datetime | None = None
    beat_at: datetime | None = None
    workers: int = 0
    oldest_due_at: datetime | None = None
    worker_since: datetime | None = None

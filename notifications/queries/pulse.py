"""Whether the pipeline moves: when workers and beat were last seen, and how long the oldest due message has waited.

It reads and judges nothing but age; what to do about a silence is said by /health and by the diagnosis.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from notifications.models import Heartbeat, Notification
from notifications.models.notification import CLAIMABLE
from tenants.scope import platform_scope

#: Silences that are longer than these mean that the part does not work: workers speak every 5 s, beat every second.
WORKER_SILENCE = timedelta(seconds=20)
#: A tick is executed by a worker, and may wait behind one full round of dispatch.
BEAT_SILENCE = timedelta(seconds=45)
#: Longer than any busy minute lets a due message wait: workers that are alive and do not get to it are stuck.
LONGEST_WAIT = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Pulse:
    """Ages at the instant asked about; None where there is no such row at all."""

    worker_age: timedelta | None
    workers: int
    beat_age: timedelta | None
    oldest_due_age: timedelta | None
    #: When the first of the workers that are alive was started.
    worker_since: datetime | None = None

    @property
    def worker_is_alive(self) -> bool:
        return self.worker_age is not None and self.worker_age <= WORKER_SILENCE

    @property
    def beat_is_alive(self) -> bool:
        return self.beat_age is not None and self.beat_age <= BEAT_SILENCE

    @property
    def keeps_up(self) -> bool:
        return self.oldest_due_age is None or self.oldest_due_age <= LONGEST_WAIT


def pulse(*, now: datetime) -> Pulse:
    """The pipeline's pulse, over all tenants; holds no tenant's data and may be asked for in any scope."""
    beats = list(Heartbeat.objects.all())
    seen = {row.name: now - row.at for row in beats}
    workers = [age for name, age in seen.items() if name.startswith("worker:")]
    alive = [row for row in beats if row.name.startswith("worker:") and seen[row.name] <= WORKER_SILENCE]
    with platform_scope():
        due = Notification.objects.filter(status__in=CLAIMABLE, due_at__lte=now).order_by("due_at", "id")
        oldest = due.values_list("due_at", flat=True).first()
    return Pulse(
        worker_age=min(workers, default=None),
        workers=len(alive),
        beat_age=seen.get("beat"),
        oldest_due_age=None if oldest is None else now - oldest,
        worker_since=min((row.started_at for row in alive), default=None),
    )

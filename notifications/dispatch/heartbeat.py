"""Says that a part of the pipeline is alive; what follows from a silence is for /health and the diagnosis to say."""

import os
import socket
from datetime import datetime, timedelta

from notifications.models import Heartbeat

BEAT = "beat"
_FORGOTTEN_AFTER = timedelta(hours=1)


def worker_name() -> str:
    """The name of this worker's heartbeat, such as `worker:host-4711`."""
    return f"worker:{socket.gethostname()[:80]}-{os.getpid()}"


def seen_alive(name: str, *, at: datetime, since: datetime) -> None:
    """Note that this part was alive at `at`; `since` is when it started."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, at=at, started_at=since)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["at"],
    )


def has_ended(name: str) -> None:
    """Take the heartbeat of a part away that stopped in good order: nobody needs to wait for it."""
    Heartbeat.objects.filter(name=name).delete()


def forget_the_dead(*, at: datetime) -> None:
    """Remove the heartbeats of workers that were killed long ago."""
    Heartbeat.objects.filter(name__gte="worker:", name__lt="worker;", at__lt=at - _FORGOTTEN_AFTER).delete()

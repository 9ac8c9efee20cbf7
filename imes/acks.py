"""Has a worker connect to its broker anew when it could not acknowledge a task.

Celery logs that and goes on. The task then fills the worker's one place for good (prefetch 1): nothing is taken up any
more, no error comes, and the heartbeat goes on. Seen over Redis when the line was cut while a task was running.
"""

from typing import Any

from celery import Task
from celery.signals import worker_ready
from celery.worker.request import Request

#: The loop sends an acknowledgement when it comes to it; after so many seconds it has.
_SENT_WITHIN = 1.0
_consumers: list[Any] = []


class AcknowledgedRequest(Request):
    """A request that notices when the broker did not get its acknowledgement."""

    def acknowledge(self) -> None:
        super().acknowledge()
        for consumer in _consumers:
            # A queue that is a folder cannot be cut off, and takes acknowledgements at once.
            if consumer.hub is not None:
                consumer.hub.call_later(_SENT_WITHIN, self._make_sure, consumer)

    def _make_sure(self, consumer: Any) -> None:
        if not self.message.acknowledged:
            # What a timer raises is logged and lost.
            consumer.call_soon(_lose_connection)


class PortalTask(Task):  # type: ignore[type-arg]  # generic for the type checker alone
    """What every task of the portal is made of."""

    Request = f"{__name__}:AcknowledgedRequest"


def _lose_connection() -> None:
    """Raised in the worker's own loop, which then does what it does when the broker hangs up: it connects anew."""
    raise ConnectionResetError("a task could not be acknowledged")


@worker_ready.connect
def _keep(sender: Any, **_: Any) -> None:
    _consumers[:] = [sender]

"""Writes a worker's heartbeat from the worker's own process for as long as it can take work, and removes it at the end.

A thread and not a task: a task would prove that some worker lives, not which one. It falls silent when every slot has
been busy for longer than any task may last, since such a worker takes no more work.
"""

import logging
import threading
import time
from typing import Any

from celery import bootsteps
from celery.worker import state
from django.utils import timezone

logger = logging.getLogger(__name__)

BEAT_SECONDS = 5.0


class WorkerHeartbeat(bootsteps.StartStopStep):
    """One row `worker:<host>-<pid>`, written every five seconds over a connection that is opened for it alone."""

    # After the pool: its processes are then forked before there is a second thread.
    requires = ("celery.worker.components:Pool",)

    def __init__(self, worker: Any, **options: Any) -> None:
        super().__init__(worker, **options)
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, worker: Any) -> None:
        self._thread = threading.Thread(target=self._beat, args=[worker], name="heartbeat", daemon=True)
        self._thread.start()

    def stop(self, worker: Any) -> None:
        self._ended.set()
        if self._thread is not None:
            self._thread.join(timeout=3)

    def terminate(self, parent: Any) -> None:
        self.stop(parent)

    def _beat(self, worker: Any) -> None:
        from django.db import connections

        from notifications.dispatch import heartbeat

        name, since = heartbeat.worker_name(), timezone.now()
        pause = 0.0
        while not self._ended.wait(pause):
            pause = BEAT_SECONDS
            if is_stuck(worker):
                continue
            try:
                heartbeat.seen_alive(name, at=timezone.now(), since=since)
            except Exception as error:
                # A database that is away for a while must not end the heartbeat for good.
                logger.warning("heartbeat could not be written: %s", type(error).__name__)
            finally:
                connections.close_all()
        try:
            heartbeat.has_ended(name)
        except Exception as error:
            logger.warning("heartbeat could not be removed: %s", type(error).__name__)
        finally:
            connections.close_all()


def is_stuck(worker: Any) -> bool:
    """Whether every slot of this worker is busy with a task that has outlasted the time limit of tasks."""
    limit = worker.app.conf.task_time_limit
    started = [request.time_start for request in list(state.active_requests) if request.time_start]
    return len(started) >= worker.concurrency and all(time.time() - at > limit for at in started)

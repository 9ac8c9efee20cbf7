"""The task queue: which broker, which queues, and how often beat ticks. Tasks carry ids only and are only wake-ups.

Whatever is due is a row; a task that is lost is made good by the next tick.
"""

import os
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import celeryd_init, task_prerun, worker_process_init
from kombu import Exchange, Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "imes.settings")

from django.conf import settings
from django.db import close_old_connections

from imes import broker, memory

app = Celery("imes", task_cls="imes.acks:PortalTask")
# For every thread: a web server's threads would otherwise get an app without a broker.
app.set_default()

#: Seconds between two sweeps for rows that a lost wake-up missed.
TICK_SECONDS = 1.0
#: Seconds between two rounds of sealing; a line is sealed in the second round after it was written.
SEAL_SECONDS = 60.0
#: Seconds between two looks for charges that were left behind and notices that are due.
USAGE_SECONDS = 15.0
#: Seconds between two looks for numbers whose kind of line is not known yet.
LINES_SECONDS = 15.0
#: Seconds between two looks for trials and grace periods that have ended; the rulings know it in any case.
STANDING_SECONDS = 60.0

app.conf.update(
    broker_url=settings.CELERY_BROKER_URL,
    broker_connection_retry_on_startup=True,
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_time_limit=60,
    task_soft_time_limit=45,
    worker_prefetch_multiplier=1,
    worker_soft_shutdown_timeout=20,
    worker_hijack_root_logger=False,
    worker_enable_remote_control=False,
    worker_send_task_events=False,
    # Named in full: left out, all three would be bound to one exchange by one key.
    task_queues=[Queue(name, Exchange(name), routing_key=name) for name in ("urgent", "bulk", "webhooks")],
    task_default_queue="bulk",
    task_create_missing_queues=False,
    timezone="UTC",
    beat_schedule={
        "tick": {"task": "notifications.tick", "schedule": TICK_SECONDS, "options": {"queue": "urgent", "expires": 10}},
        "usage": {
            "task": "notifications.keep_usage",
            "schedule": USAGE_SECONDS,
            "options": {"queue": "bulk", "expires": 10},
        },
        "lines": {
            "task": "notifications.look_up_lines",
            "schedule": LINES_SECONDS,
            "options": {"queue": "bulk", "expires": 10},
        },
        "standings": {
            "task": "billing.end_standings",
            "schedule": STANDING_SECONDS,
            "options": {"queue": "bulk", "expires": 50},
        },
        "seal": {"task": "notifications.seal", "schedule": SEAL_SECONDS, "options": {"queue": "bulk", "expires": 50}},
    },
    imports=["notifications.tasks", "billing.tasks"],
)

if settings.CELERY_BROKER_URL.startswith("filesystem"):
    broker.use()
    folder = Path(settings.BROKER_DIR) / "queue"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    # A folder is on no host, and kombu warns of every connection that names none.
    app.conf.update(broker_url="filesystem://localhost//")
    app.conf.broker_transport_options = {
        "data_folder_in": str(folder),
        "data_folder_out": str(folder),
        # At 0.1 s a page waits 50 ms, at 0.02 s it waits 10 ms, and an idle worker with beat takes 4 % of a core.
        "polling_interval": 0.02,
    }
elif settings.CELERY_BROKER_URL.startswith("redis"):
    # Measured: without these, a killed worker's task comes back after 90 s instead of 19 s.
    app.conf.broker_transport_options = {
        "visibility_timeout": 300,
        "unacked_restore_interval": 1,
        "unacked_restore_throttle": 1,
        "health_check_interval": 25,
    }
else:
    app.conf.task_default_queue_type = "quorum"
    app.conf.broker_transport_options = {"confirm_publish": True}


# Celery closes the database's connection around every task, and making one costs as much as delivering ten messages.
# It is kept for so many tasks; Django itself replaces one that is old or does not answer.
app.conf.CELERY_DB_REUSE_MAX = 1000


@task_prerun.connect
def _look_at_connections(**_: Any) -> None:
    close_old_connections()


@worker_process_init.connect
def _settle_memory(**_: Any) -> None:
    memory.settle()


@celeryd_init.connect
def _prepare_worker(**_: Any) -> None:
    # Here and not above: the web wakes workers through this module and needs nothing of a worker's own parts.
    from imes.database.checks import refuse_unsafe_login
    from imes.worker_heartbeat import WorkerHeartbeat

    refuse_unsafe_login()
    app.steps["worker"].add(WorkerHeartbeat)

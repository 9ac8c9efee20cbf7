"""Whether the pipeline can deliver (/health) and whether this web process answers at all (/livez).

/health never hangs: each part is asked in a thread with a deadline. Only those who may know are told what is down.
"""

import logging
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.contrib.auth import get_user
from django.db import connection, connections, transaction
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from kombu import Connection

from notifications.queries.pulse import Pulse, pulse
from tenants.models import User

logger = logging.getLogger(__name__)

#: How long one part may take to answer before it counts as down.
PATIENCE = 3.0
_BROKER_TIMEOUT = 2
T = TypeVar("T")
_threads = ThreadPoolExecutor(8, thread_name_prefix="health")


@dataclass(frozen=True, slots=True)
class Check:
    """One part of the pipeline: whether it works, and what was seen of it."""

    ok: bool
    says: str


@transaction.non_atomic_requests
def livez(request: HttpRequest) -> JsonResponse:
    """The web process answers: for load balancers."""
    return JsonResponse({"status": "ok"})


@never_cache
@transaction.non_atomic_requests
def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 when database, broker, worker and beat can deliver, 503 when one of them cannot."""
    checks = checked()
    is_ok = all(check.ok for check in checks.values())
    answer: dict[str, object] = {"status": "ok" if is_ok else "down"}
    if _may_know(request, database_is_up=checks["database"].ok):
        answer["checks"] = {name: asdict(check) for name, check in checks.items()}
    return JsonResponse(answer, status=200 if is_ok else 503)


def checked() -> dict[str, Check]:
    """Ask every part at the same time and return what each says, in the order in which a message passes them."""
    asked = {"database": _threads.submit(_in_thread, _database), "broker": _threads.submit(_in_thread, _broker)}
    seen = _threads.submit(_in_thread, _pulse)
    found = {name: _in_time(future, name) for name, future in asked.items()}
    return {**found, **_by_pulse(seen)}


def _database() -> Check:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Check(True, "answers")


def _broker() -> Check:
    url = settings.CELERY_BROKER_URL
    if url.startswith("filesystem"):
        folder = Path(settings.BROKER_DIR) / "queue"
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            return Check(False, "its folder cannot be read and written")
        return Check(True, "its folder can be read and written")
    with Connection(url, connect_timeout=_BROKER_TIMEOUT, transport_options={"max_retries": 0}) as broker:
        broker.ensure_connection(max_retries=1, timeout=_BROKER_TIMEOUT)
    return Check(True, "answers")


def _pulse() -> Pulse:
    return pulse(now=timezone.now())


def _by_pulse(future: "Future[Pulse]") -> dict[str, Check]:
    try:
        seen = future.result(PATIENCE)
    except Exception:
        future.cancel()
        unknown = Check(False, "not known while the database does not answer")
        return {"worker": unknown, "beat": unknown}
    return {"worker": _worker(seen), "beat": _beat(seen)}


def _worker(seen: Pulse) -> Check:
    if seen.worker_age is None:
        return Check(False, "starting: no heartbeat yet")
    says = f"{seen.workers} alive, last seen {_ago(seen.worker_age)}"
    if seen.oldest_due_age is not None:
        says += f"; the oldest due message has waited {_seconds(seen.oldest_due_age)}"
    if not seen.keeps_up:
        says += ": too long, so every slot may be busy or stopped"
    return Check(seen.worker_is_alive and seen.keeps_up, says)


def _beat(seen: Pulse) -> Check:
    if seen.beat_is_alive:
        return Check(True, f"last tick {_ago(seen.beat_age)}")
    if seen.beat_age is None and seen.worker_age is None:
        return Check(False, "starting: no heartbeat yet")
    # A tick is carried out by a worker: its absence does not tell which of the two is at fault.
    last = "no tick was carried out yet" if seen.beat_age is None else "no tick was carried out lately"
    return Check(
        False,
        f"{last} (the last: {_ago(seen.beat_age)}): beat may not be running, or every slot of the workers may be busy "
        "or stopped",
    )


def _in_thread(ask: Callable[[], T]) -> T:
    try:
        return ask()
    finally:
        connections.close_all()


def _in_time(future: "Future[Check]", name: str) -> Check:
    try:
        return future.result(PATIENCE)
    except TooLate:
        future.cancel()
        return Check(False, f"did not answer within {PATIENCE:g} s")
    except Exception as error:
        # The text of the error may hold addresses and logins: the class is enough.
        logger.warning("health: %s is down: %s", name, type(error).__name__)
        return Check(False, type(error).__name__)


def _may_know(request: HttpRequest, *, database_is_up: bool) -> bool:
    if settings.DEBUG and request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"}:
        return "HTTP_X_FORWARDED_FOR" not in request.META
    if not database_is_up or settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False
    user = get_user(request)
    return isinstance(user, User) and user.is_active and user.reads_every_tenant


def _ago(age: timedelta | None) -> str:
    return "never" if age is None else f"{_seconds(age)} ago"


def _seconds(age: timedelta) -> str:
    return f"{age.total_seconds():.0f} s"

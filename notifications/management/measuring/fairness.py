"""How long one tenant's single page takes while another tenant's storm is queued, on a portal of its own.

The storm is written by firings while the workers are halted, and goes on while the single pages are fired.
"""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from signal import SIGCONT, SIGSTOP

import requests

from notifications.management.measuring.portal import NotMeasured, Portal, portal
from notifications.management.measuring.victims import Kind, send

_STAGE = "notifications.management.measuring.stage"
#: People of the storm; each gets as many pages as it takes, of as many firings.
_PEOPLE = 2000
#: How many single pages, and the pause between them in seconds.
SINGLES, _BETWEEN = 5, 1.0
#: What a page of the neighbour may take, in seconds from the hook's answer.
MOST = 1.0
_PATIENCE = 300.0
_WAITING = "SELECT count(*) FROM notifications_notification WHERE status IN ('queued', 'held') AND due_at <= now()"
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Fairness:
    """Seconds from each single page's answer to its arrival, how many rows waited then, and the storm's rate."""

    singles: tuple[float, ...]
    waiting: tuple[int, ...]
    queued: int
    rate: float

    @property
    def is_fair(self) -> bool:
        return max(self.singles) < MOST


def fairness(*, queued: int, broker: str, workers: int, latency: float, say: Say) -> Fairness:
    """Queue a storm of so many rows, let it go, and fire single pages of another tenant meanwhile.

    :raises NotMeasured: when something did not come up, or pages were missing in the end.
    """
    made = portal(broker=broker, workers=workers, latency=latency, receipts="", hold=False, say=say)
    with made as stage:
        people = min(_PEOPLE, queued)
        say(f"Writing {people} people ...")
        staged = json.loads(stage.run("-m", _STAGE, str(people)))
        _await(stage, people + 1)  # the confirmations of their consents
        stage.tell("/reset")
        stage.settle()
        with _halted(stage):
            say(f"Queueing {queued} rows ...")
            with ThreadPoolExecutor(4) as pool:
                list(pool.map(lambda number: _fire(stage, staged["token"], number), range(queued // people)))
        began = time.time()
        _await(stage, 1)
        answered: list[float] = []
        waiting: list[int] = []
        for number in range(SINGLES):
            waiting.append(_waiting(stage))
            answered.append(_fire(stage, staged["neighbour"]["token"], number))
            time.sleep(_BETWEEN)
        say("Waiting for the rest of the storm ...")
        total = queued // people * people
        _await(stage, total + SINGLES)
        seen = stage.ask("/arrivals")
    arrived = [at for at, to in zip(seen["when"], seen["to"], strict=True) if to == staged["neighbour"]["number"]]
    singles = tuple(there - fired for there, fired in zip(arrived, answered, strict=True))
    return Fairness(singles, tuple(waiting), total, total / (max(seen["when"]) - began))


def tell(found: Fairness, *, say: Say) -> None:
    """Say the figures of a run."""
    for number, (seconds, waiting) in enumerate(zip(found.singles, found.waiting, strict=True), start=1):
        say(f"single page {number}   {seconds * 1000:8.1f} ms after the hook's answer, behind {waiting} rows")
    say(f"slowest         {max(found.singles) * 1000:8.1f} ms; {MOST * 1000:.0f} is the most")
    say(f"the storm       {found.rate:8.1f} messages a second, {found.queued} in all")


@contextmanager
def _halted(stage: Portal) -> Iterator[None]:
    """The worker and its processes stand still for as long as the block lasts."""
    found = [one for kind in (Kind.WORKER, Kind.WORKER_PROCESS) for one in stage.processes.candidates(kind)]
    for process in found:
        send(process, SIGSTOP)
    try:
        yield
    finally:
        for process in found:
            send(process, SIGCONT)


def _fire(stage: Portal, token: str, number: int) -> float:
    """Fire a flow, and return when the hook had answered."""
    answer = requests.post(f"{stage.url}/hooks/{token}", json={"service": f"pump {number}"}, timeout=60)
    if answer.status_code != requests.codes.accepted:
        raise NotMeasured(f"The hook answered {answer.status_code}: {answer.text[:200]}")
    return time.time()


def _waiting(stage: Portal) -> int:
    row = stage.database.execute(_WAITING).fetchone()
    return int(row[0]) if row else 0


def _await(stage: Portal, count: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    while (found := stage.ask("/count")["count"]) < count:
        if time.monotonic() > deadline:
            raise NotMeasured(f"{found} of {count} messages after {_PATIENCE:.0f} s; logs are in {stage.log}")
        time.sleep(0.05)

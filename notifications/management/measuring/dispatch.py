"""One firing from the hook to a loopback provider, with the figures that tell how fast it went, all of one run."""

import json
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import requests

from notifications.management.measuring.portal import NotMeasured, Portal, portal

_FLOORS = "notifications.management.measuring.floors"
_STAGE = "notifications.management.measuring.stage"
_PATIENCE = 180.0
#: Threads of the floors, in each of as many processes as there are workers: those of a worker's own calls.
_FLOOR_THREADS = 32
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Fired:
    """One firing: seconds after the hook's answer at which each message arrived, and what it cost."""

    answered_in: float
    arrivals: tuple[float, ...]
    statements: int
    settled_in: float | None

    @property
    def rate(self) -> float:
        """Messages a second, from the hook's answer to the last arrival."""
        return len(self.arrivals) / self.arrivals[-1]

    def after(self, share: float) -> float:
        """The seconds after which this share of the messages had arrived."""
        return self.arrivals[min(len(self.arrivals) - 1, int(share * len(self.arrivals)))]


def measure(
    *, count: int, latency: float, workers: int, broker: str, receipts: str, hold: bool, list_most: int, say: Say
) -> None:
    """Make a portal of its own, fire once for practice and once for the figures, and say them.

    :raises NotMeasured: when something did not come up, or messages were missing at the end.
    """
    made = portal(broker=broker, workers=workers, latency=latency, receipts=receipts, hold=hold, say=say)
    with made as stage:
        token = json.loads(stage.run("-m", _STAGE, str(count)))["token"]
        say("Firing once for practice ...")
        _fire(stage, token, count=count, service="practice", hold=hold)
        say("Firing ...")
        stage.settle()
        fired = _fire(stage, token, count=count, service="pump 3", hold=hold)
        for calls, spent, text in stage.commonest(list_most):
            say(f"{calls:8} times {spent:9.1f} ms  {text}")
        floors = {which: _floor(stage, which, count=count, workers=workers) for which in ("bare", "sdk")}
    _tell(fired, floors, say=say)


def _fire(stage: Portal, token: str, *, count: int, service: str, hold: bool) -> Fired:
    stage.tell("/reset")
    before = stage.statements()
    began = time.time()
    answer = requests.post(f"{stage.url}/hooks/{token}", json={"service": service}, timeout=60)
    answered = time.time()
    if answer.status_code != requests.codes.accepted:
        raise NotMeasured(f"The hook answered {answer.status_code}: {answer.text[:200]}")
    _await(stage, count=count, name="count")
    statements = stage.statements() - before
    if hold:
        stage.tell("/release")
    due = stage.ask("/count")["receipts_due"]
    settled = _await(stage, count=due, name="receipts_taken") - answered if due else None
    arrivals = tuple(sorted(at - answered for at in stage.ask("/arrivals")["when"]))
    return Fired(answered - began, arrivals, statements, settled)


def _await(stage: Portal, *, count: int, name: str) -> float:
    deadline = time.monotonic() + _PATIENCE
    while (found := stage.ask("/count")[name]) < count:
        if time.monotonic() > deadline:
            raise NotMeasured(f"{name}: {found} of {count} after {_PATIENCE:.0f} s; logs are in {stage.log}")
        time.sleep(0.05)
    return time.time()


def _floor(stage: Portal, which: str, *, count: int, workers: int) -> float:
    """Messages a second of the floor, in as many processes as the portal had."""
    share = count // workers

    def one(_: int) -> float:
        return float(stage.run("-m", _FLOORS, which, stage.provider, str(share), str(_FLOOR_THREADS)))

    with ThreadPoolExecutor(workers) as pool:
        slowest = max(pool.map(one, range(workers)))
    return workers * (share // _FLOOR_THREADS) * _FLOOR_THREADS / slowest


def _tell(fired: Fired, floors: dict[str, float], *, say: Say) -> None:
    names = {"bare": "a bare keep-alive POST loop", "sdk": "the SDK alone in a thread pool"}
    lines = [
        ("hook answered", f"{fired.answered_in * 1000:9.1f} ms after the request"),
        ("first", f"{fired.arrivals[0] * 1000:9.1f} ms after the hook's answer"),
        ("p50", f"{statistics.median(fired.arrivals) * 1000:9.1f} ms"),
        ("p99", f"{fired.after(0.99) * 1000:9.1f} ms"),
        ("last", f"{fired.arrivals[-1] * 1000:9.1f} ms"),
        ("messages a second", f"{fired.rate:9.1f}"),
        ("statements a message", f"{fired.statements / len(fired.arrivals):9.2f}"),
    ]
    lines += [
        (f"{which} floor", f"{rate:9.1f} a second ({names[which]}); the portal {fired.rate / rate:.2f} of it")
        for which, rate in floors.items()
    ]
    if fired.settled_in is not None:
        lines.append(("receipts taken", f"{fired.settled_in * 1000:9.1f} ms after the hook's answer"))
    for name, text in lines:
        say(f"{name:<22}{text}")


if __name__ == "__main__":
    sys.exit("Run it as manage.py bench dispatch.")

"""Kills parts of a portal of its own, at random instants of many firings, and holds its log against the provider's.

Only what this portal started is killed; a named broker is cut off by a line of our own.
"""

import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL
from threading import Timer

import requests

from notifications.management.measuring.line import Cut, line_to_broker
from notifications.management.measuring.portal import NotMeasured
from notifications.management.measuring.served import Served, served
from notifications.management.measuring.settling import settle
from notifications.management.measuring.stage import number_of
from notifications.management.measuring.verdict import Page, Taken, Verdict, judge
from notifications.management.measuring.victims import Kind, send

#: What every page says, and no confirmation of a consent does.
_WORDS = " is down"
_STAGE = "notifications.management.measuring.stage"
Say = Callable[[str], None]
#: Seconds after a firing began within which something is killed, and until the next firing after that.
_INSTANT, _PAUSE = (0.0, 1.2), (0.2, 2.0)
#: Seconds for which the broker stays out of reach.
_CUT = (0.3, 3.0)
#: What was killed a moment ago may not run yet when it is its turn again.
_PATIENCE = 30.0
_FIRED_WITHIN = 120.0


@dataclass(frozen=True, slots=True)
class Shot:
    """One kill of the plan: what, how long after its firing began, and how long to wait after it, in seconds."""

    kind: Kind
    after: float
    pause: float
    cut_for: float


def planned(kills: int, *, seed: int, broker: bool) -> list[Shot]:
    """Every kind in turn, in an order and at instants that the seed decides."""
    dice = random.Random(seed)  # noqa: S311 - repeatable, and no secret
    kinds = [kind for kind in Kind if broker or kind is not Kind.BROKER]
    order = [kind for _ in range(-(-kills // len(kinds))) for kind in dice.sample(kinds, len(kinds))][:kills]
    return [Shot(kind, dice.uniform(*_INSTANT), dice.uniform(*_PAUSE), dice.uniform(*_CUT)) for kind in order]


def chaos(
    *, count: int, shots: Sequence[Shot], broker: str, say: Say, folder: Path | None = None, hurried: bool = False
) -> Verdict:
    """Fire once for each shot, COUNT pages in all, kill meanwhile, wait until all is settled, and judge.

    `folder` is one in which a portal was served before; `hurried` moves the clock on instead of waiting for leases.

    :raises NotMeasured: when the portal does not come up, or a firing is never answered.
    :raises QueuesInUse: when somebody else works with the named broker's queues.
    """
    with _line(broker) as (url, line), served(broker=url, say=say, folder=folder) as portal:
        say(f"Writing {count} people ...")
        tokens = json.loads(portal.run("-m", _STAGE, str(count), str(len(shots))))["tokens"]
        settle(portal, say=say, purpose="consent_confirmation", hurried=hurried)
        killed: Counter[Kind] = Counter()
        with ThreadPoolExecutor(len(shots)) as pool:
            firings: list[Future[int]] = []
            for number, (shot, token) in enumerate(zip(shots, tokens, strict=True), start=1):
                firings.append(pool.submit(_fire, portal, token, service=f"pump {number}"))
                time.sleep(shot.after)
                killed[shot.kind] += _strike(portal, shot, line)
                say(f"{number:3} of {len(shots)}: fired, and {shot.after:.2f} s later killed {shot.kind}")
                time.sleep(shot.pause)
            tries = _answered(firings)
        began = time.monotonic()
        settle(portal, say=say, purpose="page", hurried=hurried)
        say(f"settled {time.monotonic() - began:.1f} s after the last firing was answered")
        say(f"killed: {', '.join(f'{kind} {times}' for kind, times in sorted(killed.items()))}")
        say(f"hook: {len(firings)} firings, {tries - len(firings)} requests made again until they were answered 202")
        return _judged(portal, count)


@contextmanager
def _line(broker: str) -> Iterator[tuple[str, Cut | None]]:
    if broker.startswith("filesystem"):
        yield broker, None
        return
    with line_to_broker(broker) as (url, line):
        yield url, line


def _strike(portal: Served, shot: Shot, line: Cut | None) -> int:
    """Kill what the shot names, as soon as there is one; return how many were killed."""
    if shot.kind is Kind.BROKER and line is not None:
        line.cut()
        Timer(shot.cut_for, line.mend).start()
        return 1
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if portal.process.poll() is not None:
            raise NotMeasured(f"The portal ended by itself, with status {portal.process.returncode}")
        found = portal.victims.candidates(shot.kind)
        if found and send(random.choice(found), SIGKILL):  # noqa: S311 - any of them
            return 1
        time.sleep(0.05)
    raise NotMeasured(f"{shot.kind} did not run any more {_PATIENCE:.0f} s after it was killed")


def _fire(portal: Served, token: str, *, service: str) -> int:
    """Ask the hook until it answers 202, as a machine that wants to be heard does; return how often it was asked."""
    deadline = time.monotonic() + _FIRED_WITHIN
    tries = 0
    while time.monotonic() < deadline:
        tries += 1
        try:
            answer = requests.post(
                f"{portal.url}/hooks/{token}", json={"service": service}, timeout=15,
                headers={"Idempotency-Key": service},
            )  # fmt: skip
        except requests.RequestException:
            time.sleep(0.1)
            continue
        if answer.status_code == requests.codes.accepted:
            return tries
        time.sleep(0.1)
    raise NotMeasured(f"{service} was not answered 202 in {_FIRED_WITHIN:.0f} s")


def _answered(firings: Sequence["Future[int]"]) -> int:
    return sum(firing.result() for firing in firings)


def _judged(portal: Served, count: int) -> Verdict:
    # The rows first: what the provider learns after that cannot make them wrong.
    rows = portal.rows("SELECT public_id, number, status FROM notifications_notification WHERE purpose = 'page'")
    taken = [Taken(text["to"], text["status"]) for text in portal.messages() if _WORDS in text["body"]]
    numbers = [number_of(place) for place in range(count)]
    return judge(numbers, pages=[Page(*row) for row in rows or []], taken=taken)


def tell(verdict: Verdict, *, say: Say) -> None:
    """Say the three figures, with what is behind each that is not 0."""
    say("log: " + ", ".join(f"{status} {times}" for status, times in sorted(verdict.statuses.items())))
    say(f"delivered, and still called sent, since its receipt never came: {verdict.never_heard}")
    say(f"not sent, and the row says so: {verdict.not_sent}")
    for name in ("lost", "doubled", "wrong"):
        found: list[str] = getattr(verdict, name)
        say(f"{name:<8}{len(found):6}")
        for line in found[:50]:
            say(f"    {line}")

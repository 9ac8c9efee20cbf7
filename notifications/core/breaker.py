"""A route's circuit breaker: when it opens, when one message may try the route again, and when it closes.

Pure: it is told what happened and when, and answers how the breaker stands then. Only the provider's own faults count.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from notifications.core.faults import Fault, FaultKind

#: Faults are counted over this long, from the first one on: long enough for a message's own retries to be seen.
WINDOW = timedelta(seconds=60)
#: Fewer faults may be one connection's bad luck; a single page that is retried reaches five within half a minute.
FAULTS_TO_OPEN = 5
#: A provider that works again is used again soon, and one that stays down costs one message in ten minutes.
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=10)
#: One that opens again this soon after it closed was not well: its pause goes on growing.
SETTLED_AFTER = timedelta(minutes=10)


class BreakerState(StrEnum):
    """How a route stands."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"

    @property
    def label(self) -> str:
        """The word that people see."""
        return {"closed": "Closed", "open": "Open", "half_open": "Half-open"}[self.value]


class Source(StrEnum):
    """What moved a breaker."""

    FAULTS = "faults"
    CLOCK = "clock"
    PROBE = "probe"
    DRILL = "drill"


class Signal(StrEnum):
    """What the end of one request says about the provider."""

    FAULT = "fault"
    ANSWER = "answer"
    NOTHING = "nothing"


class Way(StrEnum):
    """Whether a message may take the route: any, one of them to try it, or none."""

    FREE = "free"
    TRY = "try"
    SHUT = "shut"


@dataclass(frozen=True, slots=True)
class Stand:
    """How a breaker stands. `faults` and `answers` are those since `counted_since`.

    A drill lies over the state and leaves it as it is: while it lasts, the route is shut.
    """

    state: BreakerState
    since: datetime
    counted_since: datetime
    openings: int = 0
    faults: int = 0
    answers: int = 0
    open_until: datetime | None = None
    probe_until: datetime | None = None
    drill_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One change of what people see of a breaker."""

    at: datetime
    before: BreakerState
    after: BreakerState
    source: Source
    why: str


#: How it stands, and what is to be written into the history.
Moved = tuple[Stand, tuple[Change, ...]]


def untouched(*, at: datetime) -> Stand:
    """A route of which nothing is known against it."""
    return Stand(BreakerState.CLOSED, since=at, counted_since=at)


def signal_of(fault: Fault | None) -> Signal:
    """What a request's fault says: a provider that refuses a bad number has answered as it should."""
    if fault is None:
        return Signal.ANSWER
    if fault.moves_breaker:
        return Signal.FAULT
    return Signal.NOTHING if fault.kind is FaultKind.OUR_ERROR else Signal.ANSWER


def is_drilled(stand: Stand, *, at: datetime) -> bool:
    return stand.drill_until is not None and at < stand.drill_until


def shown_state(stand: Stand, *, at: datetime) -> BreakerState:
    """The state that people see: a route that was taken out by hand is open."""
    return BreakerState.OPEN if is_drilled(stand, at=at) else stand.state


def way(stand: Stand, *, at: datetime) -> Way:
    """Whether a message may take the route at this instant."""
    if is_drilled(stand, at=at):
        return Way.SHUT
    if stand.state is BreakerState.CLOSED:
        return Way.FREE
    until = stand.open_until if stand.state is BreakerState.OPEN else stand.probe_until
    return Way.SHUT if until is not None and at < until else Way.TRY


def next_try_at(stand: Stand, *, at: datetime) -> datetime | None:
    """When a shut route may be tried again at the earliest; None where it may be now."""
    if way(stand, at=at) is not Way.SHUT:
        return None
    ends = [until for until in (stand.open_until, stand.probe_until, stand.drill_until) if until and until > at]
    return max(ends)


def is_quiet(stand: Stand, *, at: datetime) -> bool:
    """Closed, and nothing counted against it: what it answers need not be written down."""
    return stand.state is BreakerState.CLOSED and (stand.faults == 0 or at - stand.counted_since >= WINDOW)


def counted(stand: Stand, *, faults: int, answers: int, late: int = 0, at: datetime) -> Moved:
    """How it stands after these ends of requests; only a closed breaker counts.

    :param late: so many of the faults came by receipt, for messages that had counted as answered.
    """
    if stand.state is not BreakerState.CLOSED:
        return stand, ()
    if is_quiet(stand, at=at):
        stand = replace(stand, faults=0, answers=0, counted_since=at)
        if not faults:
            return stand, ()
    stand = replace(stand, faults=stand.faults + faults, answers=max(0, stand.answers + answers - late))
    if stand.faults < FAULTS_TO_OPEN or stand.faults <= stand.answers:
        return stand, ()
    why = f"{stand.faults} faults of the provider's own within {WINDOW.seconds} s, and {stand.answers} good answers."
    return _opened(stand, at=at, source=Source.FAULTS, why=why)


def tried(stand: Stand, *, at: datetime, until: datetime) -> tuple[Stand, tuple[Change, ...], bool]:
    """One message asks to try the route; the last value says whether it may, with the route its own until `until`."""
    if way(stand, at=at) is not Way.TRY:
        return stand, (), False
    after, changes = clock_moved(stand, at=at)
    return replace(after, probe_until=until), changes, True


def clock_moved(stand: Stand, *, at: datetime) -> Moved:
    """How it stands once time has passed: a drill ends, and an open one whose pause is over may be tried."""
    changes: tuple[Change, ...] = ()
    if stand.drill_until is not None and at >= stand.drill_until:
        stand, changes = restored(stand, at=at, why="The time for which it was taken out by hand is over.")
    if stand.state is not BreakerState.OPEN or way(stand, at=at) is not Way.TRY:
        return stand, changes
    after = replace(stand, state=BreakerState.HALF_OPEN, since=at, open_until=None, probe_until=None)
    change = Change(at, stand.state, after.state, Source.CLOCK, "Its pause is over: one message may try it.")
    return after, (*changes, change)


def probe_ended(stand: Stand, signal: Signal, *, token: datetime, at: datetime) -> Moved:
    """How it stands after the message that tried it; `token` is the `until` it was given.

    One whose time had run out says nothing: another may be trying by then.
    """
    if stand.state is not BreakerState.HALF_OPEN or stand.probe_until != token:
        return stand, ()
    if signal is Signal.NOTHING:
        return replace(stand, probe_until=None), ()
    if signal is Signal.FAULT:
        return _opened(stand, at=at, source=Source.PROBE, why="The message that tried it met a fault again.")
    after = replace(stand, state=BreakerState.CLOSED, since=at, counted_since=at, faults=0, answers=0, probe_until=None)
    change = Change(at, stand.state, after.state, Source.PROBE, "The message that tried it was answered.")
    return after, (() if is_drilled(stand, at=at) else (change,))


def drilled(stand: Stand, *, at: datetime, until: datetime) -> Moved:
    """How it stands when it is taken out by hand until then, or for another time than before."""
    before = shown_state(stand, at=at)
    minutes = round((until - at) / timedelta(minutes=1))
    why = f"Taken out by hand for {minutes} {'minute' if minutes == 1 else 'minutes'}."
    return replace(stand, drill_until=until), (Change(at, before, BreakerState.OPEN, Source.DRILL, why),)


def restored(stand: Stand, *, at: datetime, why: str) -> Moved:
    """How it stands when a drill ends; the state beneath it counts again."""
    if stand.drill_until is None:
        return stand, ()
    return replace(stand, drill_until=None), (Change(at, BreakerState.OPEN, stand.state, Source.DRILL, why),)


def _opened(stand: Stand, *, at: datetime, source: Source, why: str) -> Moved:
    settled = stand.state is BreakerState.CLOSED and at - stand.since >= SETTLED_AFTER
    openings = 1 if settled else stand.openings + 1
    # The exponent is bounded, so that a provider that is down for weeks overflows nothing.
    pause = min(FIRST_PAUSE * 2 ** min(openings - 1, 10), LONGEST_PAUSE)
    after = replace(
        stand,
        state=BreakerState.OPEN,
        since=at,
        openings=min(openings, 30_000),
        open_until=at + pause,
        probe_until=None,
    )
    return after, (() if is_drilled(stand, at=at) else (Change(at, stand.state, after.state, source, why),))

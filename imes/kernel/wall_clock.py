"""Wall clocks and instants: what a clock on the wall shows in a zone, and when something told by it first holds.

What is told by the clock holds at an instant when it holds for what the clock shows then: a repeated hour counts twice,
a skipped one not at all. Nothing is scanned minute by minute.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_DAY, _SECOND = timedelta(days=1), timedelta(seconds=1)
#: No zone has changed its clocks twice within three days, nor plans to.
STEP = timedelta(days=1)

#: The times on one date, by the clock on the wall, at which something may begin or end.
Edges = Callable[[date], Iterable[datetime]]


def zone_named(name: str) -> ZoneInfo:
    """The zone of this name; UTC for a name that is not known here (any more)."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return ZoneInfo("UTC")


def shown(at: datetime, *, zone: ZoneInfo) -> datetime:
    """What the clock on the wall shows at that instant, without a zone."""
    return at.astimezone(zone).replace(tzinfo=None, fold=0)


def clock_changes(zone: ZoneInfo, *, start: datetime, stop: datetime) -> list[datetime]:
    """The instants after `start` and before `stop` at which the zone's clocks are put forward or back."""
    return [begins for begins, _, _ in _pieces(zone, start.astimezone(UTC), stop.astimezone(UTC))][1:]


def first_instant(
    holds: Callable[[datetime], bool],
    *,
    zones: Sequence[ZoneInfo],
    edges: Edges,
    start: datetime,
    stop: datetime,
    also: Iterable[datetime] = (),
) -> datetime | None:
    """The first instant in [start, stop) at which `holds`, in UTC; None where there is none.

    :param holds: it must begin and end only at `edges` of one of the zones, where one of their clocks changes, or at
        one of the instants `also`; each beginning is itself part of what holds.
    """
    begin, end = start.astimezone(UTC), stop.astimezone(UTC)
    if begin < end and holds(begin):
        return begin
    others = sorted(one.astimezone(UTC) for one in also)
    while begin < end:
        until = min(begin + _DAY, end)
        found = {one for zone in zones for one in _candidates(zone, edges, begin, until)}
        found.update(one for one in others if begin <= one < until)
        for one in sorted(found):
            if holds(one):
                return one
        begin = until
    return None


def _candidates(zone: ZoneInfo, edges: Edges, start: datetime, stop: datetime) -> Iterator[datetime]:
    """Every instant in [start, stop) at which the zone's clock shows an edge, or is changed."""
    for begins, ends, offset in _pieces(zone, start, stop):
        yield begins
        first, last = (begins + offset).date(), (ends + offset).date()
        for days in range((last - first).days + 1):
            for edge in edges(first + timedelta(days=days)):
                at = edge.replace(tzinfo=UTC) - offset
                if begins <= at < ends:
                    yield at


def _pieces(zone: ZoneInfo, start: datetime, stop: datetime) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """Stretches of [start, stop) with one offset from UTC each."""
    piece, offset = start, _offset(zone, start)
    at = start
    while at < stop:
        ahead = min(at + STEP, stop)
        then = _offset(zone, ahead)
        if then != offset:
            change = _change(zone, at, ahead)
            if piece < change:
                yield piece, change, offset
            piece, offset = change, then
        at = ahead
    if piece < stop:
        yield piece, stop, offset


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The instant in (before, after] from which the later offset holds: a whole second."""
    old = _offset(zone, before)
    low, high = before, after
    while high - low > _SECOND:
        middle = low + (high - low) / 2
        if _offset(zone, middle) == old:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()

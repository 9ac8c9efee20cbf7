"""A second reading of the counters, in plain Python: what each act does to the charges of one tenant's month."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

#: The plans between which a tenant moves: notifications and segments a month; None is no limit.
PLANS: tuple[tuple[int | None, int | None], ...] = ((4, 8), (9, None), (None, 12))
ALLOWANCE = 5


@dataclass(frozen=True)
class Line:
    """One message's charge."""

    segments: int
    by_hand: bool
    state: str


@dataclass(frozen=True)
class Books:
    """Everything that is counted of one tenant."""

    plan: int = 0
    added: tuple[int, int] = (0, 0)
    lines: Mapping[int, Line] = field(default_factory=dict)

    @property
    def limits(self) -> tuple[int | None, int | None]:
        notifications, segments = PLANS[self.plan]
        return (
            None if notifications is None else notifications + self.added[0],
            None if segments is None else segments + self.added[1],
        )

    @property
    def live(self) -> list[Line]:
        return [line for line in self.lines.values() if line.state != "released"]

    @property
    def taken(self) -> tuple[int, int]:
        return len(self.live), sum(line.segments for line in self.live)

    @property
    def by_hand(self) -> int:
        return sum(line.by_hand for line in self.live)

    def with_line(self, number: int, line: Line) -> "Books":
        return replace(self, lines={**self.lines, number: line})


@dataclass(frozen=True)
class Reserve:
    """Messages that want to go: number, segments, whether sent by hand."""

    wants: tuple[tuple[int, int, bool], ...]

    def on(self, books: Books) -> tuple[Books, frozenset[int]]:
        room = set()
        for number, segments, by_hand in self.wants:
            known = books.lines.get(number)
            if known is not None and known.state != "released":
                room.add(number)
                continue
            needs = (1, segments)
            fits = all(
                limit is None or taken + need <= limit
                for limit, taken, need in zip(books.limits, books.taken, needs, strict=True)
            )
            if fits and (not by_hand or books.by_hand < ALLOWANCE):
                books = books.with_line(number, Line(segments, by_hand, "reserved"))
                room.add(number)
        return books, frozenset(room)


@dataclass(frozen=True)
class Settle:
    """Messages that a provider took; it counts one segment each where it counts at all."""

    numbers: tuple[int, ...]
    said: int | None

    def on(self, books: Books) -> tuple[Books, frozenset[int]]:
        for number in self.numbers:
            line = books.lines.get(number)
            if line is not None and line.state == "reserved":
                books = books.with_line(number, replace(line, state="settled", segments=self.said or line.segments))
        return books, frozenset()


@dataclass(frozen=True)
class Release:
    """Messages that never count."""

    numbers: tuple[int, ...]

    def on(self, books: Books) -> tuple[Books, frozenset[int]]:
        for number in self.numbers:
            line = books.lines.get(number)
            if line is not None:
                books = books.with_line(number, replace(line, state="released"))
        return books, frozenset()


@dataclass(frozen=True)
class Add:
    """A top-up."""

    notifications: int
    segments: int

    def on(self, books: Books) -> tuple[Books, frozenset[int]]:
        more = (books.added[0] + self.notifications, books.added[1] + self.segments)
        return replace(books, added=more), frozenset()


@dataclass(frozen=True)
class Move:
    """Another plan."""

    plan: int

    def on(self, books: Books) -> tuple[Books, frozenset[int]]:
        return replace(books, plan=self.plan), frozenset()


Deed = Reserve | Settle | Release | Add | Move

"""Two transactions at a time, each committed or lost: the counters are always those of some order of the two.

Both run the shipped statements over real connections. The first halts before its end while the second begins, which
then waits for a lock or runs through; what they leave must be what plain Python makes of one order or the other.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from queue import SimpleQueue
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.metering import Taken, Want, release, reserve, settle
from billing.models import Allowance, AllowanceDay, Charge, Plan, UsageMonth
from billing.operations import subscribe, top_up
from tenants.models import Tenant, User
from tenants.scope import platform_scope
from tests.billing.charged import AT, assert_counters_tell_the_truth
from tests.properties.quotas import ALLOWANCE, PLANS, Add, Books, Deed, Line, Move, Release, Reserve, Settle

NUMBERS = st.integers(1, 8)
SOME = st.lists(NUMBERS, min_size=1, max_size=4, unique=True).map(tuple)
DEEDS = st.one_of(
    st.builds(
        Reserve,
        st.lists(
            st.tuples(NUMBERS, st.integers(1, 3), st.booleans()), min_size=1, max_size=5, unique_by=lambda want: want[0]
        ).map(tuple),
    ),
    st.builds(Settle, SOME, st.sampled_from([None, 1])),
    st.builds(Release, SOME),
    st.builds(Add, st.integers(1, 2), st.integers(0, 3)),
    st.builds(Move, st.integers(0, len(PLANS) - 1)),
)
PAIRS = st.lists(st.tuples(DEEDS, st.booleans(), DEEDS), min_size=1, max_size=8)
_PATIENCE = 60.0
_SERIAL = count(1)


class Lost(Exception):
    """The worker ended before it committed."""


@dataclass
class Hand:
    """A thread with one connection, which does what it is given, one thing after another."""

    work: "SimpleQueue[Callable[[], Any] | None]" = field(default_factory=SimpleQueue)
    done: "SimpleQueue[Any]" = field(default_factory=SimpleQueue)
    backend: int = 0

    def run(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            self.backend = cursor.fetchone()[0]
        self.done.put(None)
        while (act := self.work.get()) is not None:
            try:
                self.done.put(act())
            except BaseException as error:
                self.done.put(error)
        connection.close()

    def result(self) -> Any:
        found = self.done.get(timeout=_PATIENCE)
        if isinstance(found, BaseException) and not isinstance(found, Lost):
            raise found
        return found

    def ends_or_waits(self) -> None:
        """Until it has done its work, or waits for a lock."""
        for _ in range(int(_PATIENCE * 1000)):
            if not self.done.empty():
                return
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_locks WHERE pid = %s AND NOT granted", [self.backend])
                if cursor.fetchone()[0]:
                    return
        pytest.fail("it neither ends nor waits for a lock")


@contextmanager
def hands() -> Iterator[tuple[Hand, Hand]]:
    pair = (Hand(), Hand())
    threads = [threading.Thread(target=hand.run, daemon=True) for hand in pair]
    for thread, hand in zip(threads, pair, strict=True):
        thread.start()
        hand.result()
    yield pair
    for hand in pair:
        hand.work.put(None)
    for thread in threads:
        thread.join(_PATIENCE)


@dataclass(frozen=True)
class Place:
    """One tenant with its month, and the plans between which it moves; message numbers begin anew for each."""

    tenant: Tenant
    user: User
    plans: list[Plan]

    @property
    def first(self) -> int:
        return self.tenant.pk * 1000

    def does(self, deed: Deed) -> frozenset[int]:
        """The shipped code for this deed; which messages may go."""
        if isinstance(deed, Reserve):
            room = reserve([self._want(*want) for want in deed.wants], at=AT)
            return frozenset(number - self.first for number in room)
        if isinstance(deed, Settle):
            settle([Taken(self.first + number, deed.said) for number in deed.numbers], at=AT)
        elif isinstance(deed, Release):
            release([self.first + number for number in deed.numbers], why="refused", at=AT)
        elif isinstance(deed, Add):
            more = {"notifications": deed.notifications, "segments": deed.segments, "calls": 0}
            top_up(self.tenant, **more, reason="", actor=None, at=AT)
        else:
            subscribe(self.tenant, plan=self.plans[deed.plan], actor=None, at=AT)
        return frozenset()

    def _want(self, number: int, segments: int, by_hand: bool) -> Want:
        by = self.user.pk if by_hand else None
        return Want(self.first + number, self.tenant.pk, "UTC", "sms", segments, 0, by)

    def books(self) -> tuple[Any, ...]:
        """What the database says: limits, what is taken, the charges, and what was sent by hand."""
        with platform_scope():
            month = UsageMonth.objects.get(tenant=self.tenant)
            sent = AllowanceDay.objects.filter(tenant=self.tenant, user=self.user).first()
            charges = {
                charge.notification_id - self.first: Line(charge.segments, charge.by_user_id is not None, charge.state)
                for charge in Charge.objects.filter(tenant=self.tenant)
            }
        return (
            (month.notifications_limit, month.segments_limit),
            (
                month.notifications_used + month.notifications_reserved,
                month.segments_used + month.segments_reserved,
            ),
            charges,
            sent.used if sent else 0,
        )


def said(books: Books) -> tuple[Any, ...]:
    return books.limits, books.taken, dict(books.lines), books.by_hand


@pytest.fixture
def plans(transactional_db: None) -> list[Plan]:
    with platform_scope():
        return [
            Plan.objects.create(name=f"Plan {place}", monthly_notifications=notifications, monthly_segments=segments)
            for place, (notifications, segments) in enumerate(PLANS)
        ]


def a_place(plans: list[Plan]) -> Place:
    serial = next(_SERIAL)
    with platform_scope():
        tenant = Tenant.objects.create(name=f"Quay {serial}", slug=f"quay-{serial}")
        user = User.objects.create(email=f"quay-{serial}@example.com")
        Allowance.objects.create(tenant=tenant, user=user, kind="number", daily=ALLOWANCE)
    subscribe(tenant, plan=plans[0], actor=None, at=AT)
    return Place(tenant, user, plans)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pairs=PAIRS)
def test_the_counters_are_those_of_some_order_of_whatever_happens_at_once(
    plans: list[Plan], pairs: list[tuple[Deed, bool, Deed]]
) -> None:
    place, books = a_place(plans), Books()
    with hands() as (one, other):
        for first, is_lost, second in pairs:
            go_on = threading.Event()
            held: SimpleQueue[frozenset[int]] = SimpleQueue()

            def holds(deed: Deed = first, lost: bool = is_lost, go_on: threading.Event = go_on) -> Any:
                with platform_scope():
                    room = place.does(deed)
                    held.put(room)  # noqa: B023 - read within this turn
                    assert go_on.wait(_PATIENCE)
                    if lost:
                        raise Lost
                return room

            def runs(deed: Deed = second) -> Any:
                with platform_scope():
                    return place.does(deed)

            one.work.put(holds)
            held.get(timeout=_PATIENCE)
            other.work.put(runs)
            other.ends_or_waits()
            go_on.set()
            found = (one.result(), other.result())
            before = books
            rooms = (None if is_lost else found[0], found[1])
            books = _one_order(before, first, second, rooms=rooms, says=place.books())
            _within_limits(books, before, moved=isinstance(first, Move) or isinstance(second, Move))
    assert_counters_tell_the_truth()


def _one_order(
    before: Books, first: Deed, second: Deed, *, rooms: tuple[frozenset[int] | None, frozenset[int]], says: Any
) -> Books:
    """What the books are by the order that explains who was let go; None for a first one that was lost."""
    room, other_room = rooms
    orders = [[(second, other_room)]]
    if room is not None:
        orders = [[(first, room), (second, other_room)], [(second, other_room), (first, room)]]
    tried = []
    for order in orders:
        books, going = before, []
        for deed, _ in order:
            books, let_go = deed.on(books)
            going.append(let_go)
        if going == [found for _, found in order] and said(books) == says:
            return books
        tried.append((going, said(books)))
    pytest.fail(f"no order of {first} and {second} gives {(rooms, says)}: {tried}")


def _within_limits(books: Books, before: Books, *, moved: bool) -> None:
    """Nothing was let go over a limit; only another plan may leave more taken than it has."""
    for limit, taken, earlier in zip(books.limits, books.taken, before.taken, strict=True):
        assert moved or limit is None or taken <= max(limit, earlier)
    assert books.by_hand <= ALLOWANCE

"""Many workers at the limit: exactly as many messages as fit are let go, and none is lost between them."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import Any, TypeVar

import pytest
from django.db import connection

from billing.metering import Taken, end, reserve
from billing.models import Allowance, AllowanceDay, Plan, UsageMonth
from billing.operations import subscribe
from tenants.scope import platform_scope
from tests.billing.charged import AT, assert_counters_tell_the_truth, figures, limited, reserved, want
from tests.cast import Cast, make_cast

WORKERS = 32
Done = TypeVar("Done")


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


def at_once(act: Callable[[int], Done], *, workers: int = WORKERS) -> list[Done]:
    """What each worker brought, all of them having begun together, each over a connection of its own."""
    start = Barrier(workers)

    def work(worker: int) -> Done:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            start.wait()
            return act(worker)
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as threads:
        return list(threads.map(work, range(workers)))


def numbers(worker: int, count: int) -> list[int]:
    return [worker * 100 + place for place in range(1, count + 1)]


def test_of_many_workers_batches_exactly_the_limit_goes(cast: Cast) -> None:
    limited(cast.harbor, notifications=101)

    def work(worker: int) -> list[int]:
        mine = numbers(worker, 9)
        return [one for at in (0, 3, 6) for one in reserved(*(want(cast.harbor, n) for n in mine[at : at + 3]))]

    gone = [number for found in at_once(work) for number in found]
    assert len(gone) == len(set(gone)) == 101
    assert figures(cast.harbor)["notifications"] == (101, 0)
    assert_counters_tell_the_truth()


def test_a_month_that_nobody_counted_in_yet_is_made_once_with_its_limit(cast: Cast) -> None:
    with platform_scope():
        Plan.objects.filter(is_default=True).update(monthly_notifications=20)
    gone = at_once(lambda worker: reserved(*(want(cast.harbor, n) for n in numbers(worker, 2))))
    assert sum(map(len, gone)) == 20
    with platform_scope():
        assert UsageMonth.objects.count() == 1
    assert_counters_tell_the_truth()


def test_another_plan_amid_the_first_messages_of_a_month_is_never_missed(cast: Cast) -> None:
    with platform_scope():
        Plan.objects.filter(is_default=True).update(monthly_notifications=1000)
        small = Plan.objects.create(name="Small", monthly_notifications=5)

    def work(worker: int) -> Any:
        if worker == 0:
            return subscribe(cast.harbor, plan=small, actor=None, at=AT)
        return reserved(want(cast.harbor, worker))

    at_once(work, workers=8)
    with platform_scope():
        assert UsageMonth.objects.get().notifications_limit == 5


def test_one_who_sends_by_hand_from_many_places_has_one_allowance(cast: Cast) -> None:
    limited(cast.harbor)
    with platform_scope():
        Allowance.objects.filter(tenant=cast.harbor, user=cast.ana).update(kind="number", daily=17)
    gone = at_once(lambda worker: reserved(want(cast.harbor, worker + 1, by=cast.ana)))
    assert sum(map(len, gone)) == 17
    with platform_scope():
        assert AllowanceDay.objects.get().used == 17
    assert_counters_tell_the_truth()


def test_with_settling_and_giving_back_amid_it_the_limit_holds_at_every_moment(cast: Cast) -> None:
    """Batches over two tenants, in either order; each worker looks at the month while it holds its lock."""
    months = [limited(tenant, notifications=40, segments=70) for tenant in (cast.harbor, cast.ridge)]

    def work(worker: int) -> bool:
        chance = random.Random(worker)
        held = True
        for turn in range(3):
            mine = [worker * 100 + turn * 10 + place for place in range(1, 7)]
            wants = [want(cast.harbor if n % 2 else cast.ridge, n, segments=chance.randint(1, 3)) for n in mine]
            chance.shuffle(wants)
            with looking(months) as seen:
                room = sorted(reserve(wants, at=AT))
            held = held and all(seen)
            with looking(months) as seen:
                taken = [Taken(n, None) for n in room if n % 3 == 0]
                end(taken, given_back={n: "refused" for n in room if n % 3 == 1}, at=AT)
            held = held and all(seen)
        return held

    assert all(at_once(work))
    assert_counters_tell_the_truth()
    for tenant in (cast.harbor, cast.ridge):
        taken = figures(tenant)
        free = 40 - sum(taken["notifications"]), 70 - sum(taken["segments"])
        fits = min(free)
        assert len(reserved(*(want(tenant, 10_000 + tenant.pk * 100 + n) for n in range(fits + 3)))) == fits


@contextmanager
def looking(months: list[int]) -> Iterator[list[bool]]:
    """In one transaction with what is done inside; afterwards, whether each month was within its limits."""
    seen: list[bool] = []
    with platform_scope():
        yield seen
        for month in UsageMonth.objects.filter(pk__in=months):
            seen.append(month.notifications_used + month.notifications_reserved <= (month.notifications_limit or 0))
            seen.append(month.segments_used + month.segments_reserved <= (month.segments_limit or 0))

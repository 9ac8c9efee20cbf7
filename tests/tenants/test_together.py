"""Whoever comes first does it for all that wait; each is told how it ended, and one is never done twice."""

import threading
import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.together import Together


def test_those_that_come_while_others_are_done_go_together() -> None:
    batches: list[list[int]] = []
    begun, go_on = threading.Event(), threading.Event()

    def do_all(given: Sequence[int]) -> None:
        batches.append(list(given))
        begun.set()
        go_on.wait(10)

    together = Together(do_all, most=3)
    threads = [threading.Thread(target=together.do, args=(number,)) for number in range(5)]
    threads[0].start()
    assert begun.wait(10)
    for number, thread in enumerate(threads[1:], start=1):
        thread.start()
        while len(together._waiting) < number:
            time.sleep(0.001)
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert batches == [[0], [1, 2, 3], [4]]


def test_a_batch_that_fails_is_told_to_each_of_it_and_to_nobody_else() -> None:
    def do_all(given: Sequence[int]) -> None:
        if 2 in given:
            raise RuntimeError

    together = Together(do_all, most=1)
    assert [together.do(number) for number in (1, 2, 3)] == [True, False, True]


def test_who_is_alone_never_waits_for_more() -> None:
    slept: list[int] = []
    together: Together[int] = Together(slept.extend, most=9, gather=60.0)
    assert [together.do(number) for number in range(3)] == [True] * 3


class _Ended(BaseException):
    """What ends a thread and is no Exception, as a time limit of its task."""


def test_a_thread_that_is_ended_when_it_has_the_turn_takes_the_turn_along_to_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[int] = []
    together: Together[int] = Together(done.extend, most=9, gather=1.0)

    def ended(_seconds: float) -> None:
        raise _Ended

    # It is ended while it waits for more, before it took anything out of the line.
    together._busy_until = time.monotonic() + 60
    with monkeypatch.context() as patched:
        patched.setattr("tenants.together.time.sleep", ended)
        with pytest.raises(_Ended):
            together.do(1)
    together._busy_until = 0.0
    after = threading.Thread(target=together.do, args=(2,), daemon=True)
    after.start()
    after.join(10)
    assert (done, after.is_alive()) == ([2], False)


@given(st.lists(st.integers(), min_size=1, max_size=30), st.integers(1, 4))
def test_everything_is_done_once(numbers: list[int], most: int) -> None:
    done: list[int] = []
    together: Together[int] = Together(done.extend, most=most)
    threads = [threading.Thread(target=together.do, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(done) == sorted(numbers)

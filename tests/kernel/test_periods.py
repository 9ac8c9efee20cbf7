"""Periods hold their start and not their end."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imes.kernel.periods import Period

NOON = datetime(2025, 11, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_neighbours_share_no_instant() -> None:
    before, after = Period(NOON - HOUR, NOON), Period(NOON, None)
    assert not before.contains(NOON)
    assert after.contains(NOON)
    assert not before.overlaps(after)
    assert before.intersect(after) is None


def test_what_two_periods_share_is_a_period() -> None:
    assert Period(NOON, None).intersect(Period(NOON - HOUR, NOON + HOUR)) == Period(NOON, NOON + HOUR)
    assert Period(NOON, None).overlaps(Period(NOON + HOUR, None))


@pytest.mark.parametrize(
    ("start", "end"), [(NOON, NOON), (NOON, NOON - HOUR), (NOON.replace(tzinfo=None), None)], ids=str
)
def test_an_empty_or_zoneless_period_cannot_be_made(start: datetime, end: datetime | None) -> None:
    with pytest.raises(ValueError, match="a period"):
        Period(start, end)


@st.composite
def periods(draw: st.DrawFn) -> Period:
    start = draw(st.integers(0, 20))
    length = draw(st.one_of(st.none(), st.integers(1, 10)))
    return Period(NOON + start * HOUR, None if length is None else NOON + (start + length) * HOUR)


@given(one=periods(), other=periods(), hours=st.integers(-1, 40))
def test_an_instant_lies_in_the_intersection_exactly_when_it_lies_in_both(
    one: Period, other: Period, hours: int
) -> None:
    instant = NOON + hours * HOUR
    shared = one.intersect(other)
    assert shared == other.intersect(one)
    assert (shared is not None and shared.contains(instant)) == (one.contains(instant) and other.contains(instant))

"""A schedule is right in every zone and over every change of its clocks: it agrees with the clock on the wall."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given, settings
from hypothesis import strategies as st

from imes.kernel.wall_clock import clock_changes
from members.schedules.plan import Away, Exceptional, Plan
from members.schedules.reading import is_free, reading
from members.schedules.week import Window
from tests.properties.zones import FROM, ODD, UNTIL, changes

MINUTE, HALF_HOUR, DAY = timedelta(minutes=1), timedelta(minutes=30), timedelta(days=1)
# Most clocks are changed in the hours after midnight: windows of a few minutes there, and long ones anywhere.
CLOCKS = st.one_of(
    st.builds(time, st.integers(0, 3), st.sampled_from([0, 1, 15, 29, 30, 45, 59])),
    st.builds(time, st.integers(0, 23), st.integers(0, 59)),
)
WINDOWS = st.lists(st.builds(Window, st.integers(0, 6), CLOCKS, CLOCKS), max_size=9).map(tuple)
NIGHTS = tuple(
    Window(day, time(*opens), time(*closes))
    for day in range(7)
    for opens, closes in (((1, 30), (2, 30)), ((2, 45), (3, 1)), ((23, 30), (0, 30)))
)


def shown_free(plan: Plan, zone: ZoneInfo, at: datetime) -> bool:
    """The definition, word by word: what a clock on the wall shows lies in a window that opened today or yesterday."""
    if any(one.starts_at <= at < one.ends_at for one in plan.time_off):
        return False
    if plan.windows is None:
        return True
    wall = at.astimezone(zone)
    clock = wall.timetz().replace(tzinfo=None, fold=0)
    today = wall.date()
    for opens, closes in opening_on(plan, today):
        if opens <= clock and (closes <= opens or clock < closes):
            return True
    return any(closes <= opens and clock < closes for opens, closes in opening_on(plan, today - DAY))


def opening_on(plan: Plan, on: date) -> list[tuple[time, time]]:
    exceptions = [one for one in plan.exceptions if one.on == on]
    if not exceptions:
        return [(one.opens, one.closes) for one in plan.windows or () if one.day == on.weekday()]
    if not all(one.is_free for one in exceptions):
        return []
    return [(one.opens or time(), one.closes or time()) for one in exceptions]


@st.composite
def situations(draw: st.DrawFn) -> tuple[ZoneInfo, datetime, Plan]:
    """A zone, an instant near a change of its clocks, and a plan with exceptions and time off about then."""
    zone, change = draw(st.sampled_from(changes()))
    at = change + draw(st.integers(-3 * 86_400, 86_400)) * timedelta(seconds=1)
    near = change.astimezone(zone).date()
    dates = st.builds(lambda days: near + days * DAY, st.integers(-2, 2))
    exceptions = st.one_of(
        st.builds(Exceptional, dates, st.just(False)),
        st.builds(Exceptional, dates, st.just(True), st.one_of(st.none(), CLOCKS), st.one_of(st.none(), CLOCKS)),
    )
    minutes = st.integers(-2 * 1440, 2 * 1440).map(lambda count: change + count * MINUTE)
    away = st.builds(lambda start, length: Away(start, start + length * MINUTE), minutes, st.integers(1, 3000))
    windows = draw(st.one_of(st.none(), WINDOWS, WINDOWS))
    off = draw(st.lists(away, max_size=2))
    return zone, at, Plan(windows, tuple(draw(st.lists(exceptions, max_size=3))), tuple(off))


def test_every_change_of_a_clock_is_found() -> None:
    for name, _ in ODD:
        zone = ZoneInfo(name)
        times = [FROM + count * HALF_HOUR for count in range((UNTIL - FROM) // HALF_HOUR)]
        offsets = [at.astimezone(zone).utcoffset() for at in times]
        scanned = [at for at, before, now in zip(times[1:], offsets, offsets[1:], strict=False) if before != now]
        assert clock_changes(zone, start=FROM, stop=UNTIL) == scanned


def test_around_every_change_of_the_clocks_it_is_what_the_wall_shows() -> None:
    plan = Plan(NIGHTS)
    for zone, change in changes():
        for count in range(-70, 130):
            at = change + count * MINUTE
            assert is_free(plan, zone=zone, at=at) is shown_free(plan, zone, at), (zone.key, at)


@settings(max_examples=80, deadline=None)
@given(situations())
def test_what_is_next_is_right_and_nothing_comes_before_it(situation: tuple[ZoneInfo, datetime, Plan]) -> None:
    zone, at, plan = situation
    seen = reading(plan, zone=zone, at=at)
    assert seen.is_free is shown_free(plan, zone, at)
    assert (seen.next_free_at is None) or not seen.is_free
    if seen.is_free is False:
        assert seen.until == seen.next_free_at
    first = at.replace(second=0, microsecond=0) + MINUTE
    if seen.until is not None:
        assert shown_free(plan, zone, seen.until) is not seen.is_free
        assert seen.until > at
    end = min(seen.until or at + 5 * DAY, at + 5 * DAY)
    while first < end:
        assert shown_free(plan, zone, first) is seen.is_free, first
        first += MINUTE


@settings(max_examples=120, deadline=None)
@given(
    st.sampled_from(sorted(available_timezones())),
    st.integers(-69 * 365, 180 * 365).map(lambda days: datetime(1970, 1, 1, 0, 17, tzinfo=UTC) + days * DAY),
    WINDOWS,
)
def test_no_zone_and_no_time_breaks_it(zone: str, at: datetime, windows: tuple[Window, ...]) -> None:
    seen = reading(Plan(windows), zone=ZoneInfo(zone), at=at)
    assert seen.is_free is (seen.because == "window")
    assert seen.is_free or (seen.next_free_at is None) is (not windows)

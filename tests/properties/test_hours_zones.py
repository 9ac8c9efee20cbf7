"""Messaging hours hold in every zone where a phone may be: open and opening agree with the clocks on all the walls."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.core.hours import TOGETHER_WITHIN, Hours, Place, Rule, hours_fact
from tests.properties.zones import changes

STEP = timedelta(minutes=5)
CLOCKS = st.builds(time, st.integers(0, 23), st.sampled_from(range(0, 60, 5)))
PLACES = st.lists(st.sampled_from([zone.key for zone, _ in changes()]), min_size=1, max_size=3, unique=True)


def all_open(hours: Hours, zones: tuple[str, ...], at: datetime) -> bool:
    """The definition, word by word."""
    clocks = [at.astimezone(ZoneInfo(zone)).time() for zone in zones]
    if hours.opens == hours.closes:
        return True
    if hours.opens < hours.closes:
        return all(hours.opens <= clock < hours.closes for clock in clocks)
    return all(clock >= hours.opens or clock < hours.closes for clock in clocks)


@settings(max_examples=80, deadline=None)
@given(
    st.builds(Hours, CLOCKS, CLOCKS),
    PLACES,
    st.sampled_from([at for _, at in changes()]),
    st.integers(-300, 300),
)
def test_it_opens_where_it_is_open_everywhere_and_no_sooner(
    hours: Hours, zones: list[str], change: datetime, steps: int
) -> None:
    now = (change + steps * STEP).replace(minute=0, second=0)
    # The tenant is at home where the phone is not, unless the two show the same.
    fact = hours_fact(Rule("tenant", hours), place=Place("", tuple(zones), "Pacific/Kiritimati"), now=now)
    times = [now + count * STEP for count in range(TOGETHER_WITHIN // STEP)]
    first = next((at for at in times if all_open(hours, tuple(zones), at)), None)
    if first is None:
        assert not fact.is_open or fact.zone_from == "tenant"
        assert fact.opens_at is None or fact.opens_at > now
        return
    assert fact.is_open is (first == now)
    assert fact.opens_at == (None if fact.is_open else first)
    assert set(fact.zones) == set(zones)
    assert len(fact.local) == len(zones)

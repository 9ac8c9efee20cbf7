"""Which messaging hours hold for a message, and what is done where none can hold everywhere at once."""

from datetime import UTC, datetime, time, timedelta

import pytest

from notifications.core.hours import Hours, Place, Rule, hours_fact, rule_for
from notifications.core.states import Purpose

DAYTIME, DIRECT, OF_FLOW = Hours(time(7), time(21)), Hours(time(9), time(10)), Hours(time(22), time(5))
IDAHO = ("America/Boise", "America/Los_Angeles")
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def _rule(purpose: Purpose, *, is_routine: bool = False, own: bool = True) -> Rule | None:
    return rule_for(
        purpose,
        is_routine=is_routine,
        of_tenant=DAYTIME,
        of_direct=DIRECT if own else None,
        of_flow=OF_FLOW if own else None,
    )


def test_own_hours_go_before_the_tenants_and_urgent_pages_are_exempt() -> None:
    assert _rule(Purpose.DIRECT_MESSAGE) == Rule("direct_messages", DIRECT)
    assert _rule(Purpose.DIRECT_MESSAGE, own=False) == Rule("tenant", DAYTIME)
    assert _rule(Purpose.PAGE, is_routine=True) == Rule("flow", OF_FLOW)
    assert _rule(Purpose.PAGE, is_routine=True, own=False) == Rule("tenant", DAYTIME)
    assert _rule(Purpose.PAGE) == Rule("urgent_exempt", DAYTIME)


@pytest.mark.parametrize("purpose", sorted(set(Purpose) - {Purpose.PAGE, Purpose.DIRECT_MESSAGE}))
def test_codes_confirmations_answers_and_tests_have_no_hours(purpose: Purpose) -> None:
    assert _rule(purpose, is_routine=True) is None


@pytest.mark.parametrize(
    ("place", "zones", "zone_from"),
    [
        (Place("Asia/Tokyo", IDAHO, "UTC"), ("Asia/Tokyo",), "member"),
        (Place("", IDAHO, "UTC"), IDAHO, "number"),
        (Place("", (), "UTC"), ("UTC",), "tenant"),
    ],
)
def test_the_members_own_zone_goes_before_the_numbers_and_that_before_the_tenants(
    place: Place, zones: tuple[str, ...], zone_from: str
) -> None:
    fact = hours_fact(Rule("tenant", DAYTIME), place=place, now=NOW)
    assert (set(fact.zones), fact.zone_from) == (set(zones), zone_from)


@pytest.mark.parametrize(
    ("hours", "hour", "is_open"),
    [
        (OF_FLOW, 21, False),
        (OF_FLOW, 22, True),
        (OF_FLOW, 4, True),
        (OF_FLOW, 5, False),
        (Hours(time(7), time(7)), 3, True),
        (DAYTIME, 6, False),
        (DAYTIME, 7, True),
        (DAYTIME, 21, False),
    ],
)
def test_hours_may_go_over_midnight_and_equal_ends_are_always(hours: Hours, hour: int, *, is_open: bool) -> None:
    fact = hours_fact(Rule("tenant", hours), place=Place("", (), "UTC"), now=NOW.replace(hour=hour))
    assert fact.is_open is is_open
    assert (fact.opens_at is None) is is_open


def test_zones_that_share_no_hour_leave_it_to_the_tenants_if_it_is_one_of_them_and_else_nobody_is_woken() -> None:
    hour = Rule("direct_messages", DIRECT)
    # In Boise it is nine when it is eight in the west of Idaho.
    at_home = hours_fact(hour, place=Place("", IDAHO, "US/Mountain"), now=NOW.replace(hour=16))
    assert (at_home.is_open, at_home.zones, at_home.zone_from) == (True, ("US/Mountain",), "tenant")
    for clock in range(24):
        now = NOW.replace(hour=clock)
        abroad = hours_fact(hour, place=Place("", IDAHO, "Europe/London"), now=now)
        assert (abroad.is_open, abroad.opens_at, abroad.zone_from) == (False, now + timedelta(days=1), "nowhere")

"""The first in line whose route is usable takes a message; every one before it says why not."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from notifications.core.breaker import FAULTS_TO_OPEN, FIRST_PAUSE, Stand, counted, drilled, tried, untouched
from notifications.core.routing import PassedOver, route

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
LINE = (("snd_1", "twilio"), ("snd_2", "twilio"), ("snd_3", "azure"))
WELL = untouched(at=NOW)
OPEN = counted(WELL, faults=FAULTS_TO_OPEN, answers=0, at=NOW)[0]
OUT = drilled(WELL, at=NOW, until=NOW + timedelta(minutes=1))[0]
TO_TRY = counted(WELL, faults=FAULTS_TO_OPEN, answers=0, at=NOW - FIRST_PAUSE)[0]
TRYING = tried(TO_TRY, at=NOW, until=NOW + timedelta(seconds=45))[0]
FAULTY = counted(WELL, faults=1, answers=0, at=NOW)[0]


def test_without_faults_the_first_takes_it_and_nothing_is_counted() -> None:
    found = route(LINE, stands={}, failed_at=None, at=NOW)
    assert (found.chosen, found.is_trial, found.is_counted) == ("snd_1", False, False)
    assert route(LINE, stands={"twilio": WELL}, failed_at=None, at=NOW) == found
    assert route(LINE, stands={"twilio": FAULTY}, failed_at=None, at=NOW).is_counted


def test_an_open_route_is_passed_over_with_all_its_senders() -> None:
    found = route(LINE, stands={"twilio": OPEN}, failed_at=None, at=NOW)
    assert found.chosen == "snd_3"
    assert [one.passed_over for one in found.candidates] == [PassedOver.OPEN, PassedOver.OPEN, None]


def test_a_route_whose_pause_is_over_may_be_tried() -> None:
    found = route(LINE, stands={"twilio": TO_TRY}, failed_at=None, at=NOW)
    assert (found.chosen, found.is_trial, found.is_counted) == ("snd_1", True, True)
    other = route(LINE, stands={"twilio": TRYING}, failed_at=None, at=NOW)
    assert (other.chosen, other.candidates[0].passed_over) == ("snd_3", PassedOver.TRYING)


def test_where_it_failed_before_it_goes_again_only_if_nothing_else_is_usable() -> None:
    assert route(LINE, stands={}, failed_at="twilio", at=NOW).chosen == "snd_3"
    assert route(LINE, stands={"azure": OUT}, failed_at="twilio", at=NOW).chosen == "snd_1"
    assert route(LINE, stands={"twilio": OPEN}, failed_at="azure", at=NOW).chosen == "snd_3"


def test_with_all_routes_shut_none_is_chosen_until_the_first_may_be_tried() -> None:
    found = route(LINE, stands={"twilio": OPEN, "azure": OUT}, failed_at="azure", at=NOW)
    assert found.chosen is None
    assert found.opens_at == NOW + FIRST_PAUSE
    assert [one.passed_over for one in found.candidates] == [PassedOver.OPEN, PassedOver.OPEN, PassedOver.DRILL]


@given(
    twilio=st.sampled_from([WELL, OPEN, OUT, TO_TRY, TRYING, FAULTY]),
    azure=st.sampled_from([WELL, OPEN, OUT, TO_TRY, TRYING, FAULTY]),
    failed_at=st.sampled_from([None, "twilio", "azure"]),
)
def test_it_is_held_only_if_no_route_is_usable_and_then_says_until_when(
    twilio: Stand, azure: Stand, failed_at: str | None
) -> None:
    found = route(LINE, stands={"twilio": twilio, "azure": azure}, failed_at=failed_at, at=NOW)
    shut = (OPEN, OUT, TRYING)
    assert (found.chosen is None) == (twilio in shut and azure in shut)
    assert (found.chosen is None) == (found.opens_at is not None)
    assert found.opens_at is None or found.opens_at > NOW

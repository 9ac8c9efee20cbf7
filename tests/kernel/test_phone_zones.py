"""Time zones by number range: known ones are all given, unknown ones are said to be unknown."""

import importlib.util

import pytest

from imes.kernel.phone import zones

HAS_DATA = importlib.util.find_spec("phonenumbers.tzdata") is not None


def test_what_is_no_number_has_no_zone() -> None:
    assert zones("8605558312") == ()
    assert zones("+999123456789") == ()


@pytest.mark.skipif(not HAS_DATA, reason="phonenumberslite is installed: it carries no time zones")
def test_an_area_code_gives_its_zone_and_a_toll_free_number_all_of_its_plan() -> None:
    assert zones("+18605558312") == ("America/New_York",)
    assert {"America/New_York", "America/Los_Angeles"} <= set(zones("+18005551234"))


@pytest.mark.skipif(HAS_DATA, reason="the zones are installed")
def test_without_the_data_no_zone_is_guessed() -> None:
    assert zones("+18605558312") == ()

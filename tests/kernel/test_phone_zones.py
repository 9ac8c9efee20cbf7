"""Time zones by number range: known ones are all given, unknown ones are said to be unknown."""

import pytest

from imes.kernel.phone import zones


@pytest.mark.parametrize("number", ["8605558312", "+999123456789", "", "+80012345678"])
def test_what_belongs_to_no_place_has_no_zone(number: str) -> None:
    assert zones(number) == ()


@pytest.mark.parametrize(
    ("number", "where"),
    [
        ("+18605558312", {"America/New_York"}),
        ("+12065550142", {"America/Los_Angeles"}),
        ("+34612345678", {"Atlantic/Canary", "Europe/Madrid"}),
    ],
)
def test_a_range_gives_every_zone_in_which_it_is_given_out(number: str, where: set[str]) -> None:
    assert set(zones(number)) == where


def test_a_toll_free_number_gives_every_zone_of_its_plan() -> None:
    assert {"America/New_York", "America/Los_Angeles", "Pacific/Honolulu"} <= set(zones("+18005551234"))

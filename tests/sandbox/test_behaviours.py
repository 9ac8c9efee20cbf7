"""The published table: complete, free of contradictions, and made of numbers that can exist."""

import phonenumbers
import pytest

from notifications.sandbox.behaviours import BEHAVIOURS, BY_NAME, DEFAULT, MAGIC_TO, Behaviour, behaviour_of
from notifications.sandbox.faults import Faults
from notifications.sandbox.optouts import Keyword, keyword_of
from notifications.sandbox.segments import segments

from .process import RunningSandbox

STOPS = ("STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL")


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=lambda behaviour: behaviour.name)
def test_every_example_is_a_valid_number_with_that_behaviour(behaviour: Behaviour) -> None:
    assert phonenumbers.is_valid_number(phonenumbers.parse(behaviour.example))
    assert behaviour_of(behaviour.example) is behaviour


def test_names_and_endings_are_unique_and_ordinary_numbers_are_delivered() -> None:
    endings = [behaviour.ending for behaviour in BEHAVIOURS]
    assert len(set(endings)) == len(endings)
    assert all(len(ending) == 4 and ending.isdigit() for ending in endings if ending)
    assert len(BY_NAME) == len(BEHAVIOURS)
    assert all(behaviour_of(f"+120655501{tail:02}") is DEFAULT for tail in range(100))


def test_a_magic_number_keeps_its_published_meaning() -> None:
    assert {number: behaviour.error_code for number, behaviour in MAGIC_TO.items()} == {
        "+15005550001": 21211,
        "+15005550002": 21612,
        "+15005550003": 21408,
        "+15005550004": 21610,
        "+15005550009": 21614,
    }
    assert behaviour_of("+15005550009").error_code == 21614


def test_the_published_json_is_the_same_table(sandbox: RunningSandbox) -> None:
    rows = sandbox.get("/behaviours")
    assert [row["name"] for row in rows][: len(BEHAVIOURS)] == [behaviour.name for behaviour in BEHAVIOURS]
    assert {row["ending"] for row in rows} >= set(MAGIC_TO)


def test_turned_away_once_means_every_other_try() -> None:
    faults, once = Faults(), BY_NAME["throttled_once"]
    assert [faults.turns_away(once, number="+12065550429") for _ in range(4)] == [True, False, True, False]
    assert faults.turns_away(once, number="+12065560429"), "another number has its own turn"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ß" * 160, 1),
        ("я" * 70, 1),
        ("я" * 71, 2),
        ("😀" * 35, 1),
        ("a" * 70 + "😀", 2),
    ],
)
def test_segments_are_counted_as_on_the_air(body: str, expected: int) -> None:
    assert segments(body) == expected


@pytest.mark.parametrize(
    ("body", "toll_free", "expected"),
    [
        *[(word, False, Keyword.STOP) for word in STOPS],
        *[(word, False, Keyword.START) for word in ("START", "YES", "UNSTOP")],
        ("START", True, Keyword.START),
        ("YES", True, None),
        (" Stop\n", False, Keyword.STOP),
        ("help", False, Keyword.HELP),
        ("INFO", True, Keyword.HELP),
        ("Stop.", False, None),
        ("STOP PLEASE", False, None),
        ("opt out", False, None),
        ("1", False, None),
        ("", False, None),
    ],
)
def test_only_a_text_that_is_exactly_one_keyword_counts(body: str, toll_free: bool, expected: Keyword | None) -> None:
    assert keyword_of(body, toll_free=toll_free) is expected

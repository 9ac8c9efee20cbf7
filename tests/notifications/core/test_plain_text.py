"""A character that costs a text the small alphabet is named, and something that reads alike is offered where it is."""

import pytest

from notifications.core.plain_text import costly, instead_of, plain
from notifications.core.text import GSM_BASIC, GSM_EXTENDED, Encoding, measure


@pytest.mark.parametrize(
    ("character", "name", "instead"),
    [
        ("\u2019", "right single quotation mark (U+2019)", "'"),
        ("\u2013", "en dash (U+2013)", "-"),
        ("\u2026", "horizontal ellipsis (U+2026)", "..."),
        ("\u00a0", "no-break space (U+00A0)", " "),
        ("\u200b", "zero width space (U+200B)", ""),
        ("\u0142", "latin small letter l with stroke (U+0142)", "l"),
        ("\u00e1", "latin small letter a with acute (U+00E1)", "a"),
        ("\u00bd", "vulgar fraction one half (U+00BD)", "1/2"),
        ("\t", "control character (U+0009)", " "),
        ("\U0001f600", "grinning face (U+1F600)", None),
        ("\u4e2d", "cjk unified ideograph-4e2d (U+4E2D)", None),
    ],
)
def test_a_character_is_named_with_what_could_stand_in_its_place(
    character: str, name: str, instead: str | None
) -> None:
    found = costly(character)
    assert (found.name, found.instead) == (name, instead)


def test_a_text_with_every_suggestion_taken_is_in_the_small_alphabet_and_says_the_same() -> None:
    typed = "\u201cGate\u00a03\u201d \u2013 cafe\u0301\u2019s valve\u2026"
    assert measure(typed).encoding is Encoding.UCS2
    assert plain(typed) == '"Gate 3" - caf\u00e9\'s valve...'
    assert measure(plain(typed)).encoding is Encoding.GSM7


def test_what_is_suggested_for_any_character_is_in_the_small_alphabet_and_what_is_in_it_stays() -> None:
    everything = [chr(code) for code in range(0x20, 0x3000) if not 0xD800 <= code < 0xE000]
    suggested = "".join(filter(None, map(instead_of, everything)))
    assert set(suggested) <= GSM_BASIC | GSM_EXTENDED
    small = "".join(sorted(GSM_BASIC | GSM_EXTENDED))
    assert plain(small) == small

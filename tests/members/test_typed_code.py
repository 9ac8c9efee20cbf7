"""Six digits are read as people type and paste them; anything else is no code."""

import pytest

from members.consent.typed_code import six_digits


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("482193", "482193"),
        ("004219", "004219"),
        (" 482 193 ", "482193"),
        ("482-193", "482193"),
        ("482–193", "482193"),
        ("482.193", "482193"),
        ("4 8 2 1 9 3", "482193"),
        ("４８２１９３", "482193"),
        ("٤٨٢١٩٣", "482193"),
        ("482\u200b193", "482193"),
        ("\u00a0482\u202f193\n", "482193"),
        ("“482193”", "482193"),
        ("482193 is your code to confirm this number. It is good for 15 minutes.", "482193"),
        ("Code: 482193", "482193"),
        ("", None),
        ("48219", None),
        ("4821934", None),
        ("482 1934", None),
        ("48219x", None),
        ("four", None),
        ("482193 or 482194", None),
        ("+12065550142", None),
        ("²82193", "282193"),
    ],
)
def test_what_is_typed_is_read(typed: str, read: str | None) -> None:
    assert six_digits(typed) == read


def test_a_text_of_any_length_is_read_in_no_time() -> None:
    assert six_digits("1 " * 100_000) is None

"""The size of a text on the air, and templates that run nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.core.text import GSM_BASIC, GSM_EXTENDED, Encoding, fields_of, fit, measure, render


@pytest.mark.parametrize(
    ("body", "encoding", "segments", "units"),
    [
        ("", Encoding.GSM7, 0, 0),
        ("a" * 160, Encoding.GSM7, 1, 160),
        ("a" * 161, Encoding.GSM7, 2, 161),
        ("a" * 306, Encoding.GSM7, 2, 306),
        ("a" * 307, Encoding.GSM7, 3, 307),
        ("€" * 80, Encoding.GSM7, 1, 160),
        ("€" * 81, Encoding.GSM7, 2, 162),
        ("a" * 152 + "€" * 8, Encoding.GSM7, 2, 168),
        ("a" * 152 + "€" + "a" * 152, Encoding.GSM7, 3, 306),
        ("ж" * 70, Encoding.UCS2, 1, 70),
        ("ж" * 71, Encoding.UCS2, 2, 71),
        ("ж" * 134, Encoding.UCS2, 2, 134),
        ("ж" * 135, Encoding.UCS2, 3, 135),
        ("🔥" * 35, Encoding.UCS2, 1, 70),
        ("a" * 66 + "🔥" + "a" * 66, Encoding.UCS2, 3, 134),
    ],
)
def test_segments_are_counted_as_they_are_sent(body: str, encoding: Encoding, segments: int, units: int) -> None:
    measured = measure(body)
    assert (measured.encoding, measured.segments, measured.units) == (encoding, segments, units)


def test_the_characters_that_cost_the_small_alphabet_are_named_once() -> None:
    measured = measure("“Fire” in the boiler room – “now”")
    assert measured.offending == ("“", "”", "–")
    assert measure('"Fire" - now').offending == ()


def test_the_alphabet_has_its_127_characters() -> None:
    assert len(GSM_BASIC) == 127
    assert len(GSM_EXTENDED) == 10


@given(text=st.text(max_size=400))
def test_segments_grow_with_the_text_and_hold_it(text: str) -> None:
    measured = measure(text)
    room = 153 if measured.encoding is Encoding.GSM7 else 67
    assert measured.units <= max(measured.segments * room, room + 7)
    assert measure(text + text).segments >= measured.segments
    assert (measured.encoding is Encoding.UCS2) == bool(measured.offending)


@pytest.mark.parametrize(
    ("template", "text", "missing"),
    [
        ("{title} at {host.name}", "Disk full at db1", ()),
        ("{title}: {nope} {host.nope} {nope}", "Disk full: {nope?} {host.nope?} {nope?}", ("nope", "host.nope")),
        ("{tags.0}/{tags.9}", "red/{tags.9?}", ("tags.9",)),
        ("{tags}", '["red", "hot"]', ()),
        ("{count} {ok} {none}", "3 true {none?}", ("none",)),
        ("{title.__class__} {host.__len__}", "{title.__class__?} {host.__len__?}", ("title.__class__", "host.__len__")),
        ("{} {{title}} {0} {a b} {title!r} {title:>99}", "{} {Disk full} {0} {a b} {title!r} {title:>99}", ()),
        ("{sly}", "{title}", ()),
        ("{dirty}", "a b c", ()),
    ],
)
def test_a_template_reads_fields_and_runs_nothing(template: str, text: str, missing: tuple[str, ...]) -> None:
    payload = {
        "title": "Disk full",
        "host": {"name": "db1"},
        "tags": ["red", "hot"],
        "count": 3,
        "ok": True,
        "none": None,
        "sly": "{title}",
        "dirty": "a\nb\u202e\x00\tc",
    }
    rendered = render(template, payload)
    assert (rendered.text, rendered.missing) == (text, missing)


def test_a_long_value_is_cut_so_that_the_rest_of_the_message_remains() -> None:
    rendered = render("{body} END", {"body": "x" * 5000})
    assert rendered.text == "x" * 197 + "... END"


def test_the_fields_of_a_template_are_known_beforehand() -> None:
    assert fields_of("{a} {b.c} {a} {}") == ("a", "b.c")


@given(
    template=st.text(alphabet="{}ab.?_ ", max_size=40), payload=st.dictionaries(st.text("ab", max_size=2), st.text())
)
def test_any_template_renders_and_its_missing_fields_stay_visible(template: str, payload: dict[str, object]) -> None:
    rendered = render(template, payload)
    assert set(rendered.missing) <= set(fields_of(template))
    assert all("{" + field + "?}" in rendered.text for field in rendered.missing)


@given(text=st.text(max_size=60), limit=st.integers(0, 40))
def test_a_fitted_text_is_within_its_limit_and_says_that_it_was_cut(text: str, limit: int) -> None:
    fitted = fit(text, limit=limit)
    assert len(fitted) <= limit
    assert fitted == text or limit <= 3 or fitted.endswith("...")

"""Whatever is typed into a phone field, the reading holds together."""

from hypothesis import example, given
from hypothesis import strategies as st

from imes.kernel.phone import examine, line_hint, mask, region_of, zones

REGIONS = st.sampled_from([None, "US", "GB", "DE", "IT", "AR", "XX"])
PHONE_LIKE = st.text(alphabet="+0123456789 ()-.x,;#\u00a0\u2013\uff11/ext", max_size=30)
TEXTS = st.one_of(st.text(max_size=40), PHONE_LIKE, PHONE_LIKE.map(lambda text: "+" + text))


@given(raw=TEXTS, region=REGIONS)
@example(raw="+1 8605558312x", region="US")
@example(raw="+" + "1" * 300, region=None)
@example(raw="\ud800+18605558312", region="US")
def test_any_text_gets_a_reading_that_is_either_clean_or_explained(raw: str, region: str | None) -> None:
    reading = examine(raw, region=region)
    assert (reading.e164 is None) == bool(reading.defects)
    assert reading.e164 in (None, raw)
    if not reading.defects:
        assert reading.suggestion is None


@given(raw=TEXTS, region=REGIONS)
@example(raw="+44 (0)20 7946 0018", region="GB")
@example(raw="+5491123456789", region="AR")
def test_a_suggestion_is_clean_and_stays_itself(raw: str, region: str | None) -> None:
    suggestion = examine(raw, region=region).suggestion
    if suggestion is not None:
        again = examine(suggestion, region=region)
        assert (again.e164, again.defects) == (suggestion, ())


@given(area=st.sampled_from(["860", "212", "415"]), line=st.integers(5550000, 5559999), mark=st.sampled_from(" -.()"))
def test_formatting_never_changes_which_number_is_offered(area: str, line: int, mark: str) -> None:
    exact = f"+1{area}{line}"
    written = f"+1{mark}{area}{mark}{str(line)[:3]}{mark}{str(line)[3:]}"
    assert examine(exact, region=None).e164 == exact
    assert examine(written, region=None).suggestion == exact


@given(text=TEXTS)
def test_no_text_breaks_the_hints_and_a_mask_hides_most_digits(text: str) -> None:
    line_hint(text)
    region_of(text)
    zones(text)
    shown = sum(character.isdigit() for character in mask(text))
    assert shown <= 4 + 3

"""Every defect of a written number is named, and the corrected number is offered where it takes no guess."""

import pytest

from imes.kernel.phone import PhoneDefect, examine, line_hint, mask, region_of
from imes.kernel.phone_facts import LineHint

HARTFORD = "+18605558312"
D = PhoneDefect


@pytest.mark.parametrize("raw", [HARTFORD, "+447911123456", "+15005550006", "+5491123456789", "+390236618300"])
def test_a_number_in_e164_passes_as_it_is(raw: str) -> None:
    reading = examine(raw, region="US")
    assert (reading.e164, reading.defects, reading.suggestion) == (raw, (), None)


@pytest.mark.parametrize(
    ("raw", "defects", "suggestion"),
    [
        ("(860) 555-8312", {D.NO_PLUS, D.PARENTHESES, D.SPACES, D.DASHES}, HARTFORD),
        ("8605558312", {D.NO_PLUS, D.NO_COUNTRY_CODE}, HARTFORD),
        ("1-860-555-8312", {D.NO_PLUS, D.DASHES}, HARTFORD),
        ("860-555-8312", {D.NO_PLUS, D.NO_COUNTRY_CODE, D.DASHES}, HARTFORD),
        ("860.555.8312", {D.NO_PLUS, D.NO_COUNTRY_CODE, D.DOTS}, HARTFORD),
        ("860/555/8312", {D.NO_PLUS, D.NO_COUNTRY_CODE, D.DOTS}, HARTFORD),
        ("555-8312", {D.NO_PLUS, D.NO_COUNTRY_CODE, D.DASHES, D.TOO_SHORT}, None),
        ("18605558312", {D.NO_PLUS}, HARTFORD),
        ("447911123456", {D.NO_PLUS}, "+447911123456"),
        ("+1 860 555 8312", {D.SPACES}, HARTFORD),
        ("+18605558312\n", {D.SPACES}, HARTFORD),
        ("+1\u2013860\u2212555\u20108312", {D.DASHES}, HARTFORD),
        ("(+1) 860 555 8312", {D.PARENTHESES, D.SPACES}, HARTFORD),
        ("+1\u00a08605558312", {D.INVISIBLE}, HARTFORD),
        ("\u202a+18605558312\u202c", {D.INVISIBLE}, HARTFORD),
        ("+1860\u200b555\u00ad8312\ufeff", {D.INVISIBLE}, HARTFORD),
        ("\uff0b\uff11\uff18\uff16\uff10\uff15\uff15\uff15\uff18\uff13\uff11\uff12", {D.WIDE}, HARTFORD),
        ("+\u0661\u0668\u0666\u0660\u0665\u0665\u0665\u0668\u0663\u0661\u0662", {D.WIDE}, HARTFORD),
        ("00447911123456", {D.DIAL_PREFIX}, "+447911123456"),
        ("011 44 7911 123456", {D.DIAL_PREFIX, D.SPACES}, "+447911123456"),
        ("+44 (0)20 7946 0018", {D.TRUNK_PREFIX, D.PARENTHESES, D.SPACES}, "+442079460018"),
        ("1-800-FLOWERS", {D.NO_PLUS, D.DASHES, D.LETTERS}, None),
        ("tel:+18605558312", {D.LETTERS, D.OTHER_CHARACTERS}, None),
        ("+186055583*12", {D.OTHER_CHARACTERS}, None),
        ("+1860555831", {D.TOO_SHORT}, None),
        ("+1860555831234", {D.TOO_LONG}, None),
        ("+1234567890123456", {D.TOO_LONG}, None),
        ("+999123456789", {D.COUNTRY_UNKNOWN}, None),
        ("+11234567890", {D.NOT_REAL}, None),
        ("+19005551234", {D.PREMIUM}, None),
        ("911", {D.EMERGENCY}, None),
        ("12345", {D.SHORT_CODE}, None),
        ("+18605558312, +18605558313", {D.SEVERAL}, None),
        ("+18605558312 or 860 555 8313", {D.SEVERAL}, None),
        ("8605558312 8605558313", {D.SEVERAL}, None),
        ("", {D.MISSING}, None),
        (" \u200b ", {D.MISSING}, None),
        (None, {D.MISSING}, None),
    ],
)
def test_each_defect_is_named_and_nothing_is_rewritten(
    raw: str | None, defects: set[PhoneDefect], suggestion: str | None
) -> None:
    reading = examine(raw, region="US")
    assert set(reading.defects) == defects
    assert len(reading.defects) == len(defects)
    assert (reading.raw, reading.e164, reading.suggestion) == (raw, None, suggestion)


@pytest.mark.parametrize(
    "written",
    ["x123", " x 123", ";ext=123", ",123", ",,123", "#123", " ext 5", " ext. 5", " extension 5", "p12", ";12"],
)
def test_an_extension_is_named_and_the_number_without_it_is_offered(written: str) -> None:
    reading = examine(HARTFORD + written, region=None)
    assert D.EXTENSION in reading.defects
    assert set(reading.defects) <= {D.EXTENSION, D.SPACES}
    assert reading.suggestion == HARTFORD
    assert "cannot be paged" in D.EXTENSION.says


def test_a_number_with_commas_is_not_taken_for_one_with_an_extension() -> None:
    assert D.EXTENSION not in examine("860,555,8312", region="US").defects
    assert D.EXTENSION in examine("8605558312,8312", region="US").defects


def test_without_a_region_a_national_number_is_not_guessed() -> None:
    assert examine("2025550123", region=None).suggestion is None
    assert examine("2025550123", region="US").suggestion == "+12025550123"


def test_a_wrong_area_code_is_not_turned_into_a_number_abroad() -> None:
    reading = examine("4935551234", region="US")
    assert D.NOT_REAL in reading.defects
    assert reading.suggestion is None


def test_the_region_decides_how_a_national_number_is_read() -> None:
    assert examine("07911 123456", region="GB").suggestion == "+447911123456"
    assert examine("07911 123456", region="US").suggestion is None
    leeds = examine("01134960000", region="GB")
    assert D.DIAL_PREFIX not in leeds.defects
    assert leeds.suggestion == "+441134960000"


@pytest.mark.parametrize("defect", list(PhoneDefect))
def test_each_defect_has_a_sentence_and_a_remedy(defect: PhoneDefect) -> None:
    assert defect.says.endswith(".")
    assert defect.remedy.endswith(".")


@pytest.mark.parametrize(
    ("e164", "hint", "region"),
    [
        ("+447911123456", LineHint.MOBILE, "GG"),
        ("+18005551234", LineHint.TOLL_FREE, "US"),
        ("+19005551234", LineHint.PREMIUM, "US"),
        ("+18605558312", LineHint.UNKNOWN, "US"),
        ("+442079460018", LineHint.LANDLINE, "GB"),
        ("+80012345678", LineHint.TOLL_FREE, None),
        ("8605558312", LineHint.UNKNOWN, None),
        ("+", LineHint.UNKNOWN, None),
    ],
)
def test_the_plan_hints_at_line_and_region(e164: str, hint: LineHint, region: str | None) -> None:
    assert (line_hint(e164), region_of(e164)) == (hint, region)


@pytest.mark.parametrize(
    ("e164", "masked"),
    [("+18605558312", "+1 *** *** 8312"), ("+4740612345", "+47 *** *** 45"), ("nonsense", "***"), ("", "***")],
)
def test_a_masked_number_shows_country_and_last_digits_only(e164: str, masked: str) -> None:
    assert mask(e164) == masked

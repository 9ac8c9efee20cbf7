"""Which word about a line counts: a person outweighs, a fault proves what was only entered, newer beats older."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from members.line_words import line_words
from members.lines import LineState, LineWord, after
from members.ports import LineFault

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
EARLIER, LATER = NOW - timedelta(days=1), NOW + timedelta(days=1)
NOTHING = LineState("unknown", "unknown", "admin", None, "", None)
ENTERED = LineState("mobile", "unknown", "admin", NOW, "", None)
OVERRIDDEN = LineState("landline", "yes", "admin", NOW, "", None)
LOOKED_UP = LineState("mobile", "unknown", "lookup", NOW, "mobile", NOW)
LEARNED = LineState("landline", "no", "fault", NOW, "Twilio 30006", None)


def fault(at: datetime) -> LineWord:
    return LineWord("landline", "no", "fault", "Twilio 30006", at)


def looked_up(kind: str, *, sms: str = "unknown", at: datetime = LATER, said: str = "") -> LineWord:
    return LineWord(kind, sms, "lookup", said or kind, at)  # type: ignore[arg-type]


@pytest.mark.parametrize("state", [NOTHING, ENTERED, replace(ENTERED, at=None), LOOKED_UP])
def test_a_fault_closes_a_number_that_was_thought_to_get_texts(state: LineState) -> None:
    learned = after(fault(LATER), state)
    assert (learned.line_type, learned.sms, learned.source) == ("landline", "no", "fault")
    assert (learned.at, learned.said, learned.looked_up_at) == (LATER, "Twilio 30006", state.looked_up_at)


@pytest.mark.parametrize("state", [ENTERED, LOOKED_UP, OVERRIDDEN])
def test_a_fault_from_before_what_is_known_changes_nothing(state: LineState) -> None:
    assert after(fault(EARLIER), state) == state


def test_no_provider_overrules_what_a_person_said_of_texts() -> None:
    assert after(fault(LATER), OVERRIDDEN) == OVERRIDDEN
    kept = after(looked_up("landline"), OVERRIDDEN, was_asked_for=True)
    assert kept == replace(OVERRIDDEN, said="landline", looked_up_at=LATER)
    closed = replace(ENTERED, sms="no")
    assert after(looked_up("mobile"), closed, was_asked_for=True).sms == "no"


def test_a_look_up_replaces_an_entered_type_only_where_somebody_asked_for_it() -> None:
    by_itself = after(looked_up("landline"), ENTERED)
    assert (by_itself.line_type, by_itself.source, by_itself.said) == ("mobile", "admin", "landline")
    asked = after(looked_up("landline"), ENTERED, was_asked_for=True)
    assert (asked.line_type, asked.source, asked.at) == ("landline", "lookup", LATER)


def test_a_newer_look_up_opens_what_a_fault_had_closed_and_one_that_knows_nothing_does_not() -> None:
    opened = after(looked_up("mobile"), LEARNED)
    assert (opened.line_type, opened.sms, opened.source) == ("mobile", "unknown", "lookup")
    blind = after(looked_up("unknown", said="no type, code 60600"), LEARNED)
    assert blind == replace(LEARNED, looked_up_at=LATER)
    first = after(looked_up("unknown", said="no type, code 60600"), NOTHING)
    assert (first.source, first.said, first.looked_up_at) == ("lookup", "no type, code 60600", LATER)


def test_a_pager_is_closed_and_a_voip_line_keeps_its_kind_when_a_fault_closes_it() -> None:
    pager = after(looked_up("unknown", sms="no", said="pager"), NOTHING)
    assert (pager.line_type, pager.sms) == ("unknown", "no")
    voip = after(fault(LATER + timedelta(1)), after(looked_up("voip"), NOTHING))
    assert (voip.line_type, voip.sms, voip.source) == ("voip", "no", "fault")


def told(state: LineState, *faults: LineFault) -> str:
    words = line_words(state, voice="unknown", faults=faults, moment=lambda at: f"{at:%d %b}")
    return " ".join([words.kind, *words.lines, *words.notes])


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (NOTHING, "Not known Nobody has said what it is, and it was not looked up."),
        (ENTERED, "Mobile Entered by an admin on 20 Nov."),
        (LOOKED_UP, "Mobile Looked up on 20 Nov. The provider says: mobile."),
        (LEARNED, "Landline Learned on 20 Nov from Twilio 30006. A landline cannot get SMS"),
        (OVERRIDDEN, "Landline Entered by an admin on 20 Nov. It can get SMS: somebody here said so"),
        (replace(ENTERED, said="landline", looked_up_at=LATER), "A look-up on 21 Nov said: landline. What was entered"),
        (replace(LOOKED_UP, line_type="voip"), "some such services drop automated texts and calls"),
    ],
)
def test_the_page_says_what_it_is_and_whence_that_is_known(state: LineState, says: str) -> None:
    assert says in told(state)


def test_a_fault_after_an_override_is_noted_and_one_before_it_is_not() -> None:
    assert "on 21 Nov, a text to it ended with Twilio 30006" in told(OVERRIDDEN, LineFault("Twilio 30006", LATER, True))
    assert "30006" not in told(OVERRIDDEN, LineFault("Twilio 30006", EARLIER, True))


def test_two_doubtful_endings_suggest_a_look_up_and_one_does_not() -> None:
    doubts = [LineFault("Twilio 30003", LATER, False), LineFault("Twilio 30005", LATER, False)]
    assert "2 texts to it ended with Twilio 30003 and Twilio 30005" in told(ENTERED, *doubts)
    assert "look the line up" in told(ENTERED, *doubts)
    assert "look the line up" not in told(ENTERED, doubts[0])
    looked_since = replace(ENTERED, looked_up_at=LATER)
    assert "look the line up" not in told(looked_since, *doubts)

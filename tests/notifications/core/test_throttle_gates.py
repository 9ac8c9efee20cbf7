"""A throttle holds what is over a limit until there is room, and says how many of how many; it stops nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from notifications.core.gate_facts import GateFacts
from notifications.core.gates import Verdict, ruling
from notifications.core.limit_facts import PaceFact
from notifications.core.page_text import MOST_SEGMENTS, counted_text, page_text, since_in_words
from notifications.core.reasons import Reason
from notifications.core.routing import PassedOver, route
from notifications.core.states import Channel, Purpose
from notifications.core.text import measure
from notifications.core.throttle_gates import turn_after, within
from tests.notifications.core.test_gates import NOW, PAGE

LATER = NOW + timedelta(seconds=20)
FULL = PaceFact(10, 10, 60, LATER)


def _ruled(**changes: object) -> tuple[Verdict, Reason | None, datetime | None]:
    found = ruling(replace(PAGE, **changes), now=NOW)  # type: ignore[arg-type]
    return found.verdict, found.reason, found.until


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"phone_pace": FULL}, Reason.PHONE_TEXTS),
        ({"phone_pace": FULL, "channel": Channel.VOICE}, Reason.PHONE_CALLS),
        ({"sender_pace": FULL}, Reason.SENDER_TEXTS),
        ({"sender_pace": FULL, "channel": Channel.VOICE, "sender_channels": ("sms", "voice")}, Reason.CALLER),
    ],
)
def test_each_limit_holds_until_the_oldest_counts_no_more(changes: dict[str, object], reason: Reason) -> None:
    both = {"sender_channels": ("sms", "voice"), **changes}
    assert _ruled(**both) == (Verdict.HOLD, reason, LATER)
    room = {name: replace(FULL, taken=9) for name in both if name.endswith("_pace")}
    assert _ruled(**{**both, **room})[0] is Verdict.GO


def test_answers_codes_and_confirmations_wait_for_no_phone() -> None:
    for purpose in (Purpose.KEYWORD_REPLY, Purpose.VERIFICATION_CODE, Purpose.CONSENT_CONFIRMATION):
        gates = ruling(replace(PAGE, purpose=purpose, phone_pace=FULL), now=NOW).gates
        assert next(one.opening.value for one in gates if one.gate == "phone_pace") == "not_applicable"


def test_what_was_true_then_comes_back_from_the_stored_facts() -> None:
    stored = replace(PAGE, phone_pace=FULL, sender_pace=replace(FULL, frees_at=None))
    assert GateFacts.from_json(stored.as_json()) == stored
    older = {name: value for name, value in stored.as_json().items() if not name.endswith("_pace")}
    assert GateFacts.from_json(older).phone_pace is None


def test_a_sender_that_is_full_is_passed_over_and_the_first_to_have_room_is_waited_for() -> None:
    line = [("one", "twilio"), ("two", "twilio")]
    taken = route(line, stands={}, failed_at=None, at=NOW, full={"one": LATER})
    assert (taken.chosen, taken.candidates[0].passed_over) == ("two", PassedOver.FULL)
    assert route(line, stands={}, failed_at=None, at=NOW, full={"one": LATER, "two": NOW}).chosen == "two"
    assert route(line, stands={}, failed_at=None, at=NOW).chosen == "one"


def test_the_window_and_the_turns_are_said_as_people_say_them() -> None:
    assert [within(replace(FULL, seconds=seconds)) for seconds in (60, 600, 3600, 90)] == [
        "one minute", "10 minutes", "one hour", "90 seconds",
    ]  # fmt: skip
    assert turn_after(FULL, place=3) == timedelta(seconds=18)


@pytest.mark.parametrize("text", ["Pump 4 failed", "Pump " * 300, "泵站 " * 200, ""])
def test_the_count_is_never_cut_and_the_page_fits(text: str) -> None:
    counted = counted_text(text, alerts=7, since="14:03", tenant_name="Harbor", ack_code="2345")
    assert counted.endswith(" (7 alerts since 14:03)")
    whole = page_text(counted, tenant_name="Harbor", ack_code="2345")
    assert counted in whole
    assert measure(whole).segments <= MOST_SEGMENTS


def test_since_names_the_day_where_it_is_another_one() -> None:
    now = datetime(2026, 11, 21, 14, 3, tzinfo=UTC)
    assert since_in_words(now, now=now) == "14:03"
    assert since_in_words(now - timedelta(days=1), now=now) == "20 Nov 14:03"

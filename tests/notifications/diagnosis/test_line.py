"""The check of the line says what kind it was and is, whence that is known and when, and what outweighs it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from notifications.core.gate_facts import GateFacts
from notifications.diagnosis.checks.line import line
from notifications.diagnosis.facts import Facts, PhoneFact
from notifications.diagnosis.finding import Finding, Verdict
from tests.notifications.diagnosis.made import BEN, GATES, HEALTHY, NOW, NUMBER, stopped, then_of

EARLIER = NOW - timedelta(days=2)


def phone(kind: str, *, sms: str = "unknown", origin: str = "", said: str = "", looked: bool = False) -> PhoneFact:
    return PhoneFact(
        "phn_1", NUMBER, kind, sms, "unknown", True, True,
        line_type_origin=origin, line_type_at=EARLIER if origin else None, line_type_said=said,
        looked_up_at=EARLIER if looked else None, pk=3,
    )  # fmt: skip


def checked(facts: Facts, owned: PhoneFact) -> Finding:
    (finding,) = line(replace(facts, member=replace(BEN, phones=(owned,))))
    return finding


def went(then: GateFacts, *, now: GateFacts | None = None) -> Facts:
    """A page that went out over these facts; `now` is what stands by now."""
    return replace(HEALTHY, then=then_of(then), now=now or then)


def gates(**changes: object) -> GateFacts:
    return replace(GATES, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("origin", "said", "words"),
    [
        ("fault", "Twilio 30006", "learned from Twilio 30006 at 14:30:00 UTC on 18 Nov 2026"),
        ("lookup", "landline", "looked up at 14:30:00 UTC on 18 Nov 2026, and the provider says landline"),
        ("admin", "", "entered by an admin at 14:30:00 UTC on 18 Nov 2026"),
    ],
)
def test_a_landline_that_stopped_it_is_told_with_its_source_and_date(origin: str, said: str, words: str) -> None:
    found = checked(stopped(gates(line_type="landline")), phone("landline", origin=origin, said=said))
    assert (found.code, found.verdict) == ("LINE-1", Verdict.STOPPED)
    assert found.says == f"{NUMBER} was a landline, which cannot get SMS: {words}."
    assert found.remedy is not None
    assert (found.remedy.link_name, found.remedy.link_args) == ("admin:members_phone_change", (3,))
    assert "Correct the line" in found.remedy.text


def test_a_landline_that_was_stored_as_a_mobile_is_told_beside_the_fault_that_showed_it() -> None:
    facts = went(gates(), now=gates(line_type="landline", capability="no"))
    found = checked(facts, phone("landline", sms="no", origin="fault", said="Twilio 30006"))
    assert (found.code, found.verdict, found.rows) == ("LINE-4", Verdict.NOTABLE, (95,))
    assert (
        f"{NUMBER} was stored as a mobile when this was decided, and is a landline: learned from Twilio" in found.says
    )
    assert (found.then, found.now) == ("mobile, unknown", "landline, no")
    # What an administrator entered since is another matter: nothing has proved it.
    assert checked(facts, phone("landline", origin="admin")).code == "LINE-1"


def test_an_override_outweighs_the_type_and_says_who_said_so() -> None:
    owned = phone("landline", sms="yes", origin="admin", said="landline", looked=True)
    found = checked(went(gates(line_type="landline", capability="yes")), owned)
    assert (found.code, found.verdict) == ("LINE-3", Verdict.CLEAR)
    assert "able to get SMS, whatever its type (a landline, entered by an admin at" in found.says
    shown = {each.name: (each.value, each.at) for each in found.evidence}
    assert shown["Looked up"] == ("landline", EARLIER)


def test_what_was_entered_after_the_decision_is_no_source_of_what_was_known_then() -> None:
    owned = replace(phone("landline", sms="yes", origin="admin"), line_type_at=NOW)
    found = checked(stopped(gates(line_type="landline")), owned)
    assert found.says == f"{NUMBER} was a landline, which cannot get SMS."
    shown = {each.name: (each.value, each.at) for each in found.evidence}
    assert shown["Now landline"] == ("entered by an admin at 14:30:00 UTC", NOW)


def test_a_type_that_came_later_says_nothing_of_how_the_older_one_was_known() -> None:
    found = checked(went(gates(line_type="unknown")), phone("mobile", origin="lookup", said="mobile"))
    assert (found.verdict, "looked up" in found.says) == (Verdict.UNKNOWN, False)
    assert found.remedy is not None
    assert found.remedy.link_label == "Look the line up"
    then = checked(went(gates()), phone("mobile", origin="lookup", said="mobile"))
    assert then.verdict is Verdict.CLEAR
    assert "looked up at 14:30:00 UTC on 18 Nov 2026" in then.says

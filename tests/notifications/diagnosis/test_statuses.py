"""Every status says exactly what it claims, and the headline never more than is known."""

from dataclasses import replace
from datetime import timedelta

import pytest

from notifications.core.states import NotificationStatus
from notifications.diagnosis.catalogue import section_of
from notifications.diagnosis.facts import SiblingFact
from notifications.diagnosis.facts_pulse import PulseFact
from notifications.diagnosis.finding import Section, Verdict
from notifications.diagnosis.report import report
from tests.notifications.diagnosis.made import GATES, HEALTHY, NOW, attempted, by_code, cause_of, row, stopped

S = NotificationStatus
ANA = SiblingFact(2, "ntf_2", "acknowledged", "sms", "Ana", NOW - timedelta(minutes=9))


def _waiting(age: timedelta, **pulse: object) -> object:
    queued = row(stopped(GATES, S.QUEUED), due_at=NOW - age, created_at=NOW - age, reason="")
    return replace(queued, then=None, pulse=replace(PulseFact(True, True, NOW, NOW, 1), **pulse))  # type: ignore[arg-type]


@pytest.mark.parametrize("status", list(S))
def test_every_status_has_one_finding_that_says_what_it_claims(status: NotificationStatus) -> None:
    facts = row(HEALTHY, status=status)
    first = [one for one in report(facts).findings if section_of(one) is Section.LOG and one.code != "LOG-14"]
    assert len(first) == 1
    assert first[0].says.endswith(".")


@pytest.mark.parametrize(
    ("age", "verdict"),
    [(5, Verdict.CLEAR), (60, Verdict.CLEAR), (61, Verdict.NOTABLE), (300, Verdict.NOTABLE), (301, Verdict.STOPPED)],
)
def test_queued_turns_amber_after_a_minute_and_red_after_five(age: int, verdict: Verdict) -> None:
    found = by_code(_waiting(timedelta(seconds=age)))["LOG-1"]  # type: ignore[arg-type]
    assert found.verdict is verdict
    assert (found.remedy is not None) == (verdict is not Verdict.CLEAR)


def test_a_queued_row_without_a_worker_has_the_worker_as_its_cause() -> None:
    dead = _waiting(timedelta(minutes=7), worker_alive=False, worker_at=NOW - timedelta(minutes=8))
    cause = cause_of(dead)  # type: ignore[arg-type]
    assert cause.code == "QUEUE-1"
    assert "8 min ago" in cause.says
    alive = _waiting(timedelta(seconds=3))
    assert report(alive).cause is None  # type: ignore[arg-type]


def test_a_dead_worker_now_is_not_the_cause_of_what_failed_before() -> None:
    down = replace(HEALTHY, pulse=PulseFact(False, False))
    assert by_code(down)["QUEUE-1"].verdict is Verdict.NOTABLE
    assert report(down).cause is None


def test_sent_and_delivered_are_different_claims() -> None:
    sent = attempted(HEALTHY, S.SENT, receipts=(), word="sent")
    assert report(sent).headline.startswith("Sent: Twilio accepted it at 14:20:01 UTC, and nothing is known past")
    assert "elivered" not in report(sent).headline
    assert by_code(sent)["LOG-4"].verdict is Verdict.UNKNOWN
    assert by_code(sent)["PROVIDER-10"].verdict is Verdict.UNKNOWN
    assert report(HEALTHY).headline == (
        "Delivered: the carrier's receipt says so at 14:21:00 UTC; if the phone shows nothing, check the device."
    )


def test_the_person_is_asked_only_once_a_provider_took_it() -> None:
    assert by_code(HEALTHY)["CHECK-1"].verdict is Verdict.UNKNOWN
    questions = " ".join(one.value for one in by_code(HEALTHY)["CHECK-1"].evidence)
    for word in ("signal", "Do Not Disturb", "blocked", "full"):
        assert word in questions
    assert by_code(stopped(replace(GATES, member_active=False)))["CHECK-1"].verdict is Verdict.NOT_APPLICABLE


def test_acknowledged_says_probably_not_this_row_and_points_at_the_others() -> None:
    assert HEALTHY.alert is not None
    cleo = replace(ANA, pk=9, public_id="ntf_9", status="failed", who="Cleo")
    facts = replace(
        row(HEALTHY, status=S.ACKNOWLEDGED, acknowledged_at=NOW), alert=replace(HEALTHY.alert, siblings=(ANA, cleo))
    )
    found = by_code(facts)["LOG-11"]
    assert "probably not the row you want" in found.says
    assert found.remedy is not None
    assert found.remedy.link_args == (9,)
    assert {"ntf_2", "ntf_9"} <= {one.ref for one in found.evidence}
    assert report(facts).cause is None


def test_cancelled_names_the_sibling_who_and_when() -> None:
    facts = row(stopped(GATES, S.CANCELLED), reason="ROW-1", cancelled_by=ANA)
    cause = cause_of(facts)
    assert cause.code == "LOG-12"
    for word in ("Ana", "ntf_2", "14:21:00 UTC"):
        assert word in cause.says
    assert cause.remedy is not None
    assert cause.remedy.text.startswith("Nothing needs to be done")


def test_unconfirmed_is_unknown_and_proves_nothing() -> None:
    facts = attempted(HEALTHY, S.UNCONFIRMED, outcome="unknown", exception_class="TimeoutError", http_status=None)
    assert report(facts).cause is None
    assert by_code(facts)["LOG-13"].verdict is Verdict.UNKNOWN
    assert by_code(facts)["PROVIDER-7"].verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("reason", ["UNCONFIRMED-2", "UNCONFIRMED-5", "UNCONFIRMED-6", "UNCONFIRMED-7"])
def test_an_outcome_that_nobody_asks_about_any_more_says_so_and_promises_no_question(reason: str) -> None:
    facts = attempted(HEALTHY, S.UNCONFIRMED, outcome="unknown", exception_class="TimeoutError", http_status=None)
    given_up = by_code(row(facts, reason=reason, reason_text="Only a report can still tell."))["LOG-13"]
    assert (given_up.verdict, given_up.says) == (Verdict.UNKNOWN, "Only a report can still tell.")
    assert given_up.remedy is not None
    assert "another way" in given_up.remedy.text
    asked = by_code(row(facts, reason="UNCONFIRMED-1", lease_until=NOW + timedelta(seconds=5)))["LOG-13"]
    assert asked.remedy is not None
    assert asked.remedy.text.startswith("Wait")


@pytest.mark.row(81)
@pytest.mark.parametrize(("provider", "feed"), [("twilio", "callback"), ("azure", "Event Grid")])
def test_where_nothing_was_heard_the_feed_by_which_receipts_come_is_named(provider: str, feed: str) -> None:
    silent = attempted(HEALTHY, S.SENT, provider=provider, word="queued", receipts=())
    assert feed in str(by_code(silent)["PROVIDER-10"].evidence)


def test_what_went_late_says_so() -> None:
    late = row(HEALTHY, handed_over_at=HEALTHY.row.created_at + timedelta(minutes=4))
    assert "4 min" in by_code(late)["LOG-14"].says
    assert "LOG-14" not in by_code(HEALTHY)


def test_times_are_told_in_the_readers_zone() -> None:
    there = replace(HEALTHY, zone="America/New_York")
    assert "09:21:00 EST" in report(there).headline

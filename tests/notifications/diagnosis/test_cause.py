"""Each situation has the cause that its stored proof names, and what is healthy has none."""

from dataclasses import replace
from datetime import timedelta

import pytest

from notifications.core.gate_facts import StandingFact
from notifications.core.gates import GateFacts
from notifications.core.states import NotificationStatus
from notifications.diagnosis.facts import NumberChange, PhoneFact, ReadingFact, ReceiptFact, TransitionFact
from notifications.diagnosis.finding import Verdict, Who
from notifications.diagnosis.report import report
from tests.notifications.diagnosis.made import (
    ATTEMPT,
    BEN,
    GATES,
    HEALTHY,
    NOW,
    NUMBER,
    ROW,
    SENDER,
    attempted,
    by_code,
    cause_of,
    row,
    stopped,
    then_of,
)

S = NotificationStatus


def _with(**changes: object) -> GateFacts:
    return replace(GATES, **changes)  # type: ignore[arg-type]


def _stands(state: str) -> GateFacts:
    return _with(standing=StandingFact(state, NOW - timedelta(days=2), "cns_2", "admin"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("gates", "code", "who", "link"),
    [
        (_with(number=None), "NUMBER-1", Who.TENANT_ADMIN, "admin:members_member_change"),
        (_with(number_defects=("not_a_real_number",)), "NUMBER-2", Who.TENANT_ADMIN, "admin:members_member_change"),
        (_with(member_active=False), "MEMBER-1", Who.TENANT_ADMIN, "admin:members_member_change"),
        (_stands("none"), "CONSENT-1", Who.TENANT_ADMIN, "admin:members_invite_changelist"),
        (_stands("opted_out"), "CONSENT-2", Who.PERSON, "admin:members_member_change"),
        (_with(suppressed_since=NOW - timedelta(days=1), suppression_source="handset"), "CONSENT-3", Who.PERSON, ""),
        (_stands("declined"), "CONSENT-4", Who.PERSON, "admin:members_member_change"),
        (_stands("stale"), "CONSENT-5", Who.PERSON, "admin:members_member_change"),
        (_with(line_type="landline"), "LINE-1", Who.TENANT_ADMIN, "admin:members_member_change"),
        (_with(capability="no"), "LINE-2", Who.TENANT_ADMIN, "admin:members_member_change"),
        (_with(tenant_standing="past_due"), "TENANT-1", Who.TENANT_ADMIN, "admin:billing_tenantplan_change"),
        (_with(tenant_standing="suspended"), "TENANT-2", Who.PLATFORM_ADMIN, "admin:billing_tenantplan_change"),
        (_with(tenant_standing="cancelled"), "TENANT-3", Who.TENANT_ADMIN, "admin:billing_tenantplan_change"),
        (_with(sender_channels=("voice",)), "SENDER-2", Who.PLATFORM_ADMIN, "admin:notifications_sender_changelist"),
    ],
)
def test_the_gate_that_shut_is_the_cause_with_its_own_remedy(gates: GateFacts, code: str, who: Who, link: str) -> None:
    cause = cause_of(stopped(gates))
    assert (cause.code, cause.remedy and cause.remedy.who, cause.remedy and cause.remedy.link_name) == (code, who, link)


def test_never_consented_opted_out_declined_and_suppressed_are_advised_differently() -> None:
    suppressed = _with(suppressed_since=NOW - timedelta(days=1), suppression_source="handset")
    advice = {
        cause_of(stopped(gates)).remedy.text  # type: ignore[union-attr]
        for gates in (_stands("none"), _stands("opted_out"), _stands("declined"), _stands("stale"), suppressed)
    }
    assert len(advice) == 5
    text = cause_of(stopped(suppressed)).remedy
    assert text is not None
    assert f"START to {SENDER}" in text.text


def test_of_two_shut_gates_the_one_that_decided_is_the_cause_and_the_other_is_listed() -> None:
    found = report(stopped(_with(member_active=False, tenant_standing="suspended")))
    assert found.cause is not None
    assert found.cause.code == "MEMBER-1"
    assert [one.code for one in found.secondary] == ["TENANT-2"]


def test_what_changed_only_after_it_went_is_notable_and_never_the_cause() -> None:
    later = replace(HEALTHY, now=_stands("opted_out"))
    found = report(later)
    assert found.cause is None
    finding = by_code(later)["CONSENT-2"]
    assert (finding.verdict, finding.then, finding.now) == (Verdict.NOTABLE, "consent stood", "opted out")
    assert by_code(later)["CONSENT-8"].verdict is Verdict.CLEAR


def test_a_gate_that_is_open_again_says_that_it_was_mended() -> None:
    mended = replace(stopped(_with(tenant_standing="past_due")), now=GATES)
    cause = cause_of(mended)
    assert cause.code == "TENANT-1"
    assert cause.remedy is not None
    assert cause.remedy.text.startswith("This has been mended since")
    assert by_code(mended)["AGAIN-1"].verdict is Verdict.CLEAR


def test_a_waiting_row_that_was_not_ruled_yet_is_judged_by_what_is_so_now() -> None:
    fresh = row(stopped(_stands("none"), S.QUEUED), due_at=NOW, created_at=NOW, reason="")
    waiting = replace(fresh, then=None)
    assert cause_of(waiting).code == "CONSENT-1"
    assert report(replace(waiting, now=GATES)).cause is None


@pytest.mark.parametrize(
    ("changes", "code", "says"),
    [
        ({"outcome": "refused", "http_status": 400, "fault_code": "21211"}, "PROVIDER-2", "HTTP 400, code 21211"),
        ({"outcome": "refused", "http_status": 400, "fault_code": "99999"}, "PROVIDER-2", "not in the catalogue"),
        ({"outcome": "refused", "http_status": 503}, "PROVIDER-2", "HTTP 503"),
        ({"outcome": "not_processed", "http_status": 429, "fault_code": "20429"}, "PROVIDER-6", "turned it away"),
        ({"outcome": "never_left", "exception_class": "TemplateBroken"}, "PROVIDER-4", "TemplateBroken"),
        ({"outcome": "never_left", "exception_class": "ConnectionRefusedError"}, "PROVIDER-5", "No connection"),
        ({"outcome": "absent", "asked_times": 3}, "PROVIDER-8", "asked 3 times"),
        ({"outcome": "refused", "http_status": 400, "fault_code": "21610"}, "BLOCK-1", SENDER),
    ],
)
def test_a_failed_row_is_explained_by_its_attempt(changes: dict[str, object], code: str, says: str) -> None:
    cause = cause_of(attempted(HEALTHY, S.FAILED, **changes))
    assert cause.code == code
    assert says in cause.says


@pytest.mark.parametrize(
    ("fault", "kind"), [("30003", "Open Ben"), ("30007", "Open flow Pump down"), ("30034", "Open senders")]
)
def test_a_bad_receipt_is_said_in_words_with_a_button_to_what_mends_it(fault: str, kind: str) -> None:
    receipt = ReceiptFact("undelivered", fault, "callback", NOW)
    cause = cause_of(attempted(HEALTHY, S.FAILED, receipts=(receipt,), word="undelivered"))
    assert cause.code == "PROVIDER-3"
    assert fault in cause.says
    assert cause.remedy is not None
    assert cause.remedy.link_label == kind
    assert any(fault in one.value and one.name == "About this code" for one in cause.evidence)


def test_a_receipt_that_said_delivered_after_undelivered_is_a_conflict_and_no_cause() -> None:
    torn = (ReceiptFact("undelivered", "30003", "callback", NOW), *ATTEMPT.receipts)
    facts = attempted(HEALTHY, S.DELIVERED, receipts=torn, word="delivered", has_conflict=True)
    assert report(facts).cause is None
    assert by_code(facts)["PROVIDER-9"].verdict is Verdict.NOTABLE


def test_a_first_attempt_that_failed_does_not_stop_what_a_second_one_delivered() -> None:
    first = replace(ATTEMPT, outcome="not_processed", fault_code="20429", receipts=(), word="")
    facts = replace(HEALTHY, attempts=(first, replace(ATTEMPT, ordinal=2, public_id="att_2")))
    assert report(facts).cause is None
    assert by_code(facts)["PROVIDER-12"].verdict is Verdict.NOTABLE
    assert all(one.verdict is not Verdict.STOPPED for one in report(facts).findings)


def test_expired_names_what_held_it_up_or_that_nobody_took_it() -> None:
    times = [ROW.created_at + timedelta(seconds=second) for second in (0, 1, 60)]
    held = [TransitionFact(times[0], "", "queued"), TransitionFact(times[1], "queued", "held", "SENDER-1")]
    ended = TransitionFact(times[2], "held", "expired", "ROW-2")
    expired = row(replace(HEALTHY, attempts=(), then=None, now=None), status=S.EXPIRED, reason="ROW-2", expires_at=NOW)
    assert cause_of(replace(expired, transitions=(*held, ended))).code == "SENDER-1"
    alone = cause_of(replace(expired, transitions=(held[0], replace(ended, before="queued"))))
    assert alone.code == "LOG-9"
    assert "no worker took it" in alone.says
    throttled = replace(ATTEMPT, outcome="not_processed", fault_code="20429", receipts=(), word="")
    assert cause_of(replace(expired, attempts=(throttled,))).code == "PROVIDER-6"


def test_skipped_for_a_reason_of_its_own_is_its_own_cause() -> None:
    facts = row(stopped(GATES), reason="CHANNEL-1", reason_text="The portal cannot send on this channel yet.")
    cause = cause_of(facts)
    assert cause.code == "LOG-8"
    assert "cannot send on this channel yet" in cause.says


def test_each_defect_of_a_number_is_named_with_a_suggestion() -> None:
    reading = ReadingFact("(860) 555-8312", ("no_plus", "parentheses", "spaces", "dashes"), "+18605558312")
    facts = replace(
        stopped(_with(number="(860) 555-8312", number_defects=reading.defects), number="(860) 555-8312"),
        reading_then=reading,
    )
    cause = cause_of(facts)
    assert cause.code == "NUMBER-2"
    for word in ("does not start with +", "parentheses", "spaces", "dashes"):
        assert word in cause.says
    assert cause.remedy is not None
    assert "+18605558312" in cause.remedy.text


def test_a_number_that_changed_since_shows_both_and_when() -> None:
    other = PhoneFact("phn_2", "+12065550199", "mobile", "unknown", "unknown", True, True)
    change = NumberChange(NOW - timedelta(minutes=2), NUMBER, other.number, "phn_2")
    facts = replace(HEALTHY, member=replace(BEN, phones=(other,), changes=(change,)))
    finding = by_code(facts)["NUMBER-3"]
    assert (finding.then, finding.now) == (NUMBER, other.number)
    assert "14:28:00 UTC" in finding.says


def test_the_exact_number_is_always_shown_to_be_confirmed() -> None:
    finding = by_code(HEALTHY)["NUMBER-4"]
    assert finding.verdict is Verdict.NOTABLE
    assert NUMBER in finding.says
    assert finding.remedy is not None
    assert "Confirm with the person" in finding.remedy.text


def test_what_was_not_stored_is_unknown_and_never_clear() -> None:
    blind = replace(HEALTHY, then=None, now=None, pulse=None)
    found = by_code(blind)
    for code in ("CONSENT-8", "MEMBER-2", "TENANT-4", "QUEUE-1", "AGAIN-1"):
        assert found[code].verdict is Verdict.UNKNOWN


def test_the_ruling_that_let_it_go_is_then_beside_a_block_now() -> None:
    facts = replace(HEALTHY, then=then_of(GATES), now=_with(member_active=False))
    again = by_code(facts)["AGAIN-1"]
    assert (again.verdict, again.then, again.now) == (Verdict.NOTABLE, "go", "no: MEMBER-1")

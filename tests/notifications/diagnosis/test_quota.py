"""A limit that was reached is the cause, with the figures of then and now; room, and what does not count, are none."""

from dataclasses import replace

import pytest

from notifications.core.limit_facts import QuotaFact
from notifications.core.states import NotificationStatus, Purpose
from notifications.diagnosis.facts import Facts
from notifications.diagnosis.finding import Verdict
from tests.notifications.diagnosis.made import GATES, HEALTHY, by_code, cause_of, stopped, then_of

MONTH = QuotaFact(
    notifications_limit=1000,
    notifications_taken=1000,
    segments_limit=None,
    segments_taken=1200,
    segments=2,
    calls_limit=None,
    calls_taken=0,
    resets_on="2026-12-01",
)


def refused(month: QuotaFact) -> Facts:
    return stopped(replace(GATES, quota=month), NotificationStatus.QUOTA_EXCEEDED)


@pytest.mark.parametrize(
    ("month", "code", "says"),
    [
        (MONTH, "QUOTA-1", "limit of 1,000 notifications was reached: 1,000 were used. It starts anew on 1 December"),
        (
            replace(MONTH, notifications_limit=None, segments_limit=1201),
            "QUOTA-2",
            "limit of 1,201 SMS segments was reached: 1,200 were used, and this text takes 2",
        ),
    ],
)
def test_each_limit_is_a_cause_that_leads_to_billing(month: QuotaFact, code: str, says: str) -> None:
    cause = cause_of(refused(month))
    assert (cause.code, cause.verdict) == (code, Verdict.STOPPED)
    assert says in cause.says
    evidence = {one.name: one.value for one in cause.evidence}
    assert evidence["Starts anew on"] == "1 December 2026"
    assert cause.remedy is not None
    assert cause.remedy.link_name == "admin:billing_tenantplan_change"
    assert "resend" in cause.remedy.text


def test_a_limit_that_was_raised_since_shows_both_figures() -> None:
    then = refused(MONTH)
    assert then.now is not None
    topped_up = replace(then, now=replace(then.now, quota=replace(MONTH, notifications_limit=1500)))
    cause = cause_of(topped_up)
    assert (cause.code, cause.then, cause.now) == ("QUOTA-1", "1,000 of 1,000 used", "1,000 of 1,500 used")
    assert cause.remedy is not None
    assert "mended since" in cause.remedy.text


def test_room_is_no_cause_and_little_room_is_worth_a_look() -> None:
    plenty = replace(GATES, quota=replace(MONTH, notifications_taken=10))
    scarce = replace(GATES, quota=replace(MONTH, notifications_taken=850))
    clear = by_code(replace(HEALTHY, then=then_of(plenty)))["QUOTA-4"]
    assert (clear.verdict, "10 of 1,000 used notifications" in clear.says) == (Verdict.CLEAR, True)
    notable = by_code(replace(HEALTHY, then=then_of(scarce)))["QUOTA-4"]
    assert (notable.verdict, notable.remedy is not None) == (Verdict.NOTABLE, True)


def test_what_does_not_count_needs_no_quota() -> None:
    code = replace(HEALTHY, row=replace(HEALTHY.row, purpose=Purpose.VERIFICATION_CODE))
    assert by_code(code)["QUOTA-4"].verdict is Verdict.NOT_APPLICABLE
    unknown = replace(HEALTHY, then=None, now=None)
    assert by_code(unknown)["QUOTA-4"].verdict is Verdict.UNKNOWN

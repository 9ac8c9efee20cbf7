"""Blank, 0, used up and a missing module are told apart, with the figures of then and of now; pure."""

from dataclasses import replace

import pytest

from notifications.core.limit_facts import AllowanceFact
from notifications.core.states import Purpose
from notifications.diagnosis.facts import Facts
from notifications.diagnosis.finding import Verdict
from notifications.diagnosis.redaction import Audience, redacted
from notifications.diagnosis.report import report
from tests.notifications.diagnosis.made import GATES, HEALTHY, by_code, cause_of, stopped

ANA = AllowanceFact(who="Ana", kind="number", daily=5, used=2, module=True)


def sent_by_hand(own: AllowanceFact) -> Facts:
    """A direct message that the real gates stopped for this allowance."""
    return stopped(replace(GATES, purpose=Purpose.DIRECT_MESSAGE, flow_enabled=None, allowance=own))


@pytest.mark.parametrize(
    ("own", "code", "says", "shown"),
    [
        (replace(ANA, kind="blank", daily=None), "ALLOWANCE-1", "of Ana was blank", "blank"),
        (replace(ANA, daily=0, used=0), "ALLOWANCE-2", "of Ana was 0", "0"),
        (replace(ANA, used=5), "ALLOWANCE-3", "5 of 5", "5 of 5 used"),
        (replace(ANA, module=False), "ALLOWANCE-4", "Module not enabled", "module not enabled"),
    ],
)
def test_each_reason_is_a_cause_of_its_own_and_leads_to_the_page_that_mends_it(
    own: AllowanceFact, code: str, says: str, shown: str
) -> None:
    cause = cause_of(sent_by_hand(own))
    assert (cause.code, cause.verdict) == (code, Verdict.STOPPED)
    assert says in cause.says
    evidence = {one.name: one.value for one in cause.evidence}
    assert (evidence["Sent by"], evidence["Allowance then"]) == ("Ana", shown)
    assert evidence["SMS Limits"] == ("enabled" if own.module else "module not enabled")
    assert cause.remedy is not None
    page = "billing_allowance_changelist" if own.module else "billing_tenantplan_change"
    assert cause.remedy.link_name == f"admin:{page}"


def test_one_that_was_raised_since_says_what_it_was_and_what_it_is() -> None:
    then = sent_by_hand(replace(ANA, used=5))
    assert then.now is not None
    raised = replace(then, now=replace(then.now, allowance=replace(ANA, daily=20, used=5)))
    cause = cause_of(raised)
    assert (cause.then, cause.now) == ("5 of 5 used", "5 of 20 used")
    assert cause.remedy is not None
    assert "mended since" in cause.remedy.text


def test_what_had_room_and_what_a_flow_sent_are_no_cause() -> None:
    gates = replace(GATES, purpose=Purpose.DIRECT_MESSAGE, flow_enabled=None, allowance=ANA)
    assert HEALTHY.then is not None
    fine = by_code(replace(HEALTHY, then=replace(HEALTHY.then, facts=gates)))["ALLOWANCE-5"]
    assert (fine.verdict, fine.says) == (Verdict.CLEAR, "Ana sent it by hand, and had 3 of 5 left that day.")
    assert by_code(HEALTHY)["ALLOWANCE-5"].verdict is Verdict.NOT_APPLICABLE


@pytest.mark.parametrize("audience", [Audience.MEMBER, Audience.OUTSIDE])
def test_who_sent_it_is_not_told_to_the_member_nor_outside(audience: Audience) -> None:
    facts = sent_by_hand(replace(ANA, kind="blank", daily=None))
    facts = replace(facts, row=replace(facts.row, reason_text="The daily allowance of Ana is blank."))
    assert "Ana" in str(report(facts))
    assert "Ana" not in str(report(redacted(facts, audience)))
    assert "Ana" not in str(redacted(facts, audience))

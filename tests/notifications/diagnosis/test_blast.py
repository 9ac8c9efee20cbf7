"""How far a trouble reaches, in counts: where each reach begins, who acts on it, and who may read which sums."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from notifications.core.states import NotificationStatus
from notifications.core.trouble import trouble
from notifications.diagnosis.facts import Facts
from notifications.diagnosis.facts_blast import BlastFact, ElsewhereFact, RouteCount
from notifications.diagnosis.finding import Finding, Verdict, Who
from notifications.diagnosis.redaction import Audience, redacted
from notifications.diagnosis.rendering import as_json
from notifications.diagnosis.report import report
from notifications.diagnosis.saved import load, save
from tests.notifications.diagnosis.made import HEALTHY, NOW, SENDER, attempted, by_code

S = NotificationStatus
FAILED = attempted(HEALTHY, S.FAILED, word="undelivered", fault_code="30003")
ELSEWHERE = ElsewhereFact(tenants=3, tenants_alike=2, messages=16, alike=14, arrived=1)


def around(**counts: Any) -> Facts:
    """The failed page with 42 messages of the tenant to other phones around it."""
    values: dict[str, Any] = {
        "trouble": "twilio 30003", "since": NOW - timedelta(minutes=25), "until": NOW, "messages": 42, "arrived": 41,
        "alike": 0, "failed": 1, "phones": 20, "phones_alike": 0, **counts,
    }  # fmt: skip
    return replace(FAILED, blast=BlastFact(**values))


def found(facts: Facts) -> Finding:
    (one,) = [one for one in report(facts).findings if one.code.startswith("BLAST-")]
    return one


@pytest.mark.row(50)
def test_what_nobody_else_met_is_this_member_alone() -> None:
    one = found(around())
    assert (one.code, one.verdict, one.rows) == ("BLAST-1", Verdict.NOTABLE, (50,))
    assert one.says == (
        "Only this member: of 42 SMS messages of this tenant to other phones from 14:05:00 UTC to 14:30:00 UTC, 41 "
        "arrived and none met the same (twilio 30003); 1 met something else."
    )
    assert one.remedy is not None
    assert (one.remedy.who, one.remedy.link_name) == (Who.TENANT_ADMIN, "admin:members_member_change")


@pytest.mark.row(50)
@pytest.mark.parametrize(
    ("phones_alike", "wider", "code", "says", "remedy"),
    [
        (1, None, "BLAST-2", "Several members, and not the whole tenant", "a carrier, a country or a kind of line"),
        (9, False, "BLAST-2", "Several members, and not the whole tenant", "diagnose them together"),
        (10, None, "BLAST-2", "Most of this tenant", "standing and quota"),
        (10, False, "BLAST-2", "Elsewhere on this platform it works", "registration"),
        (1, True, "BLAST-3", "Not this tenant alone", "Router and at Twilio's status page (status.twilio.com)"),
        (20, True, "BLAST-3", "Other organisations on this platform meet the same", "Use another channel"),
    ],
)
def test_each_reach_has_its_own_words_and_remedy(
    phones_alike: int, wider: bool | None, code: str, says: str, remedy: str
) -> None:
    one = found(around(alike=phones_alike, phones_alike=phones_alike, arrived=20, is_wider=wider))
    assert (one.code, one.verdict) == (code, Verdict.NOTABLE)
    assert says in one.says
    assert one.remedy is not None
    assert remedy in one.remedy.text
    assert report(around(alike=phones_alike)).cause == report(FAILED).cause


@pytest.mark.row(50)
def test_one_sender_of_several_is_named() -> None:
    bad = RouteCount("twilio", SENDER, 12, 12, 0)
    good = RouteCount("azure", "+12065550101", 30, 0, 30)
    one = found(around(alike=12, phones_alike=12, routes=(bad, good)))
    assert one.remedy is not None
    assert f"All of them left from {SENDER}, and others did not meet it" in one.remedy.text
    shown = {each.name: each.value for each in one.evidence}
    assert shown[f"Twilio from {SENDER}"] == "12 messages: 12 met the same, 0 arrived"
    assert shown["Azure Communication Services from +12065550101"] == "30 messages: 0 met the same, 30 arrived"
    alone = found(around(alike=12, phones_alike=12, routes=(bad,)))
    assert alone.remedy is not None
    assert "All of them left" not in alone.remedy.text


@pytest.mark.parametrize("code", ["30006", "21610"])
def test_landlines_and_opt_outs_of_many_are_no_trouble_of_the_service(code: str) -> None:
    facts = around(trouble=f"twilio {code}", alike=20, phones_alike=20, is_wider=True)
    facts = replace(facts, attempts=attempted(HEALTHY, S.FAILED, word="undelivered", fault_code=code).attempts)
    one = found(facts)
    assert one.code == "BLAST-2"
    assert "Several members, each by their own number" in one.says
    assert "Other organisations" not in one.says


def test_too_few_others_say_nothing_unless_it_is_wider() -> None:
    few = {"messages": 2, "arrived": 2, "failed": 0, "phones": 2}
    assert (found(around(**few)).code, found(around(**few)).verdict) == ("BLAST-4", Verdict.UNKNOWN)
    assert found(around(**few, is_wider=True)).code == "BLAST-3"
    none = found(around(messages=0, arrived=0, failed=0, phones=0, is_wider=True))
    assert "sent no other SMS to compare with" in none.says


def test_silence_is_a_members_only_where_receipts_come_for_others() -> None:
    sent = replace(around(trouble="silent"), row=replace(HEALTHY.row, status=S.SENT))
    assert found(sent).code == "BLAST-1"
    assert sent.blast is not None
    quiet = replace(sent, blast=replace(sent.blast, arrived=3, alike=38, phones_alike=18))
    one = found(quiet)
    assert (one.code, one.verdict) == ("BLAST-4", Verdict.UNKNOWN)
    assert "38 got no receipt either" in one.says


@pytest.mark.row(50)
def test_of_other_tenants_only_support_and_platform_read_sums() -> None:
    facts = around(alike=20, phones_alike=20, is_wider=True, elsewhere=ELSEWHERE)
    for audience in Audience:
        shown = redacted(facts, audience)
        said = json.dumps(as_json(report(shown)))
        assert ("14 of 16 messages" in said) == (audience in {Audience.SUPPORT, Audience.PLATFORM})
        if audience is not Audience.MEMBER:
            assert "Other organisations on this platform" in found(shown).says
    assert redacted(facts, Audience.MEMBER).blast is None
    assert load(json.loads(json.dumps(save(facts)))) == facts


def test_what_arrived_or_was_not_looked_at_says_nothing() -> None:
    assert not [code for code in by_code(HEALTHY) if code.startswith("BLAST")]


@pytest.mark.parametrize(
    ("status", "reason", "code", "age", "word"),
    [
        ("delivered", "", "", 600, "arrived"),
        ("acknowledged", "", "30003", 600, "arrived"),
        ("failed", "TWILIO-30003", "30003", 600, "twilio 30003"),
        ("failed", "INTERNAL-1", "", 600, "INTERNAL-1"),
        ("sent", "", "", 60, ""),
        ("sent", "", "", 121, "silent"),
        ("held", "ROUTE-1", "", 600, "ROUTE-1"),
        ("held", "RETRY-4", "", 600, "RETRY-4"),
        ("held", "HOURS-1", "", 600, ""),
        ("queued", "", "", 30, ""),
        ("queued", "", "", 61, "queue"),
        ("unconfirmed", "UNCONFIRMED-1", "", 10, "unconfirmed"),
        ("expired", "ROW-2", "", 10, "expired"),
        ("skipped", "CONSENT-1", "", 600, ""),
        ("merged", "", "", 600, ""),
    ],
)
def test_what_a_message_met_is_one_word(status: str, reason: str, code: str, age: int, word: str) -> None:
    at = NOW - timedelta(seconds=age)
    assert word == trouble(
        status, reason=reason, provider="twilio", fault_code=code, due_at=at, handed_over_at=at, now=NOW
    )

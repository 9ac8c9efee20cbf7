"""Which provider took an attempt and why; where none was there it is red and says that nothing was delivered."""

from dataclasses import replace
from datetime import timedelta

import pytest

from notifications.core.breaker import FAULTS_TO_OPEN, Stand, counted, drilled, untouched
from notifications.core.gate_facts import GateFacts
from notifications.core.routing import RouteFact, route
from notifications.core.states import Channel, NotificationStatus
from notifications.diagnosis.facts import Facts
from notifications.diagnosis.facts_route import RouteStandFact
from notifications.diagnosis.finding import Verdict
from notifications.diagnosis.redaction import Audience, redacted
from tests.notifications.diagnosis.made import ATTEMPT, GATES, HEALTHY, NOW, by_code, cause_of, row, stopped, then_of

LINE = (("snd_1", "twilio"), ("snd_2", "azure"))
THEN = NOW - timedelta(minutes=10)
S = NotificationStatus


def failing() -> Stand:
    return counted(untouched(at=NOW), faults=FAULTS_TO_OPEN, answers=0, at=NOW)[0]


def out_by_hand() -> Stand:
    return drilled(untouched(at=NOW), at=NOW, until=NOW + timedelta(minutes=10))[0]


def line(failed_at: str | None = None, **stands: Stand) -> RouteFact:
    return route(LINE, stands=stands, failed_at=failed_at, at=NOW)


def by_route(taken: RouteFact) -> GateFacts:
    by = taken.by or taken.first
    assert by is not None
    return replace(GATES, route=taken, sender_ref=by.sender_ref, provider=by.provider)


def went(then: RouteFact, *, now: RouteFact | None = None) -> Facts:
    attempt = replace(ATTEMPT, provider=then.by.provider if then.by else "twilio")
    return replace(HEALTHY, then=then_of(by_route(then)), now=by_route(now or then), attempts=(attempt,))


@pytest.mark.row(31)
def test_the_first_in_line_took_it() -> None:
    found = by_code(went(line()))["ROUTE-3"]
    assert found.verdict is Verdict.CLEAR
    assert found.says == "Twilio took this attempt: it was first in line, and its circuit breaker was closed."


@pytest.mark.row(31)
def test_the_fallback_took_it_and_the_report_says_why_then_and_now() -> None:
    found = by_code(went(line(twilio=failing()), now=line()))["ROUTE-3"]
    assert found.verdict is Verdict.NOTABLE
    assert found.says == (
        "Azure Communication Services took this attempt in place of Twilio, since its circuit breaker was open after "
        "faults of its own."
    )
    assert (found.then, found.now) == ("Azure Communication Services", "Twilio")
    assert [(one.name, one.value.split(",")[0]) for one in found.evidence] == [
        ("Twilio", "passed over: its circuit breaker was open after faults of its own"),
        ("Azure Communication Services", "chosen"),
    ]


@pytest.mark.row(31)
@pytest.mark.parametrize(
    ("taken", "why"),
    [
        (line(twilio=out_by_hand()), "since it was taken out by hand"),
        (line(failed_at="twilio"), "since the attempt before had failed there"),
    ],
)
def test_other_reasons_to_pass_the_first_over(taken: RouteFact, why: str) -> None:
    assert why in by_code(went(taken))["ROUTE-3"].says


def test_an_attempt_of_before_there_was_a_router_claims_nothing() -> None:
    assert by_code(HEALTHY)["ROUTE-3"].verdict is Verdict.UNKNOWN


@pytest.mark.row(32)
def test_with_every_provider_out_it_is_red_and_nothing_was_delivered() -> None:
    held = stopped(by_route(line(twilio=failing(), azure=failing())), S.HELD, due_at=NOW + timedelta(seconds=30))
    found = by_code(held)["ROUTE-1"]
    assert cause_of(held).code == "ROUTE-1"
    assert found.verdict is Verdict.STOPPED
    assert found.says.startswith("Nothing was delivered: no provider that could take it worked (Twilio: ")
    assert "rerouted" not in found.says
    assert "the next try is at 14:30:30 UTC" in (found.remedy.text if found.remedy else "")
    assert (found.then, found.now) == ("no provider worked", "no provider works")
    assert "ROUTE-3" not in by_code(held)


@pytest.mark.row(32)
def test_a_drill_of_all_routes_is_named_as_one() -> None:
    held = stopped(by_route(line(twilio=out_by_hand(), azure=out_by_hand())), S.HELD, due_at=NOW)
    assert cause_of(held).code == "ROUTE-2"


def test_routes_that_are_out_now_are_no_cause_of_what_went_then() -> None:
    facts = row(went(line(), now=line(twilio=failing(), azure=failing())), status=S.FAILED)
    codes = by_code(facts)
    assert codes["ROUTE-1"].verdict is Verdict.NOTABLE
    assert codes["ROUTE-3"].verdict is Verdict.CLEAR


@pytest.mark.row(30)
def test_how_the_routes_stand_is_shown_to_platform_admins_alone() -> None:
    stand = RouteStandFact("twilio", "open", NOW, 5, "twilio 20503: It broke.", NOW, NOW + timedelta(seconds=30))
    facts = replace(went(line()), routes=(stand,))
    shown = by_code(redacted(facts, Audience.PLATFORM))["ROUTE-4"]
    assert shown.verdict is Verdict.NOTABLE
    assert "5 faults counted" in shown.evidence[0].value
    for audience in set(Audience) - {Audience.PLATFORM}:
        assert "ROUTE-4" not in by_code(redacted(facts, audience))


def test_e_mail_has_no_route() -> None:
    mailed = replace(GATES, channel=Channel.EMAIL, route=None)
    facts = replace(row(HEALTHY, channel=Channel.EMAIL), then=then_of(mailed), now=mailed)
    assert by_code(facts)["ROUTE-3"].verdict is Verdict.NOT_APPLICABLE

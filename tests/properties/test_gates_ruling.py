"""Whatever the facts, the ruling explains itself, and no message slips past consent."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from notifications.core.gates import GATES, GateFacts, Opening, StandingFact, Verdict, ruling
from notifications.core.states import Channel, NotificationStatus, Purpose

NOW = datetime(2025, 11, 3, 12, tzinfo=UTC)
INSTANTS = st.builds(
    lambda minutes, zone: (NOW + timedelta(minutes=minutes)).astimezone(timezone(timedelta(hours=zone))),
    st.integers(-10_000, 10_000),
    st.integers(-11, 13),
)
MAYBE = st.one_of(st.none(), INSTANTS)
STANDINGS = st.builds(
    StandingFact,
    state=st.sampled_from(["none", "opted_in", "opted_out", "declined", "stale"]),
    since=MAYBE,
    event_ref=st.one_of(st.none(), st.just("cns_1")),
    source=st.one_of(st.none(), st.just("handset")),
)
FACTS = st.builds(
    GateFacts,
    purpose=st.sampled_from(Purpose),
    channel=st.sampled_from(Channel),
    number=st.sampled_from([None, "", "+18605558312"]),
    number_defects=st.sampled_from([(), (), ("no_plus", "spaces")]),
    number_source=st.just("member"),
    member_id=st.one_of(st.none(), st.integers(1, 9)),
    member_active=st.booleans(),
    standing=STANDINGS,
    suppressed_since=MAYBE,
    suppression_source=st.one_of(st.none(), st.just("provider")),
    line_type=st.sampled_from(["mobile", "landline", "voip", "toll_free", "unknown"]),
    capability=st.sampled_from(["yes", "no", "unknown"]),
    tenant_standing=st.sampled_from(["trial", "active", "payment_due", "past_due", "suspended", "cancelled"]),
    tenant_standing_until=MAYBE,
    flow_enabled=st.sampled_from([None, True, False]),
    alert_acknowledged_at=MAYBE,
    acknowledged_by=st.one_of(st.none(), st.just("Ben")),
    expires_at=MAYBE,
    answers_inbound=st.booleans(),
    sender_available=st.booleans(),
    sender_ref=st.one_of(st.none(), st.just("snd_1")),
    sender_channels=st.sampled_from([(), ("sms",), ("sms", "voice")]),
    provider=st.one_of(st.none(), st.just("twilio")),
    verification_on_consent_form=st.booleans(),
)
# Few random messages pass every gate: these differ from one that does in consent and purpose alone.
NEARLY = st.builds(
    lambda facts, standing, suppressed, purpose, answers, form: replace(
        facts,
        standing=standing,
        suppressed_since=suppressed,
        purpose=purpose,
        answers_inbound=answers,
        verification_on_consent_form=form,
    ),
    st.builds(
        lambda facts: replace(
            facts,
            channel=Channel.SMS,
            number="+18605558312",
            number_defects=(),
            member_active=True,
            line_type="mobile",
            capability="unknown",
            tenant_standing="active",
            flow_enabled=True,
            alert_acknowledged_at=None,
            expires_at=None,
            sender_available=True,
            sender_channels=("sms",),
        ),
        FACTS,
    ),
    STANDINGS,
    MAYBE,
    st.sampled_from(Purpose),
    st.booleans(),
    st.booleans(),
)
ANY = st.one_of(FACTS, NEARLY)


@given(facts=ANY)
def test_every_ruling_asks_all_gates_and_gives_its_reason(facts: GateFacts) -> None:
    decided = ruling(facts, now=NOW)
    assert [reading.gate for reading in decided.gates] == [gate.__name__ for gate in GATES]
    shut = [reading for reading in decided.gates if reading.opening in (Opening.BLOCK, Opening.HOLD)]
    assert (decided.verdict is Verdict.GO) == (not shut)
    for reading in shut:
        assert reading.reason is not None
        assert reading.reason.says
        assert reading.reason.remedy
    if decided.verdict is Verdict.BLOCK:
        assert decided.reason is not None
        assert decided.closes_as in (
            NotificationStatus.SKIPPED,
            NotificationStatus.EXPIRED,
            NotificationStatus.CANCELLED,
        )
    if decided.verdict is Verdict.HOLD:
        assert decided.until is not None
        assert decided.until > NOW
        assert decided.closes_as is None


@given(facts=ANY)
def test_without_a_standing_consent_only_the_named_exceptions_go(facts: GateFacts) -> None:
    if facts.channel is Channel.EMAIL or ruling(facts, now=NOW).verdict is not Verdict.GO:
        return
    answer = facts.purpose is Purpose.KEYWORD_REPLY and facts.answers_inbound
    code = facts.purpose is Purpose.VERIFICATION_CODE and facts.verification_on_consent_form
    assert facts.standing.state == "opted_in" or answer or code
    if facts.purpose in (Purpose.PAGE, Purpose.DIRECT_MESSAGE, Purpose.TEST):
        assert facts.standing.state == "opted_in"
    if facts.suppressed_since is not None and not answer:
        assert not code
        assert facts.standing.since is not None
        assert facts.standing.since > facts.suppressed_since


@given(facts=ANY, since=INSTANTS, platform=st.booleans())
def test_a_revocation_more_never_turns_a_block_into_a_go(facts: GateFacts, since: datetime, platform: bool) -> None:
    out = StandingFact("opted_out", since, "cns_2", "handset")
    older = facts.suppressed_since
    suppressed = max(since, older) if older else since
    revoked = replace(facts, standing=out, suppressed_since=suppressed if platform else older)
    if ruling(facts, now=NOW).verdict is Verdict.BLOCK:
        assert ruling(revoked, now=NOW).verdict is not Verdict.GO


@given(facts=ANY)
def test_facts_survive_being_stored_and_decide_the_same(facts: GateFacts) -> None:
    again = GateFacts.from_json(json.loads(json.dumps(facts.as_json())))
    assert again == facts
    assert ruling(again, now=NOW) == ruling(facts, now=NOW)


@given(facts=ANY)
def test_a_ruling_can_be_stored_as_it_is(facts: GateFacts) -> None:
    decided = ruling(facts, now=NOW)
    stored = json.loads(json.dumps(decided.as_json()))
    assert stored["verdict"] == decided.verdict.value
    assert len(stored["gates"]) == len(GATES)

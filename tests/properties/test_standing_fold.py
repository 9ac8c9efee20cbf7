"""The consent ledger's fold: order does not matter, the past stays, the newest revocation silences."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from members.consent.standing import ConsentAct, Event, Standing, StandingState, standing, suppression

NOON = datetime(2025, 11, 3, 12, tzinfo=UTC)
HARBOR, RIDGE, BEN, CLEO = 1, 2, 11, 22


def at_hour(hour: int) -> datetime:
    return NOON + timedelta(hours=hour)


@st.composite
def events(draw: st.DrawFn) -> Event:
    effective = draw(st.integers(0, 8))
    act = draw(st.sampled_from(ConsentAct))
    platform = act is ConsentAct.RESTORE or (act is ConsentAct.REVOKE and draw(st.booleans()))
    tenant = draw(st.sampled_from([HARBOR, RIDGE]))
    return Event(
        act=act,
        channel=draw(st.sampled_from(["sms", "voice", "any"])),
        reach="platform" if platform else "tenant",
        effective_at=at_hour(effective),
        recorded_at=at_hour(effective + draw(st.integers(0, 4))),
        tenant_id=None if platform else tenant,
        member_id=None if platform else {HARBOR: BEN, RIDGE: CLEO}[tenant],
        source="property",
        ref=f"cev_{draw(st.integers(0, 10**6))}",
    )


LEDGERS = st.lists(events(), max_size=8, unique_by=lambda event: event.ref)
HOURS = st.integers(0, 14).map(at_hour)


def ben(ledger: list[Event], at: datetime) -> Standing:
    return standing(ledger, channel="sms", tenant_id=HARBOR, member_id=BEN, at=at)


@given(ledger=LEDGERS, at=HOURS, data=st.data())
def test_the_order_of_the_events_never_matters(ledger: list[Event], at: datetime, data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(ledger))
    assert ben(shuffled, at) == ben(ledger, at)
    assert suppression(shuffled, channel="sms", at=at) == suppression(ledger, channel="sms", at=at)


@given(ledger=LEDGERS, at=HOURS, late=events(), by=st.booleans())
def test_the_future_cannot_change_the_past(ledger: list[Event], at: datetime, late: Event, by: bool) -> None:
    after = at + timedelta(seconds=1)
    unknown = replace(late, recorded_at=after) if by else replace(late, effective_at=after, recorded_at=after)
    assert ben([*ledger, unknown], at) == ben(ledger, at)


@given(ledger=LEDGERS, reach=st.sampled_from(["platform", "tenant"]), tie=st.booleans())
def test_the_newest_revocation_always_silences(ledger: list[Event], reach: str, tie: bool) -> None:
    newest = max((event.effective_at for event in ledger), default=NOON)
    at = newest if tie else newest + timedelta(seconds=1)
    stop = Event(
        act=ConsentAct.REVOKE,
        channel="any",
        reach="platform" if reach == "platform" else "tenant",
        effective_at=at,
        recorded_at=at,
        tenant_id=HARBOR,
        member_id=None,
        source="sms",
        ref="cev_stop",
    )
    assert ben([*ledger, stop], at_hour(20)).state is StandingState.OPTED_OUT


@given(ledger=LEDGERS, at=HOURS)
def test_a_start_without_an_older_grant_never_opens(ledger: list[Event], at: datetime) -> None:
    grants = [event for event in ledger if event.act is ConsentAct.GRANT]
    without = [event for event in ledger if event.act is not ConsentAct.GRANT]
    assert ben(without, at).state is not StandingState.OPTED_IN
    outcome = ben(ledger, at)
    if outcome.state is StandingState.OPTED_IN:
        assert outcome.grant in grants
        assert outcome.grant is not None
        assert (outcome.grant.tenant_id, outcome.grant.member_id) == (HARBOR, BEN)
        assert outcome.since is not None
        assert outcome.since <= at


@given(ledger=LEDGERS, at=HOURS, hour=st.integers(0, 8))
def test_adding_a_revocation_never_opens(ledger: list[Event], at: datetime, hour: int) -> None:
    stop = Event(ConsentAct.REVOKE, "any", "platform", at_hour(hour), at_hour(hour), None, None, "sms", "cev_stop")
    if ben([*ledger, stop], at).state is StandingState.OPTED_IN:
        assert ben(ledger, at).state is StandingState.OPTED_IN


@given(ledger=LEDGERS, at=HOURS)
def test_a_standing_consent_under_suppression_is_newer_than_it(ledger: list[Event], at: datetime) -> None:
    outcome, stop = ben(ledger, at), suppression(ledger, channel="sms", at=at)
    if stop is not None and outcome.state is StandingState.OPTED_IN:
        assert outcome.since is not None
        assert outcome.since > stop.effective_at

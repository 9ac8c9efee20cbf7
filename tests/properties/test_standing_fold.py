"""The consent ledger's fold: order does not matter, the past stays, a revocation silences, nothing opens by itself."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from members.consent.standing import ConsentAct, Event, StandingState, suppression
from tests.properties.ledgers import (
    BEN,
    CHANNELS,
    HOMES,
    HOURS,
    LATER,
    LEDGERS,
    MEMBERS,
    NOON,
    Channel,
    at_hour,
    events,
    is_told_open,
    ledgers,
    of,
)

IN = StandingState.OPTED_IN
STARTLESS = [act for act in ConsentAct if act is not ConsentAct.RESTORE]
GRANTLESS = [act for act in ConsentAct if act is not ConsentAct.GRANT]


@given(ledger=LEDGERS, at=HOURS, member=MEMBERS, channel=CHANNELS)
def test_a_second_reading_that_tells_the_story_forwards_agrees(
    ledger: list[Event], at: datetime, member: int, channel: Channel
) -> None:
    found = of(ledger, at, member=member, channel=channel)
    assert (found.state is IN) == is_told_open(ledger, at, member=member, channel=channel)


@given(ledger=LEDGERS, at=HOURS, data=st.data(), channel=CHANNELS)
def test_the_order_of_the_events_never_matters(
    ledger: list[Event], at: datetime, data: st.DataObject, channel: Channel
) -> None:
    shuffled = data.draw(st.permutations(ledger))
    assert of(shuffled, at, channel=channel) == of(ledger, at, channel=channel)
    assert suppression(shuffled, channel="sms", at=at) == suppression(ledger, channel="sms", at=at)


@given(ledger=LEDGERS, at=HOURS, late=events(), by=st.booleans(), member=MEMBERS)
def test_the_future_cannot_change_the_past(
    ledger: list[Event], at: datetime, late: Event, by: bool, member: int
) -> None:
    after = at + timedelta(seconds=1)
    # Either it was not known yet, or it had not happened yet, however early somebody wrote it down.
    unknown = replace(late, recorded_at=after) if by else replace(late, effective_at=after)
    assert of([*ledger, unknown], at, member=member) == of(ledger, at, member=member)
    assert suppression([*ledger, unknown], channel="sms", at=at) == suppression(ledger, channel="sms", at=at)


@given(ledger=LEDGERS, platform=st.booleans(), tie=st.booleans(), member=MEMBERS, channel=CHANNELS)
def test_a_revocation_that_reaches_the_member_at_or_after_everything_always_silences(
    ledger: list[Event], platform: bool, tie: bool, member: int, channel: Channel
) -> None:
    newest = max((event.effective_at for event in ledger), default=NOON)
    stop = revocation(newest if tie else newest + timedelta(seconds=1), platform=platform, member=member)
    found = of([*ledger, stop], member=member, channel=channel)
    assert (found.state, found.since) == (StandingState.OPTED_OUT, stop.effective_at)


@given(ledger=ledgers(acts=STARTLESS), platform=st.booleans(), hour=st.integers(0, 9), member=MEMBERS)
def test_without_a_start_a_revocation_at_or_after_every_grant_silences_whatever_else_is_said(
    ledger: list[Event], platform: bool, hour: int, member: int
) -> None:
    stop = revocation(at_hour(hour), platform=platform, member=member)
    given_at = [event.effective_at for event in ledger if event.act is ConsentAct.GRANT and event.member_id == member]
    if all(at <= stop.effective_at for at in given_at):
        assert of([*ledger, stop], member=member).state is not IN


@given(ledger=LEDGERS, hour=st.integers(0, 8), member=MEMBERS)
def test_what_was_withdrawn_in_the_tenant_no_start_brings_back(ledger: list[Event], hour: int, member: int) -> None:
    withdrawn = revocation(at_hour(hour), platform=False, member=member)
    found = of([*ledger, withdrawn], member=member)
    if found.state is IN:
        assert found.grant is not None
        assert found.grant.effective_at > withdrawn.effective_at


@given(ledger=LEDGERS, at=HOURS, hour=st.integers(0, 8), platform=st.booleans(), member=MEMBERS)
def test_adding_a_revocation_never_opens(
    ledger: list[Event], at: datetime, hour: int, platform: bool, member: int
) -> None:
    stop = revocation(at_hour(hour), platform=platform, member=member)
    if of([*ledger, stop], at, member=member).state is IN:
        assert of(ledger, at, member=member).state is IN


@given(ledger=LEDGERS, at=HOURS, hour=st.integers(0, 8), member=MEMBERS)
def test_adding_a_loss_of_the_number_never_opens(ledger: list[Event], at: datetime, hour: int, member: int) -> None:
    for who in (member, None):
        lost = replace(
            revocation(at_hour(hour), platform=who is None, member=member), act=ConsentAct.STALE, member_id=who
        )
        if of([*ledger, lost], at, member=member).state is IN:
            assert of(ledger, at, member=member).state is IN


@given(ledger=ledgers(acts=GRANTLESS), at=HOURS, member=MEMBERS, channel=CHANNELS)
def test_nothing_but_a_grant_ever_opens(ledger: list[Event], at: datetime, member: int, channel: Channel) -> None:
    assert of(ledger, at, member=member, channel=channel).state not in (IN, StandingState.PENDING)


@given(ledger=LEDGERS, at=HOURS, member=MEMBERS, channel=CHANNELS)
def test_whoever_stands_in_agreed_themselves_to_this_channel_and_proved_it_themselves(
    ledger: list[Event], at: datetime, member: int, channel: Channel
) -> None:
    found = of(ledger, at, member=member, channel=channel)
    if found.state is not IN:
        return
    grant = found.grant
    assert grant is not None
    assert (grant.tenant_id, grant.member_id) == (HOMES[member], member)
    assert grant.channel in (channel, "any")
    assert found.since is not None
    assert found.since <= at
    if grant.source != "recorded":
        assert found.proved is not None
        assert (found.proved.tenant_id, found.proved.member_id) == (HOMES[member], member)


@given(ledger=LEDGERS, at=HOURS, member=MEMBERS)
def test_what_others_say_of_their_own_consent_and_proofs_changes_nothing(
    ledger: list[Event], at: datetime, member: int
) -> None:
    personal = (ConsentAct.GRANT, ConsentAct.DECLINE, ConsentAct.PROVE)
    own = [event for event in ledger if event.act not in personal or event.member_id == member]
    assert of(own, at, member=member) == of(ledger, at, member=member)


@given(ledger=LEDGERS, at=HOURS, member=MEMBERS, channel=CHANNELS)
def test_a_providers_signal_changes_nothing(ledger: list[Event], at: datetime, member: int, channel: Channel) -> None:
    without = [event for event in ledger if event.act is not ConsentAct.SIGNAL]
    assert of(without, at, member=member, channel=channel) == of(ledger, at, member=member, channel=channel)
    assert suppression(without, channel=channel, at=at) == suppression(ledger, channel=channel, at=at)


@given(ledger=LEDGERS, hour=st.integers(0, 8), member=MEMBERS)
def test_a_start_opens_only_what_stood_just_before_a_stop(ledger: list[Event], hour: int, member: int) -> None:
    start = Event(ConsentAct.RESTORE, "any", "platform", at_hour(hour), at_hour(hour), None, None, "handset", "cns_new")
    after = of([*ledger, start], member=member)
    if after.state is IN and of(ledger, member=member).state is not IN:
        stops = [event for event in ledger if event.act is ConsentAct.REVOKE and event.reach == "platform"]
        # As the whole ledger tells it today, they stood just before one of the stops that came before this START.
        assert any(
            is_told_open(
                [replace(event, recorded_at=event.effective_at) for event in ledger],
                stop.effective_at - timedelta(seconds=1),
                member=member,
                channel="sms",
            )
            for stop in stops
            if stop.effective_at < start.effective_at
        )


@given(ledger=LEDGERS, member=MEMBERS)
def test_what_a_start_would_do_is_what_it_does(ledger: list[Event], member: int) -> None:
    found = of(ledger, member=member)
    start = Event(ConsentAct.RESTORE, "any", "platform", at_hour(50), at_hour(50), None, None, "handset", "cns_new")
    then = of([*ledger, start], member=member)
    assert then.state is (found.after_start or found.state)


@given(ledger=LEDGERS, at=HOURS, member=MEMBERS)
def test_a_standing_consent_under_suppression_is_newer_than_it(ledger: list[Event], at: datetime, member: int) -> None:
    outcome, stop = of(ledger, at, member=member), suppression(ledger, channel="sms", at=at)
    if stop is not None and outcome.state is IN:
        assert outcome.since is not None
        assert outcome.since > stop.effective_at
        assert outcome.restored is None


@given(ledger=LEDGERS, at=HOURS)
def test_who_stands_in_under_a_suppression_agreed_after_it(ledger: list[Event], at: datetime) -> None:
    stop = suppression(ledger, channel="sms", at=at)
    for member in HOMES:
        found = of(ledger, at, member=member)
        if stop is not None and found.state is IN:
            assert found.grant is not None
            assert found.grant.effective_at > stop.effective_at


def revocation(at: datetime, *, platform: bool, member: int = BEN) -> Event:
    return Event(
        act=ConsentAct.REVOKE,
        channel="any",
        reach="platform" if platform else "tenant",
        effective_at=at,
        recorded_at=at,
        tenant_id=None if platform else HOMES[member],
        member_id=None,
        source="handset" if platform else "page",
        ref="cns_stop",
    )


def test_the_drawn_ledgers_are_not_all_silent() -> None:
    """Properties of what is open say nothing when nothing ever is."""
    met: set[StandingState] = set()

    @given(ledger=LEDGERS)
    def look(ledger: list[Event]) -> None:
        met.add(of(ledger, LATER).state)

    look()
    assert met == set(StandingState)

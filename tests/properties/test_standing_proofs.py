"""When a tick on the web counts: once this member, of this tenant, proved the number, and while it is theirs."""

import pytest

from members.consent.standing import ConsentAct, Event, StandingState
from tests.properties.ledgers import BEN, BETH, CLEO, at_hour
from tests.properties.test_standing_stories import event, of, start, stop

IN, OUT, PENDING = StandingState.OPTED_IN, StandingState.OPTED_OUT, StandingState.PENDING
NONE, STALE = StandingState.NONE, StandingState.STALE


def ticked(hour: int, *, member: int = BEN, source: str = "page") -> Event:
    return event(ConsentAct.GRANT, hour, member=member, channel="sms", source=source)


def proved(hour: int, *, member: int = BEN) -> Event:
    return event(ConsentAct.PROVE, hour, member=member)


def lost(hour: int, *, member: int | None = BEN) -> Event:
    return event(ConsentAct.STALE, hour, member=member, reach="tenant" if member else "platform")


@pytest.mark.parametrize("source", ["invite", "page"])
def test_a_tick_waits_for_the_proof_and_counts_from_it(source: str) -> None:
    tick = ticked(1, source=source)
    waiting = of(tick)
    assert (waiting.state, waiting.since, waiting.because) == (PENDING, at_hour(1), tick)
    counting = of(tick, proved(2))
    assert (counting.state, counting.since, counting.proved) == (IN, at_hour(2), proved(2))
    assert of(proved(0), tick).since == at_hour(1)
    assert of(tick, proved(1)).state is IN


def test_a_recorded_consent_needs_no_proof() -> None:
    assert of(ticked(1, source="recorded")).state is IN
    assert of(ticked(1)).state is PENDING


def test_a_proof_alone_is_no_consent() -> None:
    assert of(proved(1)).state is NONE


def test_nobody_stands_on_the_proof_of_another_member_or_tenant() -> None:
    for other in (BETH, CLEO):
        assert of(ticked(1), proved(2, member=other)).state is PENDING
        assert of(ticked(1), proved(2, member=other), proved(3)).state is IN


def test_a_number_that_was_lost_and_came_back_is_agreed_to_and_proved_anew() -> None:
    before = (proved(1), ticked(2), lost(3))
    assert of(*before).state is STALE
    assert of(*before, proved(4)).state is STALE
    assert of(*before, ticked(4)).state is PENDING
    assert of(*before, ticked(4), proved(5)).state is IN
    assert of(*before, proved(4), ticked(5)).state is IN


def test_a_proof_at_the_moment_of_the_loss_does_not_count() -> None:
    assert of(lost(3), proved(3), ticked(4)).state is PENDING


def test_the_loss_of_the_line_outdates_the_proofs_of_all_and_one_members_loss_outdates_theirs_alone() -> None:
    both = (proved(1), proved(1, member=BETH))
    everyone = (*both, lost(2, member=None), ticked(3), ticked(3, member=BETH))
    assert [of(*everyone, member=who).state for who in (BEN, BETH)] == [PENDING, PENDING]
    one = (*both, lost(2), ticked(3), ticked(3, member=BETH))
    assert [of(*one, member=who).state for who in (BEN, BETH)] == [PENDING, IN]


def test_a_number_is_lost_for_calls_as_well_as_for_texts() -> None:
    on_sms = event(ConsentAct.STALE, 2, member=BEN, channel="sms")
    call = event(ConsentAct.GRANT, 1, member=BEN, channel="voice", source="recorded")
    assert of(call, channel="voice").state is IN
    assert of(call, on_sms, channel="voice").state is STALE


def test_start_is_not_enough_for_a_number_that_changed_hands() -> None:
    """The person who has the number now completes the form themselves."""
    for gone in (lost(3), lost(3, member=None)):
        before = (proved(1), ticked(1), gone)
        assert of(*before, start(4)).state is STALE
        assert of(*before, stop(4), start(5)).state is STALE
        assert of(proved(1), ticked(1), stop(2), gone, start(4)).state is STALE
        assert of(*before, start(4), ticked(5)).state is PENDING
        assert of(*before, start(4), ticked(5), proved(6)).state is IN


def test_start_creates_no_consent_where_none_stood() -> None:
    assert of(start(3)).state is NONE
    assert of(stop(2), start(3)).state is NONE
    assert of(proved(1), stop(2), start(3)).state is NONE


def test_start_does_not_revive_a_tick_that_had_not_counted_when_the_stop_came() -> None:
    assert of(ticked(1), stop(2)).state is OUT
    assert of(ticked(1), stop(2), start(3)).state is NONE
    assert of(ticked(1), stop(2), start(3), proved(4)).state is NONE
    assert of(ticked(1), stop(2), proved(2), start(3)).state is NONE
    assert of(ticked(1), proved(1), stop(2), start(3)).state is IN
    assert of(ticked(1), stop(2), start(3), proved(4), ticked(5)).state is IN


def test_an_opt_out_says_how_they_would_stand_after_a_start() -> None:
    standing_in, withdrawn = (proved(1), ticked(1)), event(ConsentAct.REVOKE, 2, member=BEN)
    assert of(*standing_in, stop(2)).after_start is IN
    assert of(stop(2)).after_start is NONE
    assert of(ticked(1), stop(2)).after_start is NONE
    assert of(*standing_in, lost(2), stop(3)).after_start is STALE
    assert of(*standing_in, withdrawn).after_start is OUT
    assert of(*standing_in, withdrawn, stop(3)).after_start is OUT
    assert of(*standing_in).after_start is None


def test_a_tick_after_the_stop_waits_for_the_proof_like_any_other() -> None:
    assert of(stop(1), ticked(2)).state is PENDING
    assert of(stop(1), ticked(2), proved(3)).state is IN
    assert of(proved(0), stop(1), ticked(2)).state is IN
    assert of(stop(1), proved(2)).state is OUT


def test_a_further_tick_does_not_take_away_the_consent_that_a_record_shows() -> None:
    recorded = ticked(1, source="recorded")
    assert of(recorded, ticked(2)).state is IN
    assert of(recorded, ticked(2), stop(3)).state is OUT
    assert of(recorded, ticked(2), stop(3), start(4)).state is IN
    withdrawn = event(ConsentAct.REVOKE, 2, member=BEN)
    assert of(recorded, withdrawn, ticked(3)).state is PENDING


def test_consent_to_texts_is_none_to_calls() -> None:
    ledger = (proved(1), ticked(1))
    assert of(*ledger).state is IN
    assert of(*ledger, channel="voice").state is NONE


def test_a_stop_by_text_silences_calls_until_they_are_agreed_to_again() -> None:
    call = event(ConsentAct.GRANT, 1, member=BEN, channel="voice", source="page")
    again = event(ConsentAct.GRANT, 4, member=BEN, channel="voice", source="page")
    ledger = (proved(1), call, ticked(1))
    assert [of(*ledger, channel=channel).state for channel in ("sms", "voice")] == [IN, IN]
    silenced = (*ledger, stop(3))
    assert [of(*silenced, channel=channel).state for channel in ("sms", "voice")] == [OUT, OUT]
    assert [of(*silenced, again, channel=channel).state for channel in ("sms", "voice")] == [OUT, IN]

"""The ways out of and back into consent, told as stories of one number."""

from datetime import timedelta
from typing import Literal

from members.consent.standing import ConsentAct, Event, Standing, StandingState, standing, suppression
from tests.properties.ledgers import BEN, BETH, CLEO, HOMES, NOON

OUT, IN = StandingState.OPTED_OUT, StandingState.OPTED_IN


def grant(hour: int, member: int = BEN, channel: Literal["sms", "voice", "any"] = "sms") -> Event:
    return event(ConsentAct.GRANT, hour, member=member, channel=channel)


def stop(hour: int) -> Event:
    return event(ConsentAct.REVOKE, hour, reach="platform")


def start(hour: int) -> Event:
    return event(ConsentAct.RESTORE, hour, reach="platform")


def web_withdrawal(hour: int, member: int = BEN) -> Event:
    return event(ConsentAct.REVOKE, hour, member=member, channel="any")


def event(
    act: ConsentAct,
    hour: int,
    *,
    member: int | None = None,
    channel: Literal["sms", "voice", "any"] = "any",
    reach: Literal["platform", "tenant"] = "tenant",
    known: int | None = None,
    source: str = "recorded",
) -> Event:
    effective = NOON + timedelta(hours=hour)
    return Event(
        act=act,
        channel=channel,
        reach=reach,
        effective_at=effective,
        recorded_at=effective if known is None else NOON + timedelta(hours=known),
        tenant_id=None if member is None else HOMES[member],
        member_id=member,
        source=source,
        ref=f"cns_{act}_{hour}_{member}",
    )


def of(*ledger: Event, member: int = BEN, channel: Literal["sms", "voice"] = "sms", hour: int = 100) -> Standing:
    at = NOON + timedelta(hours=hour)
    return standing(ledger, channel=channel, tenant_id=HOMES[member], member_id=member, at=at)


def test_nobody_stands_in_without_an_act_of_their_own() -> None:
    assert of().state is StandingState.NONE
    assert of(grant(1)).state is IN
    assert of(grant(1), member=BETH).state is StandingState.NONE
    assert of(grant(1), member=CLEO).state is StandingState.NONE


def test_consent_to_sms_is_none_to_voice() -> None:
    assert of(grant(1), channel="voice").state is StandingState.NONE
    assert of(grant(1, channel="any"), channel="voice").state is IN


def test_a_stop_silences_the_number_for_everyone_and_on_calls_too() -> None:
    ledger = (grant(1), grant(1, BETH), grant(1, CLEO), grant(1, channel="voice"), stop(2))
    assert [of(*ledger, member=member).state for member in (BEN, BETH, CLEO)] == [OUT, OUT, OUT]
    assert of(*ledger, channel="voice").state is OUT
    assert of(*ledger[:-1], channel="voice").state is IN


def test_start_revives_what_stood_before_the_stop_and_says_so() -> None:
    outcome = of(grant(1), stop(2), start(3))
    assert (outcome.state, outcome.since) == (IN, NOON + timedelta(hours=3))
    assert outcome.grant == grant(1)
    assert outcome.restored == start(3)
    assert of(grant(1), stop(2), start(3), stop(4)).state is OUT
    assert of(grant(1), stop(2), start(3), stop(4), start(5)).state is IN


def test_start_of_a_number_that_never_consented_creates_nothing() -> None:
    assert of(start(3)).state is StandingState.NONE
    assert of(stop(2), start(3)).state is StandingState.NONE
    assert of(stop(2)).state is OUT


def test_start_does_not_revive_a_number_that_changed_hands() -> None:
    stale = event(ConsentAct.STALE, 2, member=BEN)
    assert of(grant(1), stale, stop(3), start(4)).state is StandingState.STALE
    assert of(grant(1), stale, stop(3), start(4), grant(5)).state is IN


def test_start_does_not_lift_what_was_withdrawn_on_the_web() -> None:
    assert of(grant(1), web_withdrawal(2), stop(3), start(4)).state is OUT
    assert of(grant(1), stop(2), web_withdrawal(3), start(4)).state is OUT
    assert of(grant(1), stop(3), start(4)).state is IN


def test_a_withdrawal_on_the_web_binds_the_number_in_that_tenant_only() -> None:
    ledger = (grant(1), grant(1, BETH), grant(1, CLEO), web_withdrawal(2))
    assert [of(*ledger, member=member).state for member in (BEN, BETH, CLEO)] == [OUT, OUT, IN]


def test_consent_given_after_a_stop_counts_for_that_member_in_that_tenant_only() -> None:
    ledger = (grant(1), grant(1, BETH), grant(1, CLEO), stop(2), grant(3))
    assert [of(*ledger, member=member).state for member in (BEN, BETH, CLEO)] == [IN, OUT, OUT]
    standing_stop = suppression(ledger, channel="sms", at=NOON + timedelta(hours=9))
    assert standing_stop == stop(2)
    assert suppression((*ledger, start(4)), channel="sms", at=NOON + timedelta(hours=9)) is None


def test_at_the_same_instant_the_revocation_wins() -> None:
    assert of(grant(2), stop(2)).state is OUT
    assert of(grant(2), web_withdrawal(2)).state is OUT
    assert of(grant(1), stop(2), start(2)).state is OUT
    assert of(grant(2), stop(2), start(3)).state is StandingState.NONE
    assert of(grant(2), event(ConsentAct.STALE, 2, member=BEN)).state is StandingState.STALE


def test_an_unticked_box_is_told_apart_from_an_opt_out() -> None:
    declined = event(ConsentAct.DECLINE, 1, member=BEN, channel="sms")
    assert of(declined).state is StandingState.DECLINED
    assert of(declined, grant(2)).state is IN
    assert of(declined, member=BETH).state is StandingState.NONE
    assert of(declined, stop(2)).state is OUT


def test_a_stop_recorded_late_orders_by_when_it_happened_and_counts_from_when_it_is_known() -> None:
    late = event(ConsentAct.REVOKE, 2, reach="platform", known=9)
    assert of(grant(1), late, hour=5).state is IN
    assert of(grant(1), late, hour=9).state is OUT
    assert of(grant(1), grant(3), late, hour=9).state is IN


def test_a_number_lost_by_its_line_is_stale_for_everyone() -> None:
    lost = event(ConsentAct.STALE, 2, reach="platform")
    ledger = (grant(1), grant(1, CLEO), lost)
    assert [of(*ledger, member=member).state for member in (BEN, CLEO)] == [StandingState.STALE] * 2
    assert of(*ledger, grant(3)).state is IN

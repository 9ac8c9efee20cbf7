"""STOP and START from the handset: counted once, everywhere, in the order of their own times."""

from collections.abc import Callable

import pytest

from members.consent.standing import StandingState
from members.models import ConsentEvent, Suppression
from members.queries import standing_of, standings, standings_under_lock, suppressions_of
from tenants.models import AuditEntry
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, Cast, add_member
from tests.members.stories import MINUTE, NOW, leaves_unticked, starts, stops, ticks

Ledger = Callable[[], list[ConsentEvent]]


def state_of_ben(cast: Cast) -> StandingState:
    with tenant_scope(cast.harbor.pk):
        found = standing_of(cast.ben, channel="sms", at=NOW + 60 * MINUTE)
    assert found is not None
    return found.state


def test_a_stop_writes_one_line_one_suppression_and_one_audit_entry(cast: Cast, ledger: Ledger) -> None:
    ticks(cast.ben, tenant=cast.harbor, at=NOW)
    assert state_of_ben(cast) is StandingState.OPTED_IN
    event = stops(at=NOW + MINUTE, tenant_id=cast.harbor.pk)
    assert event is not None
    assert state_of_ben(cast) is StandingState.OPTED_OUT
    assert [line.act for line in ledger()] == ["prove", "grant", "revoke"]
    assert ledger()[-1].detail.data == {"raw_text": "STOP"}
    with platform_scope():
        row = Suppression.objects.get()
        assert (row.number_id, row.since, row.source) == (BEN_NUMBER, NOW + MINUTE, "handset")
        assert row.event_public_id == event.public_id
        assert AuditEntry.objects.filter(code="consent.opted_out", subject_id=event.public_id).count() == 1


def test_the_same_stop_delivered_twice_counts_once(cast: Cast, ledger: Ledger) -> None:
    assert stops(at=NOW, message="SM9") is not None
    assert stops(at=NOW + MINUTE, message="SM9") is None
    assert len(ledger()) == 1
    with platform_scope():
        assert Suppression.objects.get().since == NOW
        assert AuditEntry.objects.filter(code="consent.opted_out").count() == 1


def test_start_lifts_the_stop_and_revives_the_grant_before_it(cast: Cast) -> None:
    ticks(cast.ben, tenant=cast.harbor, at=NOW)
    stops(at=NOW + MINUTE)
    assert starts(at=NOW + 2 * MINUTE, message="SM2") is not None
    assert starts(at=NOW + 3 * MINUTE, message="SM2") is None
    assert state_of_ben(cast) is StandingState.OPTED_IN
    with platform_scope():
        assert not Suppression.objects.exists()


def test_start_creates_no_grant(cast: Cast, ledger: Ledger) -> None:
    stops(at=NOW)
    starts(at=NOW + MINUTE)
    assert state_of_ben(cast) is StandingState.NONE
    assert [line.act for line in ledger()] == ["revoke", "restore"]
    assert ledger()[1].detail.data == {"raw_text": "START"}


def test_a_late_delivered_stop_does_not_undo_the_start_that_followed_it(cast: Cast) -> None:
    ticks(cast.ben, tenant=cast.harbor, at=NOW)
    starts(at=NOW + 3 * MINUTE, received_at=NOW + 2 * MINUTE)
    stops(at=NOW + 4 * MINUTE, received_at=NOW + MINUTE)
    assert state_of_ben(cast) is StandingState.OPTED_IN
    with platform_scope():
        assert not Suppression.objects.exists()


def test_a_key_pressed_in_a_call_is_kept_as_such(cast: Cast) -> None:
    stops(at=NOW, method="key")
    with platform_scope():
        assert Suppression.objects.get().source == "keypress"


def test_a_tick_after_a_stop_is_the_members_own_act_and_counts_for_them_alone(cast: Cast, ledger: Ledger) -> None:
    stops(at=NOW)
    ticks(cast.ben, tenant=cast.harbor, at=NOW + MINUTE)
    assert state_of_ben(cast) is StandingState.OPTED_IN
    with platform_scope():
        assert Suppression.objects.exists(), "everybody else with this number is still opted out"


def test_an_unticked_box_is_a_state_of_its_own(cast: Cast) -> None:
    leaves_unticked(cast.ben, tenant=cast.harbor, at=NOW)
    assert state_of_ben(cast) is StandingState.DECLINED
    stops(at=NOW + MINUTE)
    assert state_of_ben(cast) is StandingState.OPTED_OUT


@pytest.mark.case("I15")
def test_a_stop_at_harbor_counts_at_ridge_and_shows_the_date_alone(cast: Cast) -> None:
    with tenant_scope(cast.ridge.pk):
        rob = add_member(cast.ridge, name="Rob", number=BEN_NUMBER)
    ticks(rob, tenant=cast.ridge, at=NOW)
    ticks(cast.ben, tenant=cast.harbor, at=NOW)
    stops(at=NOW + MINUTE, tenant_id=cast.harbor.pk)
    with tenant_scope(cast.ridge.pk):
        found = standing_of(rob, channel="sms", at=NOW + 2 * MINUTE)
        assert found is not None
        assert (found.state, found.since) == (StandingState.OPTED_OUT, NOW + MINUTE)
        assert found.because is not None
        assert (found.because.tenant_id, found.because.member_id) == (None, None)
        assert suppressions_of([BEN_NUMBER])[BEN_NUMBER].since == NOW + MINUTE
        assert {event.act for event in ConsentEvent.objects.all()} == {"prove", "grant"}
        assert not AuditEntry.objects.filter(code="consent.opted_out").exists()
    with tenant_scope(cast.harbor.pk):
        assert ConsentEvent.objects.filter(act="revoke").exists()


def test_a_tenant_cannot_list_suppressions_of_numbers_that_are_not_its_members(cast: Cast) -> None:
    stops(at=NOW)
    with tenant_scope(cast.harbor.pk):
        assert set(suppressions_of([BEN_NUMBER])) == {BEN_NUMBER}
    with tenant_scope(cast.ridge.pk):
        assert suppressions_of([BEN_NUMBER]) == {}
        assert not Suppression.objects.exists()


def test_a_stop_that_another_clock_wrote_a_moment_ahead_is_not_overlooked_under_the_lock(cast: Cast) -> None:
    ticks(cast.ben, tenant=cast.harbor, at=NOW)
    stops(at=NOW + 2 * MINUTE)
    key = (cast.harbor.pk, cast.ben.pk, BEN_NUMBER)
    with platform_scope():
        assert standings([key], channel="sms", at=NOW + MINUTE)[key].state is StandingState.OPTED_IN
        assert standings_under_lock([key], channel="sms", at=NOW + MINUTE)[key].state is StandingState.OPTED_OUT

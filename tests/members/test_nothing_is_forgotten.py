"""An opt-out has no end: not by time, not with its member, not with its tenant, not by a hand in the tables."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from members.consent.rebuild import rebuild
from members.consent.standing import StandingState
from members.models import ConsentDetail, ConsentEvent, ConsentStanding, Member, Phone, Suppression
from members.queries import standing_of, suppressions_of
from notifications.models import Notification, StepRecipient
from tenants.models import Tenant
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, Cast, add_member, make_cast
from tests.members.stories import MINUTE, NOW, starts, stops, ticks

TEN_YEARS = timedelta(days=3653)
OUT = StandingState.OPTED_OUT


def state_of(member: Member) -> StandingState:
    with tenant_scope(member.tenant_id):
        found = standing_of(member, channel="sms", at=timezone.now())
    assert found is not None
    return found.state


def lines() -> list[tuple[Any, ...]]:
    with platform_scope():
        rows = ConsentEvent.objects.order_by("id").select_related("detail")
        return [(row.public_id, row.act, row.number, row.tenant_id, row.member_id, row.detail.data) for row in rows]


def remove(member: Member) -> None:
    """Remove a member as no page does: by hand, with all that hangs on them."""
    with platform_scope():
        Notification.objects.filter(member=member).delete()
        StepRecipient.objects.filter(member=member).delete()
        Member.objects.get(pk=member.pk).delete()


@pytest.mark.case("O21")
@pytest.mark.parametrize("years", [1, 5, 10, 11, 40])
def test_an_opt_out_of_any_age_stands(cast: Cast, years: int) -> None:
    stops(at=timezone.now() - timedelta(days=366 * years))
    assert state_of(cast.ben) is OUT
    with tenant_scope(cast.harbor.pk):
        assert set(suppressions_of([BEN_NUMBER])) == {BEN_NUMBER}


@pytest.mark.case("O21")
def test_a_tenant_that_asks_to_purge_loses_its_people_and_no_line_and_no_opt_out(cast: Cast) -> None:
    ticks(cast.ben, tenant=cast.harbor, at=NOW)
    stops(at=NOW + MINUTE, tenant_id=cast.harbor.pk)
    before = lines()
    with tenant_scope(cast.harbor.pk):
        for purge in (
            ConsentEvent.objects.all().delete,
            ConsentDetail.objects.all().delete,
            Suppression.objects.all().delete,
        ):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                purge()
    with platform_scope(), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        ConsentEvent.objects.filter(tenant_id=cast.harbor.pk).delete()
    remove(cast.ben)
    assert lines() == before
    with platform_scope():
        assert set(suppressions_of([BEN_NUMBER])) == {BEN_NUMBER}
    # Whoever gets the number next, in whichever tenant, finds it opted out.
    with tenant_scope(cast.ridge.pk):
        rob = add_member(cast.ridge, name="Rob", number=BEN_NUMBER)
    assert state_of(rob) is OUT


@pytest.mark.parametrize("again", ["the same person", "somebody else"])
def test_a_member_who_was_removed_and_comes_back_is_still_opted_out(cast: Cast, again: str) -> None:
    ticks(cast.ben, tenant=cast.harbor, at=NOW)
    stops(at=NOW + MINUTE)
    remove(cast.ben)
    with tenant_scope(cast.harbor.pk):
        assert not Phone.objects.exists()
        assert not ConsentStanding.objects.exists()
        back = add_member(cast.harbor, name="Ben" if again == "the same person" else "Bea", number=BEN_NUMBER)
    assert state_of(back) is OUT
    # A START lifts the opt-out; the consent of a member who is gone is not theirs.
    starts(at=NOW + 2 * MINUTE)
    assert state_of(back) is StandingState.NONE


def test_a_tenant_that_is_gone_leaves_its_lines_and_the_opt_outs_of_its_numbers(db: None) -> None:
    with platform_scope():
        gone = Tenant.objects.create(name="Gone", slug="gone")
    with tenant_scope(gone.pk):
        member = Member.objects.create(tenant=gone, name="Gus")
        Phone.objects.create(tenant=gone, member=member, number=BEN_NUMBER, is_sms_primary=True)
    ticks(member, tenant=gone, at=NOW)
    stops(at=NOW + MINUTE, tenant_id=gone.pk)
    before = lines()
    remove(member)
    # The history of its numbers keeps the tenant's row where it is; no line of the ledger needs it.
    with platform_scope(), pytest.raises((IntegrityError, ProtectedError)), transaction.atomic():
        Tenant.objects.get(pk=gone.pk).delete()
    assert lines() == before
    cast = make_cast()
    assert state_of(cast.ben) is OUT


def test_no_line_and_no_opt_out_hangs_on_a_tenant_a_member_or_a_login(
    owner_connection: psycopg.Connection[Any],
) -> None:
    tables = ("members_consentevent", "members_consentdetail", "members_suppression", "members_number")
    found = owner_connection.execute(
        "SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s)", [list(tables)]
    ).fetchall()
    assert found == []


@pytest.mark.django_db(transaction=True)
def test_an_opt_out_that_a_hand_took_out_of_the_tables_still_silences_and_is_put_back(
    owner_connection: psycopg.Connection[Any],
) -> None:
    cast = make_cast()
    ticks(cast.ben, tenant=cast.harbor, at=NOW)
    stops(at=NOW + MINUTE)
    owner_connection.execute("DELETE FROM members_suppression")
    owner_connection.execute("UPDATE members_consentstanding SET state = 'opted_in'")
    assert state_of(cast.ben) is OUT
    found = [batch.found for batch in rebuild(tenant_id=None, mend=True, at=timezone.now())]
    assert sum(len(one.suppressed) for one in found) == 1
    with tenant_scope(cast.harbor.pk):
        assert set(suppressions_of([BEN_NUMBER])) == {BEN_NUMBER}
        assert set(ConsentStanding.objects.values_list("state", flat=True)) == {"opted_out"}

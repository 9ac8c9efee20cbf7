"""The switch counts for one number, as of its newest change, and one seat; every door of change is seen."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from billing.models import Plan
from billing.operations import give_seat, subscribe, take_seat
from members.models import Capability, Member, NumberChange, Phone
from members.models.phone import Origin
from members.operations import add_phone, change_number, remove_phone, switch_off, switch_on
from members.ports import NoSeatFree
from members.sms_state import own_state
from members.sms_switch import SwitchState, Turn, switch_state
from tenants.models import AuditEntry
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, Cast, add_member

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
OTHER = "+12065550143"
TURN = Turn(is_on=True, number=BEN_NUMBER, number_change=7, seat_ref="sea_1", at=NOW, by_id=None, why="first")


@pytest.mark.parametrize(
    ("turn", "number", "change", "seat", "state"),
    [
        (TURN, BEN_NUMBER, 7, "sea_1", SwitchState.ON),
        (None, BEN_NUMBER, 7, "sea_1", SwitchState.NEVER_ON),
        (TURN, OTHER, 8, "sea_1", SwitchState.NUMBER_CHANGED),
        (TURN, BEN_NUMBER, 9, "sea_1", SwitchState.NUMBER_CHANGED),
        (TURN, BEN_NUMBER, None, "sea_1", SwitchState.NUMBER_CHANGED),
        (TURN, BEN_NUMBER, 7, "sea_2", SwitchState.SEAT_CHANGED),
        (TURN, BEN_NUMBER, 7, None, SwitchState.NO_SEAT),
        (Turn(False, "", None, "", NOW, 1, "left"), BEN_NUMBER, 7, "sea_1", SwitchState.OFF),
    ],
)
def test_the_switch_counts_for_its_number_its_change_and_its_seat(
    turn: Turn | None, number: str, change: int | None, seat: str | None, state: SwitchState
) -> None:
    assert switch_state(turn, number=number, number_change=change, seat_ref=seat) is state


def state(cast: Cast) -> SwitchState:
    with tenant_scope(cast.harbor.pk):
        return own_state(cast.ben)


def history(member: Member, *, tenant_id: int) -> list[tuple[str, str, str, str]]:
    with tenant_scope(tenant_id):
        rows = NumberChange.objects.filter(member_id=member.pk, channel="sms").select_related("by").order_by("id")
        return [(row.before, row.after, row.door, row.by.name if row.by else "") for row in rows]


def by_admin(cast: Cast) -> None:
    phone = Phone.objects.get(member=cast.ben)
    phone.number = OTHER
    change_number(phone, before=BEN_NUMBER, actor=cast.ana, at=NOW)


def by_import(cast: Cast) -> None:
    phone = Phone.objects.get(member=cast.ben)
    phone.number = OTHER
    change_number(phone, before=BEN_NUMBER, actor=cast.ana, at=NOW, origin=Origin.IMPORT)


def by_another_phone(cast: Cast) -> None:
    add_phone(member=cast.ben, number=OTHER, origin=Origin.ADMIN, actor=cast.ana, at=NOW)


def by_shell(cast: Cast) -> None:
    phone = Phone.objects.get(member=cast.ben)
    phone.number = OTHER
    phone.save()


def by_bulk_update(cast: Cast) -> None:
    Phone.objects.filter(member=cast.ben).update(number=OTHER)


def by_sql(cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE members_phone SET number = %s WHERE member_id = %s", [OTHER, cast.ben.pk])


def by_removal(cast: Cast) -> None:
    remove_phone(Phone.objects.get(member=cast.ben), actor=cast.ana, at=NOW)


DOORS: dict[Callable[[Cast], None], tuple[str, str, str]] = {
    by_admin: (OTHER, "admin", "Ana"),
    by_import: (OTHER, "import", "Ana"),
    by_another_phone: (OTHER, "admin", "Ana"),
    by_shell: (OTHER, "other", ""),
    by_bulk_update: (OTHER, "other", ""),
    by_sql: (OTHER, "other", ""),
    by_removal: ("", "admin", "Ana"),
}


def back(cast: Cast) -> None:
    """Ben's number is what it was before, by whatever means fits."""
    with transaction.atomic():
        Phone.objects.filter(member=cast.ben).delete()
        Phone.objects.create(tenant=cast.harbor, member=cast.ben, number=BEN_NUMBER, is_sms_primary=True)


@pytest.mark.parametrize("door", DOORS)
def test_through_whatever_door_the_number_changes_sms_is_off_until_it_is_switched_on_even_for_the_old_number(
    cast: Cast, door: Callable[[Cast], None]
) -> None:
    assert state(cast) is SwitchState.ON
    with tenant_scope(cast.harbor.pk):
        door(cast)
    assert state(cast) is SwitchState.NUMBER_CHANGED
    assert history(cast.ben, tenant_id=cast.harbor.pk)[1:] == [(BEN_NUMBER, *DOORS[door])]
    with tenant_scope(cast.harbor.pk):
        back(cast)
    assert state(cast) is SwitchState.NUMBER_CHANGED
    with tenant_scope(cast.harbor.pk):
        switch_on(cast.ben, number=BEN_NUMBER, actor=cast.ana, why="asked Ben", at=NOW)
    assert state(cast) is SwitchState.ON


def test_another_phone_as_the_one_for_sms_and_back_again_is_two_changes(cast: Cast) -> None:
    with tenant_scope(cast.harbor.pk):
        second = Phone.objects.create(tenant=cast.harbor, member=cast.ben, number=OTHER)
        assert own_state(cast.ben) is SwitchState.ON
        add_phone(member=cast.ben, number=OTHER, origin=Origin.ADMIN, actor=cast.ana, at=NOW)
        assert own_state(cast.ben) is SwitchState.NUMBER_CHANGED
        # Without any mark the oldest phone is the one again.
        Phone.objects.filter(pk=second.pk).update(is_sms_primary=False)
        assert own_state(cast.ben) is SwitchState.NUMBER_CHANGED
    after = [line[1] for line in history(cast.ben, tenant_id=cast.harbor.pk)]
    assert after == [BEN_NUMBER, OTHER, BEN_NUMBER]


def test_what_is_no_change_of_the_number_leaves_it_on(cast: Cast) -> None:
    with tenant_scope(cast.harbor.pk):
        phone = Phone.objects.get(member=cast.ben)
        phone.label, phone.sms_capability, phone.is_voice_primary = "work", Capability.YES, False
        phone.save()
        Phone.objects.filter(pk=phone.pk).update(proved_at=NOW, number=BEN_NUMBER)
        Phone.objects.create(tenant=cast.harbor, member=cast.ben, number=OTHER, is_voice_primary=True)
    assert state(cast) is SwitchState.ON
    assert len(history(cast.ben, tenant_id=cast.harbor.pk)) == 1


def test_nobody_rewrites_or_invents_the_history_of_a_number(cast: Cast) -> None:
    with tenant_scope(cast.harbor.pk):
        by_admin(cast)
    for change in (
        lambda: NumberChange.objects.update(after=BEN_NUMBER),
        lambda: NumberChange.objects.all().delete(),
        lambda: NumberChange.objects.create(
            tenant=cast.harbor, member_id=cast.ben.pk, channel="sms", door="admin", at=NOW
        ),
    ):
        with (
            pytest.raises(ProgrammingError, match=r"permission denied|row-level security|append-only"),
            platform_scope(),
            transaction.atomic(),
        ):
            change()
    assert len(history(cast.ben, tenant_id=cast.harbor.pk)) == 2
    assert history(cast.ben, tenant_id=cast.ridge.pk) == []


def test_only_the_first_number_is_switched_on_by_itself(cast: Cast) -> None:
    with tenant_scope(cast.harbor.pk):
        nora = add_member(cast.harbor, name="Nora")
        add_phone(member=nora, number=OTHER, origin=Origin.ADMIN, actor=cast.ana, at=NOW)
        assert own_state(nora) is SwitchState.ON
        add_phone(member=nora, number="+12065550144", origin=Origin.ADMIN, actor=cast.ana, at=NOW)
        assert own_state(nora) is SwitchState.NUMBER_CHANGED


def test_a_second_number_is_no_first_one_where_the_first_found_no_seat(cast: Cast) -> None:
    with platform_scope():
        none = Plan.objects.create(name="None", sms_seats=0)
        many = Plan.objects.create(name="Many", sms_seats=9)
    subscribe(cast.harbor, plan=none, actor=cast.pat, at=NOW)
    with tenant_scope(cast.harbor.pk):
        nora = add_member(cast.harbor, name="Nora", number=OTHER)
        assert own_state(nora) is SwitchState.NO_SEAT
    subscribe(cast.harbor, plan=many, actor=cast.pat, at=NOW)
    with tenant_scope(cast.harbor.pk):
        add_phone(member=nora, number="+12065550144", origin=Origin.ADMIN, actor=cast.ana, at=NOW)
        assert own_state(nora) is SwitchState.NO_SEAT
        switch_on(nora, number="+12065550144", actor=cast.ana, why="asked her", at=NOW)
        assert own_state(nora) is SwitchState.ON


@pytest.mark.row(64)
def test_another_plan_switches_everybody_off_even_with_the_same_number(cast: Cast) -> None:
    with platform_scope():
        plan = Plan.objects.create(name="Other", sms_seats=None)
    subscribe(cast.harbor, plan=plan, actor=cast.pat, at=NOW)
    assert state(cast) is SwitchState.SEAT_CHANGED
    with tenant_scope(cast.harbor.pk):
        assert Phone.objects.get(member=cast.ben).number == BEN_NUMBER
        switch_on(cast.ben, number=BEN_NUMBER, actor=cast.ana, why="the plan changed", at=NOW + timedelta(hours=1))
    assert state(cast) is SwitchState.ON


@pytest.mark.row(65)
@pytest.mark.parametrize("plan_changes", [False, True], ids=["the same plan", "another plan"])
def test_a_seat_that_was_taken_and_given_again_leaves_sms_off_until_an_admin_switches_it_on(
    cast: Cast, plan_changes: bool
) -> None:
    take_seat(tenant=cast.harbor, member_id=cast.ben.pk, actor=cast.ana, why="on leave", at=NOW)
    assert state(cast) is SwitchState.NO_SEAT
    if plan_changes:
        with platform_scope():
            plan = Plan.objects.create(name="Other", sms_seats=None)
        subscribe(cast.harbor, plan=plan, actor=cast.pat, at=NOW)
    give_seat(tenant=cast.harbor, member_id=cast.ben.pk, actor=cast.ana, at=NOW)
    assert state(cast) is SwitchState.SEAT_CHANGED
    with tenant_scope(cast.harbor.pk):
        switch_on(cast.ben, number=BEN_NUMBER, actor=cast.ana, why="back again", at=NOW)
    assert state(cast) is SwitchState.ON


def test_without_a_free_seat_nothing_is_switched(cast: Cast) -> None:
    with platform_scope():
        one = Plan.objects.create(name="One", sms_seats=1)
    subscribe(cast.harbor, plan=one, actor=cast.pat, at=NOW)
    with tenant_scope(cast.harbor.pk):
        nora = add_member(cast.harbor, name="Nora", number=OTHER)
        assert switch_on(nora, number=OTHER, actor=cast.ana, why="asked", at=NOW) == NoSeatFree(1)
        assert own_state(nora) is SwitchState.NO_SEAT


def test_each_turn_is_audited_with_who_and_why(cast: Cast) -> None:
    with tenant_scope(cast.harbor.pk):
        switch_off(cast.ben, actor=cast.ana, why="on leave until May", at=NOW)
        entry = AuditEntry.objects.get(code="member.sms_switched", at=NOW)
        assert (entry.actor_id, entry.subject_id) == (cast.ana.pk, cast.ben.public_id)
        assert (entry.detail.data["on"], entry.detail.data["why"]) == (False, "on leave until May")
    assert state(cast) is SwitchState.OFF

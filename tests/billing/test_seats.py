"""Seats are given one at a time, come and go with the plan, and a seat that is given again is another one."""

from datetime import UTC, datetime, timedelta

import pytest

from billing.models import Plan, Seat
from billing.operations import NoSeatFree, give_seat, subscribe, take_seat
from billing.queries import seat_histories, seat_use, seats_of
from tenants.models import AuditEntry, Tenant
from tenants.scope import platform_scope, tenant_scope
from tests.cast import Cast, make_cast

AT = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def plan(name: str, *, seats: int | None) -> Plan:
    with platform_scope():
        return Plan.objects.create(name=name, sms_seats=seats)


def on(tenant: Tenant, *, member_ids: list[int]) -> dict[int, str]:
    with tenant_scope(tenant.pk):
        return seats_of(member_ids)


def given(cast: Cast, member_id: int, *, minutes: int = 0) -> Seat:
    seat = give_seat(tenant=cast.ridge, member_id=member_id, actor=cast.cleo, at=AT + timedelta(minutes=minutes))
    assert isinstance(seat, Seat)
    return seat


def test_a_tenant_without_a_plan_gets_the_default_one_with_its_first_seat(cast: Cast) -> None:
    with tenant_scope(cast.ridge.pk):
        assert (seat_use(cast.ridge.pk).plan, seat_use(cast.ridge.pk).held) == ("", 0)
        given(cast, 101)
        use = seat_use(cast.ridge.pk)
    assert (use.plan, use.limit, use.held, use.free, use.says) == ("Standard", None, 1, None, "1, without limit")


def test_a_plan_has_so_many_seats_and_a_holder_is_not_counted_twice(cast: Cast) -> None:
    subscribe(cast.ridge, plan=plan("Pair", seats=2), actor=cast.pat, at=AT)
    first = given(cast, 101)
    given(cast, 102)
    refused = give_seat(tenant=cast.ridge, member_id=103, actor=cast.cleo, at=AT)
    assert refused == NoSeatFree(2)
    assert given(cast, 101) == first
    taken = take_seat(tenant=cast.ridge, member_id=102, actor=cast.cleo, why="left the team", at=AT)
    assert taken is not None
    assert given(cast, 103).member_id == 103
    assert set(on(cast.ridge, member_ids=[101, 102, 103])) == {101, 103}


def test_without_any_plan_on_offer_no_seat_is_given(cast: Cast) -> None:
    with platform_scope():
        Plan.objects.update(is_default=False)
    assert give_seat(tenant=cast.ridge, member_id=101, actor=cast.cleo, at=AT) == NoSeatFree(None)


def test_a_seat_that_is_given_again_is_another_one_and_the_story_is_kept(cast: Cast) -> None:
    first = given(cast, 101)
    take_seat(tenant=cast.ridge, member_id=101, actor=cast.cleo, why="on leave", at=AT + timedelta(hours=1))
    assert take_seat(tenant=cast.ridge, member_id=101, actor=cast.cleo, why="twice", at=AT) is None
    again = given(cast, 101, minutes=90)
    assert again.public_id != first.public_id
    with tenant_scope(cast.ridge.pk):
        story = seat_histories([101], newest=10)[101]
        codes = list(AuditEntry.objects.order_by("id").values_list("code", flat=True))
    assert [(seat.removed_by == cast.cleo, seat.why_removed) for seat in story] == [(True, "on leave"), (False, "")]
    assert codes[-3:] == ["seat.assigned", "seat.removed", "seat.assigned"]


def test_another_plan_is_another_seat_for_each_as_far_as_they_fit_the_oldest_first(cast: Cast) -> None:
    subscribe(cast.ridge, plan=plan("Three", seats=3), actor=cast.pat, at=AT)
    before = {member_id: given(cast, member_id, minutes=member_id).public_id for member_id in (101, 102, 103)}
    later = AT + timedelta(days=1)
    subscribe(cast.ridge, plan=plan("Pair", seats=2), actor=cast.pat, at=later)
    now = on(cast.ridge, member_ids=[101, 102, 103])
    assert set(now) == {101, 102}
    assert not set(now.values()) & set(before.values())
    with tenant_scope(cast.ridge.pk):
        ended = Seat.objects.filter(removed_at=later)
        assert {seat.why_removed for seat in ended} == {"the plan changed to Pair"}
        entry = AuditEntry.objects.get(code="tenant.plan_changed", at=later)
        assert (entry.detail.data["kept"], entry.detail.data["lost"]) == ([101, 102], [103])


def test_the_plan_that_a_tenant_has_already_changes_nothing(cast: Cast) -> None:
    three = plan("Three", seats=3)
    begun = subscribe(cast.ridge, plan=three, actor=cast.pat, at=AT)
    seat = given(cast, 101)
    assert subscribe(cast.ridge, plan=three, actor=cast.pat, at=AT + timedelta(days=1)) == begun
    assert on(cast.ridge, member_ids=[101]) == {101: seat.public_id}


def test_another_tenant_sees_neither_seats_nor_plan(cast: Cast) -> None:
    given(cast, 101)
    assert on(cast.harbor, member_ids=[101]) == {}
    with tenant_scope(cast.harbor.pk):
        assert seat_use(cast.ridge.pk).plan == ""

"""Who opens the pages of a member's schedule: writers change, readers read, and everybody else finds nothing there."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from members.models import Schedule, TimeOff
from members.operations import set_week
from members.schedule_pages.week_form import PRESETS
from tenants.models import Membership, Role, User
from tenants.scope import platform_scope, tenant_scope
from tests.cast import PASSWORD, Cast, add_member
from tests.members.own_page import at_harbor
from tests.members.test_schedule_pages import typed
from tests.members.web import signed_in

PLACES = ("schedule/", "schedule/date/", "schedule/time-off/")
MONDAY = typed((0, "09:00", "17:00"))


def admin_places(cast: Cast) -> Iterator[str]:
    yield from (f"/admin/members/member/{cast.ben.pk}/{place}" for place in PLACES)


def weeks(cast: Cast) -> list[object]:
    with tenant_scope(cast.harbor.pk):
        return list(Schedule.objects.values_list("member_id", "weekly"))


@pytest.fixture
def time_off(cast: Cast) -> TimeOff:
    now = timezone.now()
    with tenant_scope(cast.harbor.pk):
        _, week = PRESETS["weekdays"]
        set_week(cast.ben, windows=week, actor=cast.ana, at=now)
        return TimeOff.objects.create(
            tenant=cast.harbor, member=cast.ben, starts_at=now, ends_at=now + timedelta(days=2)
        )


@pytest.mark.parametrize("who", ["vic", "sam"])
def test_readers_read_and_ask_and_change_nothing(cast: Cast, time_off: TimeOff, who: str) -> None:
    client, (page, *others) = signed_in(getattr(cast, who)), admin_places(cast)
    before = weeks(cast)
    shown = client.get(f"{page}?on=2026-11-28&at=10:00").content.decode()
    assert "09:00–17:00" in shown
    assert "Not free: would be skipped" in shown
    assert "Save the schedule" not in shown
    assert "Remove" not in shown
    assert client.post(page, MONDAY).status_code == 404
    assert [client.get(other).status_code for other in others] == [404, 404]
    remove = f"{page}remove/?ref={time_off.public_id}"
    assert (client.get(remove).status_code, client.post(remove).status_code) == (404, 404)
    assert weeks(cast) == before
    with tenant_scope(cast.harbor.pk):
        assert TimeOff.objects.count() == 1


def test_strangers_find_nothing(cast: Cast, time_off: TimeOff, ben: Client) -> None:
    before = weeks(cast)
    stranger = Client()
    stranger.force_login(User.objects.create_user("x@y.example", None))
    for client in (signed_in(cast.cleo), stranger, ben):
        for place in (
            *admin_places(cast),
            f"/admin/members/member/{cast.ben.pk}/schedule/remove/?ref={time_off.public_id}",
        ):
            assert (client.get(place).status_code, client.post(place, MONDAY).status_code) == (404, 404), place
    assert weeks(cast) == before


def test_one_sets_ones_own_schedule_and_nobody_elses(cast: Cast, ben: Client, time_off: TimeOff) -> None:
    page = at_harbor(cast, "schedule/")
    assert b"You are never paged" not in ben.get(page).content
    with tenant_scope(cast.harbor.pk):
        before = Schedule.objects.get(member=cast.ben)
        ida = add_member(cast.harbor, name="Ida", number="+12065550171")
        now = timezone.now()
        theirs = TimeOff.objects.create(tenant=cast.harbor, member=ida, starts_at=now, ends_at=now + timedelta(days=2))
    # Another member's time off is nobody's, by one's own address and by an admin's of somebody else's page.
    for client, place in [(ben, page), (signed_in(cast.ana), f"/admin/members/member/{cast.ben.pk}/schedule/")]:
        assert client.get(f"{place}remove/?ref={theirs.public_id}").status_code == 404
        assert client.post(f"{place}remove/?ref={theirs.public_id}").status_code == 404
        assert client.get(f"{place}remove/?ref={time_off.public_id}").status_code == 200
    # The week is the address's and the login's: a member that is named beside it changes nothing.
    form = ben.get(page).content.decode()
    seen = form.split('name="seen" value="')[1].split('"')[0]
    answer = ben.post(page, {**MONDAY, "seen": seen, "member": str(ida.pk), "member_id": str(ida.pk)})
    assert (answer.status_code, answer.headers["Location"]) == (302, page)
    assert weeks(cast) == [(cast.ben.pk, [[0, "09:00", "17:00"]])]
    assert before.weekly != [[0, "09:00", "17:00"]]
    assert "Mon 09:00-17:00" in ben.get(at_harbor(cast)).content.decode()


def test_in_another_tenant_one_has_another_schedule(cast: Cast, ben: Client, time_off: TimeOff) -> None:
    there = f"/me/{cast.ridge.public_id}/schedule/"
    assert (ben.get(there).status_code, ben.post(there, MONDAY).status_code) == (404, 404)
    with platform_scope():
        cleo = User.objects.create_user("both@ridge.example", PASSWORD, name="Both")
        Membership.objects.create(tenant=cast.ridge, user=cleo, role=Role.MEMBER)
        cast.ridge_member.user = cleo
        cast.ridge_member.save()
    both = signed_in(cleo)
    assert both.get(at_harbor(cast, "schedule/")).status_code == 404
    assert both.post(there, MONDAY).status_code == 302
    assert both.get(f"{there}remove/?ref={time_off.public_id}").status_code == 404
    with platform_scope():
        assert Schedule.objects.get(member=cast.ridge_member).weekly == [[0, "09:00", "17:00"]]
        assert Schedule.objects.get(member=cast.ben).weekly != [[0, "09:00", "17:00"]]


def test_whoever_has_left_sets_none(cast: Cast, ben: Client) -> None:
    page = at_harbor(cast, "schedule/")
    assert ben.get(page).status_code == 200
    with tenant_scope(cast.harbor.pk):
        type(cast.ben).objects.filter(pk=cast.ben.pk).update(is_active=False)
    assert (ben.get(page).status_code, ben.post(page, MONDAY).status_code) == (404, 404)
    assert weeks(cast) == []

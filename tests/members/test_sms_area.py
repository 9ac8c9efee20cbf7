"""The SMS area of a member's page: on or off, since when, who and why, what changed, and what admins do there."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import Plan
from billing.operations import subscribe, take_seat
from members.models import ConsentEvent, Member, Phone, SmsSwitch
from members.models.phone import Origin
from members.operations import change_number, switch_off
from members.sms_state import own_state
from members.sms_switch import SwitchState
from notifications.models import Notification
from tenants.scope import platform_scope, tenant_scope
from tests.admin.parts import signed_in
from tests.cast import BEN_NUMBER, Cast, add_member
from tests.consenting import agree

OTHER = "+12065550143"
LIST = "/admin/members/member/"


def at(member: Member, action: str = "") -> str:
    return f"{LIST}{member.pk}/do/{action}/" if action else f"{LIST}{member.pk}/change/"


def text_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def state(cast: Cast, member: Member | None = None) -> SwitchState:
    with tenant_scope(cast.harbor.pk):
        return own_state(member or cast.ben)


def imported(cast: Cast) -> None:
    """Another system brings another number."""
    with tenant_scope(cast.harbor.pk):
        phone = Phone.objects.get(member=cast.ben)
        phone.number = OTHER
        change_number(phone, before=BEN_NUMBER, actor=cast.ana, at=timezone.now(), origin=Origin.IMPORT)


@pytest.mark.row(62)
def test_was_on_and_is_not_any_more_is_told_as_what_changed_who_did_it_and_when(cast: Cast) -> None:
    ana = signed_in(cast.ana)
    assert f"Enabled On for {BEN_NUMBER} since" in text_of(ana, at(cast.ben))
    imported(cast)
    shown = text_of(ana, at(cast.ben))
    today = timezone.localdate()
    assert "Needs switching on again" in shown
    assert re.search(
        rf"Was on for \{BEN_NUMBER} since {today.day} .*?; the number was changed to \{OTHER} on {today.day} .*?, "
        r"by Ana \(imported\); an administrator must switch it on again, even for the same number\.",
        shown,
    )
    assert f"Number: {BEN_NUMBER} → {OTHER} Ana Imported" in shown


@pytest.mark.row(101, 102)
def test_a_number_that_changed_recently_is_shown_with_time_and_source_and_what_to_do(cast: Cast) -> None:
    ana = signed_in(cast.ana)
    assert "The number changed from" not in text_of(ana, at(cast.ben))
    imported(cast)
    shown = text_of(ana, at(cast.ben))
    said = re.search(
        rf"The number changed from \{BEN_NUMBER} to \{OTHER} on (.*?) by Ana: imported\. (.*?) What", shown
    )
    assert said is not None
    assert re.match(r"\d+ \w+ \d{4}, \d\d:\d\d", said[1])
    assert "If only the latest messages fail, call the person to confirm the number." in said[2]
    assert "If it is a landline, set its line type to Landline below and page it by voice." in said[2]
    with tenant_scope(cast.harbor.pk):
        Phone.objects.filter(member=cast.ben).update(line_type="landline")
        assert Phone.objects.get(member=cast.ben).line_type == "landline"


@pytest.mark.row(66)
def test_an_administrator_switches_off_with_a_reason_and_only_an_administrator_switches_on_again(cast: Cast) -> None:
    ana, vic, cleo, sam = (signed_in(who) for who in (cast.ana, cast.vic, cast.cleo, cast.sam))
    silent = ana.post(at(cast.ben, "switch-sms-off"), {"why": "  "})
    assert "Say why" in silent.content.decode()
    assert state(cast) is SwitchState.ON
    for stranger in (vic, cleo, sam):
        assert stranger.post(at(cast.ben, "switch-sms-off"), {"why": "no right"}).status_code == 404
    assert state(cast) is SwitchState.ON
    assert ana.post(at(cast.ben, "switch-sms-off"), {"why": "on leave until May"}).status_code == 302
    assert state(cast) is SwitchState.OFF
    for reader in (ana, vic):
        shown = text_of(reader, at(cast.ben))
        assert re.search(r"Off Was on for .*?; switched off on \d+ .*?, by Ana: on leave until May\.", shown)
        assert "Only an administrator switches it on again." in shown
    assert "Switch SMS on" not in text_of(vic, at(cast.ben))
    for stranger in (vic, cleo, sam):
        assert stranger.get(at(cast.ben, "switch-sms-on")).status_code == 404
        assert stranger.post(at(cast.ben, "switch-sms-on"), {"why": "no right"}).status_code == 404
    assert state(cast) is SwitchState.OFF
    assert ana.get(at(cast.ben, "switch-sms-on")).status_code == 200
    assert state(cast) is SwitchState.OFF
    assert ana.post(at(cast.ben, "switch-sms-on"), {"why": "back from leave"}).status_code == 302
    assert state(cast) is SwitchState.ON


def test_the_member_cannot_switch_it_on_themselves(cast: Cast, ben: Client) -> None:
    with tenant_scope(cast.harbor.pk):
        switch_off(cast.ben, actor=cast.ana, why="on leave", at=timezone.now())
    assert ben.post(at(cast.ben, "switch-sms-on"), {"why": "please"}).status_code == 404
    assert state(cast) is SwitchState.OFF


def test_switching_on_says_that_it_is_no_consent_and_writes_none(cast: Cast) -> None:
    ana = signed_in(cast.ana)
    imported(cast)
    assert "This is no consent and replaces none" in text_of(ana, at(cast.ben, "switch-sms-on"))
    ana.post(at(cast.ben, "switch-sms-on"), {"why": "asked him"})
    assert state(cast) is SwitchState.ON
    with platform_scope():
        assert not ConsentEvent.objects.filter(act="grant").exists()
        assert not Notification.objects.exists()
    assert "Never consented" in text_of(ana, at(cast.ben))


def test_a_consent_that_came_while_sms_was_off_is_confirmed_once_it_is_switched_on(cast: Cast) -> None:
    ana = signed_in(cast.ana)
    imported(cast)
    agree(cast.ben, tenant=cast.harbor, number=OTHER, at=timezone.now() - timedelta(minutes=1))
    for why in ("asked him", "again"):
        ana.post(at(cast.ben, "switch-sms-on"), {"why": why})
        ana.post(at(cast.ben, "switch-sms-off"), {"why": "for a while"})
    with tenant_scope(cast.harbor.pk):
        sent = Notification.objects.filter(purpose="consent_confirmation")
        assert [row.number for row in sent] == [OTHER]
        assert SmsSwitch.objects.filter(member=cast.ben).count() == 5


def test_a_seat_is_taken_back_and_the_next_member_gets_it(cast: Cast) -> None:
    ana = signed_in(cast.ana)
    with platform_scope():
        one = Plan.objects.create(name="One", sms_seats=1)
    subscribe(cast.harbor, plan=one, actor=cast.pat, at=timezone.now())
    with tenant_scope(cast.harbor.pk):
        nora = add_member(cast.harbor, name="Nora", number=OTHER)
    full = text_of(ana, at(nora, "switch-sms-on"))
    assert "No SMS seat is free: 1 of 1 of plan One are taken." in full
    ana.post(at(nora, "switch-sms-on"), {"why": "on call from today"})
    assert state(cast, nora) is SwitchState.NO_SEAT
    ana.post(at(cast.ben, "take-seat"), {"why": "left the team"})
    assert re.search(r"SMS seat was taken back on .*?, by Ana: left the team", text_of(ana, at(cast.ben)))
    ana.post(at(nora, "switch-sms-on"), {"why": "on call from today"})
    assert (state(cast), state(cast, nora)) == (SwitchState.NO_SEAT, SwitchState.ON)


def test_after_a_change_of_plan_all_are_switched_on_from_the_list(cast: Cast) -> None:
    ana = signed_in(cast.ana)
    with tenant_scope(cast.harbor.pk):
        nora = add_member(cast.harbor, name="Nora", number=OTHER)
        add_member(cast.harbor, name="Otto")
    with platform_scope():
        plan = Plan.objects.create(name="Other", sms_seats=None)
    subscribe(cast.harbor, plan=plan, actor=cast.pat, at=timezone.now())
    ids = f"{cast.ben.pk},{nora.pk},{nora.pk + 1}"
    page = text_of(ana, f"{LIST}do/switch-sms-on/?ids={ids}")
    assert "Otto has no number" in page
    ana.post(f"{LIST}do/switch-sms-on/", {"ids": ids, "why": "the plan changed"})
    assert (state(cast), state(cast, nora)) == (SwitchState.ON, SwitchState.ON)


@pytest.mark.parametrize(
    ("chosen", "names"),
    [("on", {"Ben"}), ("off", {"Nora"}), ("again", {"Otto"}), ("seat", {"Pia"}), ("nonsense", None)],
)
def test_the_list_is_filtered_by_the_switch(cast: Cast, chosen: str, names: set[str] | None) -> None:
    with tenant_scope(cast.harbor.pk):
        nora, otto, pia = (
            add_member(cast.harbor, name=name, number=f"+1206555016{place}")
            for place, name in enumerate(("Nora", "Otto", "Pia"))
        )
        switch_off(nora, actor=cast.ana, why="on leave", at=timezone.now())
        Phone.objects.filter(member=otto).update(number=OTHER)
    take_seat(tenant=cast.harbor, member_id=pia.pk, actor=cast.ana, why="no seat left", at=timezone.now())
    answer = signed_in(cast.ana).get(f"{LIST}?switch={chosen}")
    found = {member.name for member in answer.context["cl"].result_list}
    assert found == (names or {"Ben", "Nora", "Otto", "Pia"})


def test_a_member_without_a_number_is_told_so(cast: Cast) -> None:
    with tenant_scope(cast.harbor.pk):
        nora = add_member(cast.harbor, name="Nora")
    ana = signed_in(cast.ana)
    shown = text_of(ana, at(nora))
    assert "No number They have no number yet" in shown
    assert "Nora has no number. Add one on their page first." in text_of(ana, at(nora, "switch-sms-on"))

"""A member's own page: their tenants, phones, proofs and consent by their own act, and nobody else's."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from members.models import ConsentEvent, NumberCode
from members.models.number_change import NumberChange
from members.operations import switch_off
from members.own import own_place, own_switch
from members.queries import standing_of
from members.sms_switch import SwitchState
from notifications.models import Notification, ProviderBlock
from tenants.models import AuditEntry
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, SENDER_NUMBER, Cast, add_member
from tests.consenting import agree, proved
from tests.members.own_page import OTHER, at_harbor, bens_phone, box_of, phones_of_ben, unprove
from tests.members.stories import stops


def test_the_front_page_is_bens_and_tells_what_stands(ben: Client, cast: Cast) -> None:
    assert ben.get("/me/").headers["Location"] == at_harbor(cast)
    html = ben.get(at_harbor(cast)).content.decode()
    assert BEN_NUMBER in html
    assert "Not proved" in html
    agree(cast.ben, tenant=cast.harbor)
    html = ben.get(at_harbor(cast)).content.decode()
    assert "You agreed" in html
    assert "Not proved" not in html


def test_the_box_is_unticked_and_its_tick_counts_once_the_number_is_proved(
    ben: Client, cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    url = at_harbor(cast, f"phones/{bens_phone(cast).public_id}/agree/sms/")
    html = ben.get(url).content.decode()
    assert "checked" not in html
    assert "STOP" in html
    assert "rates may apply" in html
    assert "Tick the box" in ben.post(url, {}).content.decode()
    assert "Tick the box" in ben.post(url, {"agree": "on"}).content.decode()
    assert "has changed" in ben.post(url, {"agree": "0" * 64}).content.decode()
    with platform_scope():
        assert not ConsentEvent.objects.exists()
    ben.post(url, {"agree": box_of(html)}, REMOTE_ADDR="192.0.2.9", HTTP_USER_AGENT="Firefox")
    with platform_scope():
        line = ConsentEvent.objects.select_related("detail").get()
    assert (line.act, line.source, line.number, line.actor_id) == ("grant", "page", BEN_NUMBER, cast.ben.user_id)
    assert line.detail.data["ip"] == "192.0.2.9"
    assert "counts once you have proved" in ben.get(at_harbor(cast)).content.decode()
    with tenant_scope(cast.harbor.pk):
        standing = standing_of(cast.ben, channel="sms", at=timezone.now())
    assert standing is not None
    assert standing.state == "pending"


def test_a_code_is_asked_for_and_entered(ben: Client, cast: Cast) -> None:
    page = at_harbor(cast, f"phones/{bens_phone(cast).public_id}/code/")
    ben.post(f"{page}ask/")
    with tenant_scope(cast.harbor.pk):
        digits = re.findall(r"\d{6}", Notification.objects.get(purpose="verification_code").sealed_body)[0]
    wrong = "000000" if digits != "000000" else "111111"
    assert "4 tries are left" in ben.post(page, {"digits": wrong}).content.decode()
    assert "six digits" in ben.post(page, {"digits": "12"}).content.decode()
    again = ben.post(f"{page}ask/", follow=True).content.decode()
    assert "asked for a moment ago" in again
    assert digits not in again
    assert ben.post(page, {"digits": f"{digits[:3]} {digits[3:]}"}).headers["Location"] == at_harbor(cast)
    assert bens_phone(cast).proved_at is not None


def test_a_suppressed_number_is_proved_by_a_text_from_it(ben: Client, cast: Cast) -> None:
    stops(at=timezone.now())
    page = at_harbor(cast, f"phones/{bens_phone(cast).public_id}/code/")
    html = ben.post(f"{page}ask/", follow=True).content.decode()
    shown = re.findall(r">(\d{6})<", html)
    assert len(shown) == 1
    assert SENDER_NUMBER in html
    with tenant_scope(cast.harbor.pk):
        assert not Notification.objects.exists()
        assert NumberCode.objects.get().direction == "inbound"


def test_after_an_opt_out_the_members_own_act_counts_here_alone_and_only_on_a_proved_number(
    ben: Client, cast: Cast
) -> None:
    agree(cast.ben, tenant=cast.harbor)
    with tenant_scope(cast.ridge.pk):
        twin = add_member(cast.ridge, name="Benny", number=BEN_NUMBER)
    agree(twin, tenant=cast.ridge)
    stops(at=timezone.now())
    url = at_harbor(cast, f"phones/{bens_phone(cast).public_id}/agree/sms/")
    unprove(cast)
    assert "first prove" in ben.get(url, follow=True).content.decode()
    proved(cast.ben, tenant=cast.harbor, at=timezone.now())
    ben.post(url, {"agree": box_of(ben.get(url).content.decode())})
    with tenant_scope(cast.harbor.pk):
        here = standing_of(cast.ben, channel="sms", at=timezone.now())
    with tenant_scope(cast.ridge.pk):
        there = standing_of(twin, channel="sms", at=timezone.now())
    assert here is not None
    assert there is not None
    assert (here.state, there.state) == ("opted_in", "opted_out")


def test_a_withdrawal_asks_once_and_binds_the_number_in_this_tenant(ben: Client, cast: Cast) -> None:
    agree(cast.ben, tenant=cast.harbor)
    url = at_harbor(cast, f"phones/{bens_phone(cast).public_id}/stop/sms/")
    assert "Stop text messages" in ben.get(url).content.decode()
    with platform_scope():
        assert not ConsentEvent.objects.filter(act="revoke").exists()
    ben.post(url)
    with platform_scope():
        line = ConsentEvent.objects.get(act="revoke")
    assert (line.reach, line.source, line.tenant_id) == ("tenant", "page", cast.harbor.pk)
    assert "You took your consent back" in ben.get(at_harbor(cast)).content.decode()
    assert ben.post(url).status_code == 302
    with platform_scope():
        assert ConsentEvent.objects.filter(act="revoke").count() == 1
    assert "You withdrew your consent" in ben.get(at_harbor(cast, "history/")).content.decode()


@pytest.mark.case("I6")
def test_a_number_that_the_member_changes_takes_nothing_along(ben: Client, cast: Cast) -> None:
    agree(cast.ben, tenant=cast.harbor)
    stops(at=timezone.now())
    phone = bens_phone(cast)
    url = at_harbor(cast, f"phones/{phone.public_id}/change/")
    said = ben.get(url).content.decode()
    assert "does not come along" in said
    assert "wait until an administrator of Harbor" in said
    ben.post(url, {"number": OTHER, "label": "work"})
    phone = bens_phone(cast)
    assert (phone.number, phone.origin, phone.proved_at, phone.label) == (OTHER, "member", None, "work")
    with tenant_scope(cast.harbor.pk):
        standing = standing_of(cast.ben, channel="sms", at=timezone.now())
        change = NumberChange.objects.filter(channel="sms").latest("id")
        place = own_place(cast.ben.user, tenant_ref=cast.harbor.public_id) if cast.ben.user else None
        assert place is not None
        assert own_switch(place, number=OTHER) is SwitchState.NUMBER_CHANGED
    assert (change.before, change.after, change.door, change.by_id) == (BEN_NUMBER, OTHER, "member", cast.ben.user_id)
    assert standing is not None
    assert standing.state == "none"
    with platform_scope():
        lost = ConsentEvent.objects.get(act="stale")
        assert (lost.number, lost.source) == (BEN_NUMBER, "page")
        assert ConsentEvent.objects.filter(number=BEN_NUMBER, act="revoke").exists()
    assert f"Text messages to {OTHER} wait" in ben.get(at_harbor(cast)).content.decode()


def test_defects_are_named_and_the_corrected_number_is_offered_and_not_taken(ben: Client, cast: Cast) -> None:
    url = at_harbor(cast, "phones/add/")
    html = ben.post(url, {"number": "(206) 555-0148"}).content.decode()
    assert "It contains parentheses." in html
    assert f"Did you mean <strong>{OTHER}</strong>" in html
    assert len(phones_of_ben(cast)) == 1
    filled = ben.post(url, {"number": "(206) 555-0148", "use_number": OTHER}).content.decode()
    assert f'value="{OTHER}"' in filled
    assert len(phones_of_ben(cast)) == 1


def test_a_second_phone_takes_nothing_until_it_is_chosen(ben: Client, cast: Cast) -> None:
    ben.post(at_harbor(cast, "phones/add/"), {"number": OTHER})
    (_, second) = phones_of_ben(cast)
    assert (second.origin, second.is_sms_primary, second.is_voice_primary) == ("member", False, False)
    assert "have this number already" in ben.post(at_harbor(cast, "phones/add/"), {"number": OTHER}).content.decode()
    url = at_harbor(cast, f"phones/{second.public_id}/choose/sms/")
    assert "wait until an administrator of Harbor" in ben.get(url).content.decode()
    assert not phones_of_ben(cast)[1].is_sms_primary
    ben.post(url)
    assert [phone.number for phone in phones_of_ben(cast) if phone.is_sms_primary] == [OTHER]
    with tenant_scope(cast.harbor.pk):
        entries = list(AuditEntry.objects.filter(subject_id=second.public_id).order_by("id").values_list("code"))
    assert entries == [("object.added",), ("object.changed",)]
    ben.post(at_harbor(cast, f"phones/{second.public_id}/remove/"))
    assert [phone.number for phone in phones_of_ben(cast)] == [BEN_NUMBER]


def test_what_administrators_and_providers_hold_back_is_shown_with_who_can_lift_it(ben: Client, cast: Cast) -> None:
    agree(cast.ben, tenant=cast.harbor)
    with platform_scope():
        ProviderBlock.objects.create(
            provider="twilio",
            sender=cast.sender,
            sender_address=SENDER_NUMBER,
            number=BEN_NUMBER,
            since=timezone.now(),
            source="refused",
            code="21610",
        )
    with tenant_scope(cast.harbor.pk):
        switch_off(cast.ben, actor=cast.ana, why="on leave", at=timezone.now())
    html = ben.get(at_harbor(cast)).content.decode()
    assert f"text START from that phone to {SENDER_NUMBER}" in html
    assert "switched text messages off for you" in html
    assert "ask an administrator of Harbor" in html
    unprove(cast)
    assert "text START from that phone" not in ben.get(at_harbor(cast)).content.decode()


def test_recent_messages_are_bens_own(ben: Client, cast: Cast) -> None:
    with tenant_scope(cast.harbor.pk):
        ida = add_member(cast.harbor, name="Ida", number=OTHER)
        for member, number, text in ((cast.ben, BEN_NUMBER, "Pump 3 stopped"), (ida, OTHER, "Ida alone")):
            Notification.objects.create(
                tenant=cast.harbor,
                purpose="direct_message",
                channel="sms",
                member=member,
                number=number,
                body=text,
                status="skipped",
                reason="CONSENT-1",
            )
    html = ben.get(at_harbor(cast)).content.decode()
    assert "Pump 3 stopped" in html
    assert "Ida alone" not in html
    assert OTHER not in html


@pytest.mark.case("I15")
def test_a_stop_that_another_tenant_heard_is_told_by_its_date_alone(ben: Client, cast: Cast) -> None:
    agree(cast.ben, tenant=cast.harbor)
    stopped = stops(at=timezone.now(), tenant_id=cast.ridge.pk)
    assert stopped is not None
    html = ben.get(at_harbor(cast, "history/")).content.decode()
    assert "STOP was texted from this number" in html
    page = ben.get(at_harbor(cast)).content.decode()
    assert "This number texted STOP." in page
    assert "Ridge" not in html + page
    unprove(cast)
    assert "STOP was texted" not in ben.get(at_harbor(cast, "history/")).content.decode()


def test_a_member_who_has_left_may_withdraw_and_nothing_else(ben: Client, cast: Cast) -> None:
    agree(cast.ben, tenant=cast.harbor)
    phone = bens_phone(cast)
    with tenant_scope(cast.harbor.pk):
        cast.ben.is_active = False
        cast.ben.save()
    assert "marked you as having left" in ben.get(at_harbor(cast)).content.decode()
    assert ben.post(at_harbor(cast, "phones/add/"), {"number": OTHER}).status_code == 404
    ben.post(at_harbor(cast, f"phones/{phone.public_id}/agree/voice/"), {})
    ben.post(at_harbor(cast, f"phones/{phone.public_id}/stop/sms/"))
    with platform_scope():
        assert [line.act for line in ConsentEvent.objects.order_by("id")] == ["prove", "grant", "revoke"]

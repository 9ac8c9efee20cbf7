"""By hand over the phone: a message read aloud, and a test call, previewed, counted and refused with a reason."""

import re

import pytest
from django.test import Client

from billing.models import Plan
from members.models import Member
from notifications.models import Notification, Sender
from notifications.operations.test_calls import PlanLacksTestCalling, place_test_call
from tenants.models import AuditEntry
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, Cast
from tests.consenting import agree
from tests.notifications.by_hand.conftest import changed, client_of, log_of, may_send, person, spoken


@pytest.fixture
def crew(cast: Cast) -> list[Member]:
    """Ben, who agreed to calls, and Dana, who agreed to texts alone."""
    agree(cast.ben, tenant=cast.harbor, channel="voice")
    with platform_scope():
        Sender.objects.filter(pk=cast.sender.pk).update(channels=["sms", "voice"])
        Plan.objects.filter(is_default=True).update(has_test_calling=True)
    return [cast.ben, person(cast, "Dana", "+12065550155")]


def calling_page(member: Member) -> str:
    return f"/admin/members/member/{member.pk}/do/test-call/"


def placed(client: Client, member: Member, page: str) -> str:
    once = re.search(r'name="once" value="([^"]*)"', page)
    answer = client.post(calling_page(member), {"ids": str(member.pk), "once": once.group(1) if once else ""})
    return answer["Location"] if answer.status_code == 302 else answer.content.decode()


@pytest.mark.row(21)
def test_a_test_call_is_previewed_confirmed_counted_and_written_once(
    ana: Client, cast: Cast, crew: list[Member]
) -> None:
    may_send(cast, cast.ana, daily=5)
    page = ana.get(calling_page(cast.ben)).content.decode()
    said = spoken(page)
    assert log_of(cast) == []
    assert "This is Harbor, with a test call. This is a test of calls to your phone. Nothing is wrong." in said
    assert "1 of 1 would go now." in said
    assert "Phone calls 1" in said
    assert "Allowance of Ana today 5 of 5; 4 after this" in said
    row_page = placed(ana, cast.ben, page)
    (row,) = log_of(cast)
    assert (row.purpose, row.channel, row.number, row.status) == ("test", "voice", BEN_NUMBER, "queued")
    assert row_page.endswith(f"/notification/{row.pk}/change/")
    assert placed(ana, cast.ben, page) == row_page
    assert len(log_of(cast)) == 1
    with tenant_scope(cast.harbor.pk):
        assert AuditEntry.objects.filter(code="message.sent", subject_id=row.public_id).count() == 1


@pytest.mark.row(21)
def test_without_the_page_in_the_plan_it_says_so_and_nothing_is_placed(
    ana: Client, cast: Cast, crew: list[Member]
) -> None:
    with platform_scope():
        Plan.objects.filter(is_default=True).update(has_test_calling=False)
    page = ana.get(calling_page(cast.ben)).content.decode()
    assert "Your plan does not have Test Calling." in spoken(page)
    assert "Call now" not in page
    assert "Your plan does not have Test Calling." in spoken(placed(ana, cast.ben, page))
    with pytest.raises(PlanLacksTestCalling):
        place_test_call(cast.ben, actor=cast.ana, once="x", at=cast.ben.created_at)
    assert log_of(cast) == []


def test_whoever_did_not_agree_to_calls_is_not_called_for_a_test(ana: Client, cast: Cast, crew: list[Member]) -> None:
    said = spoken(ana.get(calling_page(crew[1])).content.decode())
    assert "As things stand the call would not be placed." in said
    assert "the person never agreed" in said


def test_a_viewer_and_a_stranger_find_no_such_page(cast: Cast, crew: list[Member]) -> None:
    assert client_of(cast.vic).get(calling_page(cast.ben)).status_code == 404
    assert client_of(cast.cleo).get(calling_page(cast.ben)).status_code == 404


@pytest.mark.row(20)
def test_a_message_is_read_aloud_to_whom_it_may_and_the_preview_says_who_gets_it(
    ana: Client, cast: Cast, crew: list[Member]
) -> None:
    ids = ",".join(str(member.pk) for member in crew)
    address = f"/admin/members/member/do/send-message/?ids={ids}"
    form = {"ids": ids, "text": "Come to gate 3", "channel": "voice", "step": "preview"}
    page = ana.post(address, form).content.decode()
    said = spoken(page)
    assert "As it will be heard This is Harbor, with a message for you. Come to gate 3." in said
    assert "Press 9 to stop calls and texts." in said
    assert "1 of 2 would go now. 1 would not go." in said
    hidden = dict(re.findall(r'name="(once|seen)" value="([^"]*)"', page))
    by_text = ana.post(address, {**form, **hidden, "channel": "sms", "step": "send"}).content.decode()
    assert "changed after its preview" in spoken(by_text)
    assert log_of(cast) == []
    assert ana.post(address, {**form, **hidden, "step": "send"}).status_code == 302
    assert [(row.member, row.channel, row.number) for row in log_of(cast)] == [
        (cast.ben, "voice", BEN_NUMBER),
        (crew[1], "voice", "+12065550155"),
    ]


def test_a_call_that_failed_is_sent_again_as_a_call(ana: Client, cast: Cast, crew: list[Member]) -> None:
    placed(ana, cast.ben, ana.get(calling_page(cast.ben)).content.decode())
    (row,) = log_of(cast)
    changed(row, status="failed", reason="TWILIO-SIP-486")
    address = f"/admin/notifications/notification/{row.pk}/do/resend/"
    page = ana.get(address).content.decode()
    assert "1 of 1 would go now." in spoken(page)
    once = re.search(r'name="once" value="([^"]*)"', page)
    ana.post(address, {"ids": str(row.pk), "once": once.group(1) if once else ""})
    first, second = log_of(cast)
    assert (second.resend_of_id, second.channel, second.purpose) == (first.pk, "voice", "test")
    assert isinstance(second, Notification)

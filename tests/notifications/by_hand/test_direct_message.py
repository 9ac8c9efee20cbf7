"""A message by hand on its pages: typed, previewed in full, sent once, and found in the log."""

import logging
import re
from datetime import datetime, time, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from members.models import Member
from notifications.operations.direct import VALID_FOR, VALID_ONCE_OPEN, Sent, foresee_direct, send_direct
from tenants.models import AuditDetail, AuditEntry, Tenant
from tenants.scope import platform_scope
from tests.cast import Cast
from tests.notifications.by_hand.conftest import client_of, log_of, may_send, month_of, person, spoken

SECRET_WORDS = "The vault code changed"


def address(*members: Member) -> str:
    return f"/admin/members/member/do/send-message/?ids={','.join(str(member.pk) for member in members)}"


def posted(client: Client, members: list[Member], *, text: str, step: str, page: str = "") -> str:
    """Press a button of the page as it stands, and return the next page, or where it leads."""
    hidden = dict(re.findall(r'name="(once|seen)" value="([^"]*)"', page))
    ids = ",".join(str(member.pk) for member in members)
    answer = client.post(address(*members), {"ids": ids, "text": text, "step": step, **hidden})
    return answer["Location"] if answer.status_code == 302 else answer.content.decode()


@pytest.fixture
def crew(cast: Cast) -> list[Member]:
    """Ben, who gets it, and two who do not."""
    return [cast.ben, person(cast, "Never", "+12065550170", agreed=False), person(cast, "Phoneless")]


def test_it_is_previewed_in_full_then_sent_once_and_found_in_the_log(
    ana: Client, cast: Cast, crew: list[Member]
) -> None:
    may_send(cast, cast.ana, daily=40)
    month_of(cast, notifications=5000)
    page = posted(ana, crew, text="Come to gate 3", step="preview")
    said = spoken(page)
    assert log_of(cast) == []
    assert "Harbor: Come to gate 3" in said
    assert "1 of 3 would go now. 2 would not go." in said
    assert "GSM-7" in said
    assert "Left of the month 5,000 of 5,000; 4,999 after this" in said
    assert "Allowance of Ana today 40 of 40; 39 after this" in said
    assert "1 of 3 would not go: the person never agreed" in said
    assert "Send them an invite" in said
    assert "no phone number for this channel" in said
    log = posted(ana, crew, text="Come to gate 3", step="send", page=page)
    rows = log_of(cast, purpose="direct_message")
    assert [(row.member, row.body, row.sent_by_id) for row in rows] == [
        (member, "Harbor: Come to gate 3", cast.ana.pk) for member in crew
    ]
    told = ana.get(log).content.decode()
    assert "3 messages written to the log. 1 on its way. 2 not sent: each row says why." in spoken(told)
    assert all(member.name in told for member in crew)
    # The same form again, as by a second click, by Back, or in another tab.
    assert posted(ana, crew, text="Come to gate 3", step="send", page=page) == log
    assert len(log_of(cast)) == 3
    assert "sent already, and nothing was sent twice" in spoken(ana.get(log).content.decode())


def test_a_text_that_was_changed_after_its_preview_is_previewed_again_and_nothing_typed_is_lost(
    ana: Client, cast: Cast
) -> None:
    page = posted(ana, [cast.ben], text="Come to gate 3", step="preview")
    page = posted(ana, [cast.ben], text="Come to gate 4", step="send", page=page)
    assert log_of(cast) == []
    assert "changed after its preview" in spoken(page)
    assert "Come to gate 4</textarea>" in page
    posted(ana, [cast.ben], text="Come to gate 4", step="send", page=page)
    assert [row.body for row in log_of(cast)] == ["Harbor: Come to gate 4"]


@pytest.mark.parametrize(("text", "said"), [("", "Write what it should say"), ("x" * 1559, "at most 1558")])
def test_no_text_and_one_that_is_too_long_are_said_at_the_field(ana: Client, cast: Cast, text: str, said: str) -> None:
    page = posted(ana, [cast.ben], text=text, step="send")
    assert log_of(cast) == []
    assert said in page
    assert text in page


def test_each_character_that_costs_the_small_alphabet_is_named_and_replaced_when_asked(ana: Client, cast: Cast) -> None:
    typed = "Pump \u201c3\u201d stopped \u2013 come \U0001f600 " + "x" * 40
    page = posted(ana, [cast.ben], text=typed, step="preview")
    said = spoken(page)
    assert "UCS-2" in said
    assert "SMS segments each 2" in said
    for name, advice in (
        ("left double quotation mark (U+201C)", "Write &quot; instead"),
        ("en dash (U+2013)", "Write - instead"),
        ("grinning face (U+1F600)", "Nothing reads alike"),
    ):
        assert f"{name} {advice}" in said
    page = posted(ana, [cast.ben], text=typed.replace(" \U0001f600", ""), step="plain", page=page)
    assert "Pump &quot;3&quot; stopped - come" in page
    assert "GSM-7" in page
    assert "SMS segments each 1" in spoken(page)
    assert log_of(cast) == []


def test_what_the_allowance_leaves_is_said_and_who_has_none_sends_nothing(ana: Client, cast: Cast) -> None:
    many = [cast.ben, *(person(cast, f"Member {place}", f"+120655501{place}0") for place in (5, 6))]
    may_send(cast, cast.ana, daily=2)
    said = spoken(posted(ana, many, text="Come", step="preview"))
    assert "2 of 3 would go now. 1 would not go." in said
    assert "1 of 3 would not go: the allowance leaves 2 today, of 2." in said
    may_send(cast, cast.ana, daily=0)
    page = posted(ana, many, text="Come", step="preview")
    assert "Nobody would get it" in spoken(page)
    assert "is 0, which means that they cannot send" in spoken(page)
    assert 'value="send"' not in page
    posted(ana, many, text="Come", step="send", page=page)
    assert log_of(cast) == []


def test_whoever_waits_for_the_hours_is_told_with_the_time_in_their_zone(ana: Client, cast: Cast) -> None:
    closed_at = (timezone.now() - timedelta(hours=1)).time().replace(microsecond=0)
    opens = (timezone.now() + timedelta(hours=5)).time().replace(second=0, microsecond=0)
    with platform_scope():
        Tenant.objects.filter(pk=cast.harbor.pk).update(direct_hours_open=opens, direct_hours_close=closed_at)
        Member.objects.filter(pk=cast.ben.pk).update(time_zone="UTC")
    page = posted(ana, [cast.ben], text="Come", step="preview")
    assert "0 of 1 would go now. 1 would wait." in spoken(page)
    assert f"{opens:%H:%M} in UTC" in spoken(page)
    posted(ana, [cast.ben], text="Come", step="send", page=page)
    assert len(log_of(cast)) == 1


def test_it_is_valid_for_a_day_and_for_some_hours_once_it_may_go(cast: Cast) -> None:
    at = datetime.fromisoformat("2026-03-02T12:00:00+00:00")
    with platform_scope():
        Tenant.objects.filter(pk=cast.harbor.pk).update(direct_hours_open=time(11), direct_hours_close=time(12))
        ben = Member.objects.get(pk=cast.ben.pk)
        ben.time_zone = "UTC"
        ben.save()
    sent = send_direct([ben], text="Come", actor=cast.ana, once="a", at=at)
    assert isinstance(sent, Sent)
    (one,) = sent.foreseen
    assert one.ruling.until == at + timedelta(hours=23)
    assert sent.rows[0].expires_at == at + timedelta(hours=23) + VALID_ONCE_OPEN
    soon = send_direct([ben], text="Come", actor=cast.ana, once="b", at=at - timedelta(minutes=30))
    assert isinstance(soon, Sent)
    assert soon.rows[0].expires_at == at - timedelta(minutes=30) + VALID_FOR


def test_what_it_says_is_in_the_log_alone_neither_in_the_audit_nor_in_what_the_portal_logs(
    ana: Client, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    page = posted(ana, [cast.ben], text=SECRET_WORDS, step="preview")
    posted(ana, [cast.ben], text=SECRET_WORDS, step="send", page=page)
    (row,) = log_of(cast)
    with platform_scope():
        entry = AuditEntry.objects.get(code="message.sent")
        details = list(AuditDetail.objects.values_list("data", flat=True))
    assert (entry.subject_id, entry.actor_id) == (row.public_id, cast.ana.pk)
    assert SECRET_WORDS in row.body
    assert SECRET_WORDS not in str(details)
    assert SECRET_WORDS not in caplog.text


def test_viewers_support_and_strangers_find_no_such_page_and_a_foreign_member_is_not_there(
    ana: Client, cast: Cast
) -> None:
    for reader in (cast.vic, cast.sam, cast.cleo):
        client = client_of(reader)
        for path in (address(cast.ben), f"/admin/members/member/{cast.ben.pk}/do/send-message/"):
            assert client.get(path).status_code == 404
            assert client.post(path, {"ids": str(cast.ben.pk), "text": "Come", "step": "send"}).status_code == 404
        assert "Send a message" not in client.get(f"/admin/members/member/{cast.ben.pk}/change/").content.decode()
    assert ana.get(address(cast.ben, cast.ridge_member)).status_code == 404
    assert ana.get(address(cast.ben)).status_code == 200
    assert "Send a message" in ana.get(f"/admin/members/member/{cast.ben.pk}/change/").content.decode()
    assert log_of(cast) == []


def test_a_preview_of_many_costs_as_many_queries_as_one_of_few(cast: Cast) -> None:
    many = [cast.ben, *(person(cast, f"Member {place}", f"+1206555{place:04}") for place in range(200, 212))]
    counts = []
    for people in (many[:2], many):
        with platform_scope():
            fresh = list(Member.objects.filter(pk__in=[member.pk for member in people]))
        with CaptureQueriesContext(connection) as queries:
            found = foresee_direct(fresh, text="Come", actor=cast.ana, at=timezone.now())
        assert all(one.goes for one in found)
        counts.append(len(queries))
    assert counts[0] == counts[1]

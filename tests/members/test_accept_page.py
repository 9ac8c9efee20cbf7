"""The accept page: who becomes what, and what the ledger then says."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from members.consent.choices import Channel
from members.consent.disclosure import disclosure
from members.consent.standing import StandingState
from members.models import ConsentEvent, Invite, Member, Phone
from members.operations import resend_invite, revoke_invite
from members.queries import standing_of, suppressions_of
from tenants.models import AuditEntry, Membership, Role, User
from tenants.scope import tenant_scope
from tests.cast import BEN_NUMBER, PASSWORD, Cast, add_member
from tests.consenting import proved
from tests.members.invited import GOOD, LANDLINE, NEW_NUMBER, Page, text
from tests.members.stories import stops

Ledger = Callable[[], list[ConsentEvent]]


@pytest.fixture
def page(client: Client, cast: Cast) -> Page:
    return Page(client, cast)


@pytest.mark.row(15)
@pytest.mark.parametrize("channel", ["sms", "voice"])
def test_a_ticked_box_records_who_when_on_what_wording_from_where_and_for_which_number(
    page: Page, cast: Cast, ledger: Ledger, channel: str
) -> None:
    words = re.search(rf'id="{channel}_consent_words">(.*?)</p>', page.shown(), re.DOTALL)
    assert words is not None
    before = timezone.now()
    page.client.post(
        page.url,
        {"name": "Nora", "password": GOOD, "number": NEW_NUMBER, **page.ticks(channel)},
        REMOTE_ADDR="192.0.2.55",
        headers={"user-agent": "Nora's browser"},
    )
    event, other = sorted(ledger(), key=lambda line: line.act != "grant")
    user = User.objects.get(email="nora@harbor.example")
    with tenant_scope(cast.harbor.pk):
        member = page.member()
        phone = member.phones.get()
        assert AuditEntry.objects.filter(code="consent.given", subject_id=event.public_id, actor_id=user.pk).exists()
    assert (event.act, event.channel, event.reach) == ("grant", channel, "tenant")
    assert (other.act, {other.channel, channel}) == ("decline", {"sms", "voice"})
    assert (event.tenant_id, event.member_id, event.actor_id) == (cast.harbor.pk, member.pk, user.pk)
    assert event.number == phone.number == NEW_NUMBER
    assert before <= event.effective_at <= event.recorded_at <= timezone.now()
    assert event.disclosure_text == re.sub(r"<[^>]+>", "", words[1])
    assert event.disclosure_version == f"{channel}-2026-11-a"
    assert event.detail.data["ip"] == "192.0.2.55"
    assert event.detail.data["user_agent"] == "Nora's browser"
    assert event.detail.data["invite"] == page.invite.public_id
    assert page.state(channel) is StandingState.PENDING
    proved(member, tenant=cast.harbor, number=NEW_NUMBER, at=timezone.now())
    assert page.state(channel) is StandingState.OPTED_IN
    assert page.state(other.channel) is StandingState.DECLINED


def test_each_box_stands_beside_the_whole_of_its_wording(page: Page, cast: Cast, settings: Any) -> None:
    html = page.shown()
    channels: tuple[Channel, ...] = ("sms", "voice")
    for channel in channels:
        whole = disclosure("Harbor", channel=channel, support_contact="", public_url=settings.PUBLIC_URL)
        words = re.search(rf'id="{channel}_consent_words">(.*?)</p>', html, re.DOTALL)
        assert words is not None
        assert re.sub(r"<[^>]+>", "", words[1]) == whole.text


@pytest.mark.case("I1")
def test_unticked_boxes_leave_an_active_member_who_never_consented(page: Page, cast: Cast, ledger: Ledger) -> None:
    assert "left it unticked" in text(page.send(number=NEW_NUMBER))
    with tenant_scope(cast.harbor.pk):
        assert page.member().is_active
    assert page.client.login(username="nora@harbor.example", password=GOOD)
    assert [(line.act, line.channel) for line in ledger()] == [("decline", "sms"), ("decline", "voice")]
    assert page.state() is page.state("voice") is StandingState.DECLINED


def test_without_a_number_the_person_joins_and_the_ledger_stays_empty(page: Page, ledger: Ledger) -> None:
    assert "nobody texts or calls you" in text(page.send())
    assert ledger() == []
    assert page.state() is None


@pytest.mark.case("I2")
@pytest.mark.parametrize("injected", ["on", "true", "1", "sms-2026-11-a"])
def test_an_injected_value_is_no_tick(page: Page, ledger: Ledger, injected: str) -> None:
    page.send(number=NEW_NUMBER, sms_consent=injected, voice_consent=injected)
    assert [line.act for line in ledger()] == ["decline", "decline"]
    assert page.state() is page.state("voice") is StandingState.DECLINED


@pytest.mark.case("I2")
def test_the_tick_of_one_box_ticks_no_other(page: Page, ledger: Ledger) -> None:
    text_tick = page.tick("sms")
    refused = page.send(number=NEW_NUMBER, voice_consent=text_tick)
    assert "wording beside this box has changed" in text(refused)
    assert ledger() == []


@pytest.mark.case("I2")
def test_the_boxes_are_unticked_in_every_rendering(page: Page) -> None:
    tick = page.tick()
    renderings = [
        page.shown(),
        page.client.get(page.url + "&sms_consent=on").content.decode(),
        page.send(number="8605558312", sms_consent=tick).content.decode(),
        page.send(password="short", number=NEW_NUMBER, sms_consent="on").content.decode(),
        page.send(use_number=NEW_NUMBER, sms_consent=tick).content.decode(),
    ]
    for html in renderings:
        boxes = re.findall(r"<input[^>]*checkbox[^>]*>", html)
        assert len(boxes) == 2
        assert not any("checked" in box for box in boxes)
    assert not User.objects.filter(email="nora@harbor.example").exists()


@pytest.mark.case("I3")
def test_a_tick_beside_older_wording_is_not_taken_and_the_old_record_keeps_its_words(
    page: Page, cast: Cast, client: Client, ledger: Ledger
) -> None:
    other = Page(client, cast, email="otto@harbor.example", name="Otto")
    old_tick = other.tick()
    page.send(number=NEW_NUMBER, sms_consent=old_tick)
    kept = ledger()[0]
    with tenant_scope(cast.harbor.pk):
        cast.harbor.name = "Harbor Works"
        cast.harbor.save()
    refused = other.send(name="Otto", number="+18605558313", sms_consent=old_tick)
    assert not User.objects.filter(email="otto@harbor.example").exists()
    assert "wording beside this box has changed" in text(refused)
    other.send(name="Otto", number="+18605558313", sms_consent=other.tick())
    first, second = (line for line in ledger() if line.act == "grant")
    assert (first.disclosure_text, bytes(first.disclosure_digest or b"")) == (
        kept.disclosure_text,
        bytes(kept.disclosure_digest or b""),
    )
    assert "from Harbor," in first.disclosure_text
    assert "from Harbor Works," in second.disclosure_text
    assert first.disclosure_digest != second.disclosure_digest


@pytest.mark.parametrize(
    ("ticked", "says"),
    [
        (["sms"], "To get text messages, enter your mobile number, or leave the box unticked."),
        (["voice"], "To get calls, enter your phone number, or leave the box unticked."),
        (["sms", "voice"], "To get text messages and calls, enter your mobile number, or leave the boxes unticked."),
    ],
)
def test_a_tick_without_a_number_is_an_error_at_the_number(page: Page, ticked: list[str], says: str) -> None:
    html = text(page.send(**page.ticks(*ticked)))
    assert re.search(rf'id="id_number_errors"><li>{re.escape(says)}', html)
    assert not User.objects.filter(email="nora@harbor.example").exists()


@pytest.mark.case("I13")
def test_a_landline_gets_calls_and_no_texts(page: Page, ledger: Ledger) -> None:
    refused = text(page.send(number=LANDLINE, **page.ticks("sms", "voice")))
    assert "landlines cannot get text messages" in refused
    assert "calls can go to this number" in refused
    assert ledger() == []
    page.send(number=LANDLINE, **page.ticks("voice"))
    assert [(line.act, line.channel) for line in ledger()] == [("decline", "sms"), ("grant", "voice")]


@pytest.mark.case("I13")
def test_what_an_administrator_knows_of_the_line_outweighs_its_range(client: Client, cast: Cast) -> None:
    page = Page(client, cast, email="ben@harbor.example", name="Ben", member=cast.ben)
    with tenant_scope(cast.harbor.pk):
        Phone.objects.update(line_type="landline")
    assert "is a landline" in text(page.send(number=BEN_NUMBER, **page.ticks("sms")))
    with tenant_scope(cast.harbor.pk):
        Phone.objects.update(sms_capability="yes")
    page.send(number=BEN_NUMBER, **page.ticks("sms"))
    with tenant_scope(cast.harbor.pk):
        found = standing_of(cast.ben, channel="sms", at=timezone.now())
    assert found is not None
    assert found.state is StandingState.PENDING


@pytest.mark.case("I4")
def test_a_link_works_once(page: Page, ledger: Ledger) -> None:
    tick = page.tick()
    assert page.send(number=NEW_NUMBER, sms_consent=tick).status_code == 200
    page.client.cookies.clear()
    again = page.send(number=NEW_NUMBER, sms_consent=tick)
    assert again.status_code == 410
    assert "has been used" in text(again)
    assert "has been used" in page.client.get(page.url).content.decode()
    assert [line.act for line in ledger()] == ["grant", "decline"]


@pytest.mark.case("I4")
def test_expired_revoked_and_unknown_links_say_so_and_write_nothing(page: Page, cast: Cast, ledger: Ledger) -> None:
    tick = page.tick()
    with tenant_scope(cast.harbor.pk):
        Invite.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    expired = page.send(number=NEW_NUMBER, sms_consent=tick)
    assert (expired.status_code, "has expired" in text(expired)) == (410, True)
    with tenant_scope(cast.harbor.pk):
        assert isinstance(resend_invite(page.invite, actor=cast.ana, at=timezone.now()), str)
    replaced = page.send(number=NEW_NUMBER, sms_consent=tick)
    assert replaced.status_code == 404
    other = Page(page.client, cast, email="otto@harbor.example")
    with tenant_scope(cast.harbor.pk):
        revoke_invite(other.invite, actor=cast.ana, at=timezone.now())
    revoked = other.send(number=NEW_NUMBER, sms_consent=tick)
    assert (revoked.status_code, "was taken back" in text(revoked)) == (410, True)
    for token in ("", "inv_" + "x" * 32, "x" * 5000):
        assert page.client.get(f"/invite/accept?token={token}").status_code == 404
    assert ledger() == []
    for answer in (expired, replaced, revoked):
        assert "@" not in text(answer)


def test_an_existing_login_is_signed_in_to_and_its_password_stays(client: Client, cast: Cast) -> None:
    page = Page(client, cast, email="cleo@ridge.example", name="Cleo")
    before = User.objects.get(pk=cast.cleo.pk).password
    refused = page.send(name="Cleo", password=GOOD)
    assert "This password was not accepted" in text(refused)
    with tenant_scope(cast.harbor.pk):
        assert not Membership.objects.filter(user=cast.cleo).exists()
    assert page.send(name="Cleo", password=PASSWORD).status_code == 200
    with tenant_scope(cast.harbor.pk):
        assert Membership.objects.get(user=cast.cleo).role == Role.MEMBER
        assert Member.objects.get(user=cast.cleo).name == "Cleo"
    assert User.objects.get(pk=cast.cleo.pk).password == before


def test_a_new_password_must_pass_the_validators(page: Page) -> None:
    assert "too short" in text(page.send(password="short"))
    assert "too common" in text(page.send(password="password123"))
    assert page.send(password=GOOD).status_code == 200
    assert page.client.login(username="nora@harbor.example", password=GOOD)


def test_an_invite_takes_no_role_away(client: Client, cast: Cast) -> None:
    page = Page(client, cast, email="ana@harbor.example", name="Ana", role=Role.VIEWER)
    page.send(name="Ana", password=PASSWORD)
    with tenant_scope(cast.harbor.pk):
        assert Membership.objects.get(user=cast.ana).role == Role.ADMIN


def test_an_invite_of_a_member_links_that_member_and_shows_their_number(client: Client, cast: Cast) -> None:
    page = Page(client, cast, email="ben@harbor.example", name="Ben", member=cast.ben)
    assert f'value="{BEN_NUMBER}"' in page.shown()
    page.send(name="Ben B.", number=BEN_NUMBER, sms_consent=page.tick())
    with tenant_scope(cast.harbor.pk):
        ben = Member.objects.get(pk=cast.ben.pk)
        assert (ben.name, ben.user and ben.user.email) == ("Ben B.", "ben@harbor.example")
        assert Phone.objects.filter(member=ben).count() == 1
        assert Member.objects.count() == 1


def test_an_invite_of_a_member_whom_another_login_became_is_refused(client: Client, cast: Cast) -> None:
    page = Page(client, cast, email="ben@harbor.example", name="Ben", member=cast.ben)
    with tenant_scope(cast.harbor.pk):
        Member.objects.filter(pk=cast.ben.pk).update(user=cast.vic)
    assert page.send().status_code == 409
    assert not User.objects.filter(email="ben@harbor.example").exists()


def test_a_tick_for_an_opted_out_number_counts_once_it_is_proved_and_lifts_the_opt_out_for_nobody_else(
    page: Page, cast: Cast, ledger: Ledger
) -> None:
    stops(at=timezone.now(), number=NEW_NUMBER)
    assert page.send(number=NEW_NUMBER, sms_consent=page.tick()).status_code == 200
    assert [line.act for line in ledger()] == ["revoke", "grant", "decline"]
    assert page.state() is StandingState.PENDING
    with tenant_scope(cast.harbor.pk):
        nora = page.member()
        other = add_member(cast.harbor, name="Otto", number=NEW_NUMBER)
        assert set(suppressions_of([NEW_NUMBER])) == {NEW_NUMBER}
    proved(nora, tenant=cast.harbor, number=NEW_NUMBER, at=timezone.now())
    assert page.state() is StandingState.OPTED_IN
    with tenant_scope(cast.harbor.pk):
        found = standing_of(other, channel="sms", at=timezone.now())
        assert found is not None
        assert found.state is StandingState.OPTED_OUT
        assert set(suppressions_of([NEW_NUMBER])) == {NEW_NUMBER}


def test_an_unticked_box_for_an_opted_out_number_leaves_it_opted_out(page: Page) -> None:
    stops(at=timezone.now(), number=NEW_NUMBER)
    assert page.send(number=NEW_NUMBER).status_code == 200
    assert page.state() is StandingState.OPTED_OUT


def test_no_other_tenant_is_touched(page: Page, cast: Cast) -> None:
    page.send(number=NEW_NUMBER, sms_consent=page.tick())
    with tenant_scope(cast.ridge.pk):
        assert Member.objects.count() == 1
        assert not Invite.objects.exists()
        assert not ConsentEvent.objects.exists()


def test_a_post_without_the_csrf_token_is_refused(cast: Cast) -> None:
    page = Page(Client(enforce_csrf_checks=True), cast)
    assert page.send().status_code == 403
    assert not User.objects.filter(email="nora@harbor.example").exists()

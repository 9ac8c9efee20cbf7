"""The accept page: who becomes what, and what the ledger then says."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from members.consent.standing import StandingState
from members.models import ConsentEvent, Invite, Member, Phone
from members.operations import invite, resend_invite, revoke_invite
from members.queries import standing_of, suppressions_of
from tenants.models import AuditEntry, Membership, Role, User
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, PASSWORD, Cast, add_member
from tests.consenting import proved
from tests.members.stories import stops

Ledger = Callable[[], list[ConsentEvent]]
NEW_NUMBER = "+18605558312"
GOOD = "correct horse battery"


class Page:
    """One invite's page as its person meets it."""

    def __init__(self, client: Client, cast: Cast, **invited: Any) -> None:
        self.client = client
        self.cast = cast
        options = {"email": "nora@harbor.example", "name": "Nora", "role": Role.MEMBER, "member": None, **invited}
        with tenant_scope(cast.harbor.pk):
            self.invite, token = invite(tenant=cast.harbor, actor=cast.ana, at=timezone.now(), **options)
        self.url = f"/invite/accept?token={token}"

    def shown(self) -> str:
        response = self.client.get(self.url)
        assert response.status_code == 200
        return response.content.decode()

    def tick(self) -> str:
        """What the browser posts for a ticked box."""
        found = re.search(r'<input[^>]*name="sms_consent" value="([^"]*)"', self.shown())
        assert found is not None
        return found[1]

    def send(self, **fields: str) -> HttpResponse:
        return self.client.post(self.url, {"name": "Nora", "password": GOOD, "number": "", **fields})  # type: ignore[return-value]

    def member(self) -> Member:
        return Member.objects.get(user__email="nora@harbor.example")

    def state(self) -> StandingState | None:
        with tenant_scope(self.cast.harbor.pk):
            found = standing_of(self.member(), channel="sms", at=timezone.now())
            return found.state if found else None


@pytest.fixture
def page(client: Client, cast: Cast) -> Page:
    return Page(client, cast)


def text(response: HttpResponse) -> str:
    return response.content.decode().replace("&#x27;", "'")


@pytest.mark.row(15)
def test_a_ticked_box_records_who_when_on_what_wording_from_where_and_for_which_number(
    page: Page, cast: Cast, ledger: Ledger
) -> None:
    words = re.search(r'id="sms_consent_words">(.*?)</p>', page.shown(), re.DOTALL)
    assert words is not None
    before = timezone.now()
    response = page.client.post(
        page.url,
        {"name": "Nora", "password": GOOD, "number": NEW_NUMBER, "sms_consent": page.tick()},
        REMOTE_ADDR="192.0.2.55",
        headers={"user-agent": "Nora's browser"},
    )
    assert "You agreed on" in text(response)  # type: ignore[arg-type]
    assert "reply STOP" in text(response)  # type: ignore[arg-type]
    (event,) = ledger()
    user = User.objects.get(email="nora@harbor.example")
    with tenant_scope(cast.harbor.pk):
        member = page.member()
        phone = member.phones.get()
        assert AuditEntry.objects.filter(code="consent.given", subject_id=event.public_id, actor_id=user.pk).exists()
    assert (event.act, event.channel, event.reach) == ("grant", "sms", "tenant")
    assert (event.tenant_id, event.member_id, event.actor_id) == (cast.harbor.pk, member.pk, user.pk)
    assert event.number == phone.number == NEW_NUMBER
    assert before <= event.effective_at <= event.recorded_at <= timezone.now()
    assert event.disclosure_text == re.sub(r"<[^>]+>", "", words[1])
    assert event.disclosure_version == "sms-2026-11-a"
    assert event.detail.data["ip"] == "192.0.2.55"
    assert event.detail.data["user_agent"] == "Nora's browser"
    assert event.detail.data["invite"] == page.invite.public_id
    assert page.state() is StandingState.PENDING
    proved(member, tenant=cast.harbor, number=NEW_NUMBER, at=timezone.now())
    assert page.state() is StandingState.OPTED_IN


@pytest.mark.case("I1")
def test_an_unticked_box_leaves_an_active_member_who_never_consented(page: Page, cast: Cast, ledger: Ledger) -> None:
    assert "left the box unticked" in text(page.send(number=NEW_NUMBER))
    with tenant_scope(cast.harbor.pk):
        assert page.member().is_active
    assert [line.act for line in ledger()] == ["decline"]
    assert page.state() is StandingState.DECLINED


def test_without_a_number_the_person_joins_and_the_ledger_stays_empty(page: Page, ledger: Ledger) -> None:
    assert "nobody will text you" in text(page.send())
    assert ledger() == []
    assert page.state() is None


@pytest.mark.case("I2")
@pytest.mark.parametrize("injected", ["on", "true", "1", "sms-2026-11-a"])
def test_an_injected_value_is_no_tick(page: Page, ledger: Ledger, injected: str) -> None:
    page.send(number=NEW_NUMBER, sms_consent=injected)
    assert [line.act for line in ledger()] == ["decline"]
    assert page.state() is StandingState.DECLINED


@pytest.mark.case("I2")
def test_the_box_is_unticked_in_every_rendering(page: Page) -> None:
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
        assert len(boxes) == 1
        assert "checked" not in boxes[0]
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
    assert "wording beside the box has changed" in text(refused)
    other.send(name="Otto", number="+18605558313", sms_consent=other.tick())
    first, second = ledger()
    assert (first.disclosure_text, bytes(first.disclosure_digest or b"")) == (
        kept.disclosure_text,
        bytes(kept.disclosure_digest or b""),
    )
    assert "from Harbor," in first.disclosure_text
    assert "from Harbor Works," in second.disclosure_text
    assert first.disclosure_digest != second.disclosure_digest


def test_a_tick_without_a_number_is_a_clear_error(page: Page) -> None:
    assert "enter your mobile number, or leave the box unticked" in text(page.send(sms_consent=page.tick()))
    assert not User.objects.filter(email="nora@harbor.example").exists()


@pytest.mark.case("I4")
def test_a_link_works_once(page: Page, ledger: Ledger) -> None:
    tick = page.tick()
    assert page.send(number=NEW_NUMBER, sms_consent=tick).status_code == 200
    again = page.send(number=NEW_NUMBER, sms_consent=tick)
    assert again.status_code == 410
    assert "has been used" in text(again)
    assert "has been used" in page.client.get(page.url).content.decode()
    assert [line.act for line in ledger()] == ["grant"]


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
    assert [line.act for line in ledger()] == ["revoke", "grant"]
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


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("(860) 555-8312", ["does not start with +", "parentheses", "spaces", "dashes"]),
        ("8605558312", ["does not start with +", "no country code"]),
        ("1-860-555-8312", ["does not start with +", "dashes"]),
        ("+1860\u00a05558312", ["cannot be seen"]),
    ],
)
def test_every_defect_of_a_number_is_named_and_the_corrected_one_is_offered_not_applied(
    page: Page, written: str, named: list[str]
) -> None:
    response = page.send(number=written)
    for words in named:
        assert words in text(response)
    assert "Did you mean <strong>+18605558312</strong>?" in text(response)
    assert f'value="{written}"' in text(response)
    assert not User.objects.filter(email="nora@harbor.example").exists()


def test_the_offer_fills_the_field_and_saves_nothing(page: Page) -> None:
    response = page.send(number="8605558312", use_number=NEW_NUMBER)
    assert f'name="number" value="{NEW_NUMBER}"' in text(response)
    assert 'name="name" value="Nora"' in text(response)
    assert GOOD not in text(response)
    assert not User.objects.filter(email="nora@harbor.example").exists()
    assert 'name="number" value=""' in text(page.send(use_number="<b>nonsense"))


def test_enter_never_takes_the_offer(page: Page) -> None:
    html = text(page.send(number="8605558312"))
    buttons = re.findall(r"<button[^>]*>", html)
    assert "use_number" in html
    assert "name=" not in buttons[0]


@pytest.mark.row(5)
@pytest.mark.parametrize("written", ["+18605558312x123", "+18605558312;ext=123", "+18605558312,123"])
def test_an_extension_is_refused_and_named(page: Page, written: str) -> None:
    assert "It has an extension, and an extension cannot be paged by SMS or call." in text(page.send(number=written))
    with platform_scope():
        assert not Phone.objects.filter(number__startswith="+1860").exists()
    assert page.send(number=NEW_NUMBER).status_code == 200
    with platform_scope():
        assert Phone.objects.filter(number=NEW_NUMBER).exists()


def test_errors_are_tied_to_their_fields(page: Page) -> None:
    html = text(page.send(number="8605558312"))
    assert 'aria-invalid="true" aria-describedby="id_number_errors id_number_help"' in html
    assert 'id="id_number_errors"' in html


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

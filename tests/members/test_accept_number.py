"""After the accept page: the number is proved, corrected or left for later, by nobody but who has just accepted."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from members.consent.codes import take_text
from members.consent.standing import StandingState
from members.models import ConsentEvent, Member, NumberCode, Phone
from members.queries import suppressions_of
from notifications.models import Notification
from tenants.scope import platform_scope, tenant_scope
from tests.cast import SENDER_NUMBER, Cast
from tests.members.invited import GOOD, LANDLINE, NEW_NUMBER, Page, text, texted_code, texts, wrong
from tests.members.stories import stops

Ledger = Callable[[], list[ConsentEvent]]
OTHER_NUMBER = "+18605558313"


@pytest.fixture
def page(client: Client, cast: Cast) -> Page:
    return Page(client, cast)


@pytest.fixture
def joined(page: Page) -> Page:
    """Nora, who ticked the box for texts and is asked for the code."""
    html = text(page.send(number=NEW_NUMBER, **page.ticks("sms")))
    assert "Enter the code from our text" in html
    return page


def shown(page: Page, path: str = "/invite/number") -> str:
    return text(page.client.get(path, follow=True))  # type: ignore[arg-type]


def test_the_code_that_was_texted_makes_the_tick_count(joined: Page) -> None:
    refused = joined.enter(wrong(texted_code(NEW_NUMBER)))
    assert "This is not the code" in text(refused)
    assert "4 tries are left" in text(refused)
    assert joined.state() is StandingState.PENDING
    done = joined.enter(texted_code(NEW_NUMBER))
    assert "You agreed" in text(done)
    assert "reply STOP" in text(done)
    assert joined.state() is StandingState.OPTED_IN


@pytest.mark.case("I5")
def test_one_confirmation_says_all_that_it_must(joined: Page) -> None:
    joined.enter(texted_code(NEW_NUMBER))
    (row,) = texts(NEW_NUMBER, purpose="consent_confirmation")
    for words in ("Harbor", "IMES", "recurring", "frequency varies", "Msg & data rates may apply", "HELP", "STOP"):
        assert words in row.body
    joined.client.get("/invite/done")
    assert len(texts(NEW_NUMBER, purpose="consent_confirmation")) == 1


def test_the_confirmation_of_a_tenant_with_the_longest_name_still_says_how_to_stop(client: Client, cast: Cast) -> None:
    with tenant_scope(cast.harbor.pk):
        cast.harbor.name = "H" * 120
        cast.harbor.support_email = f"{'h' * 60}@{'a' * 60}.example"
        cast.harbor.save()
    page = Page(client, cast)
    page.send(number=NEW_NUMBER, **page.ticks("sms"))
    page.enter(texted_code(NEW_NUMBER))
    body = texts(NEW_NUMBER, purpose="consent_confirmation")[0].body
    assert body.endswith("STOP to opt out.")
    assert cast.harbor.support_email in body


def test_calls_alone_are_proved_by_a_text_and_confirmed_by_none(page: Page) -> None:
    page.send(number=NEW_NUMBER, **page.ticks("voice"))
    page.enter(texted_code(NEW_NUMBER))
    assert (page.state("voice"), page.state()) == (StandingState.OPTED_IN, StandingState.DECLINED)
    assert texts(NEW_NUMBER, purpose="consent_confirmation") == []


def test_without_a_tick_nothing_is_texted_and_nothing_is_asked(page: Page) -> None:
    html = text(page.send(number=NEW_NUMBER))
    assert "Welcome to Harbor" in html
    assert texts(NEW_NUMBER) == []
    assert "Welcome to Harbor" in shown(page)


def test_five_wrong_tries_end_the_code_and_a_new_one_is_offered(joined: Page) -> None:
    digits = texted_code(NEW_NUMBER)
    for _ in range(5):
        answer = joined.enter(wrong(digits))
    assert "does not count any more" in text(answer)
    assert "Text me a code" in text(answer)
    assert "does not count any more" in text(joined.enter(digits))
    assert joined.state() is StandingState.PENDING


def test_a_wrong_try_is_counted_even_where_the_page_then_breaks(joined: Page, settings: Any) -> None:
    digits = texted_code(NEW_NUMBER)
    joined.client.raise_request_exception = False
    settings.ROOT_URLCONF = "tests.members.without_pages"
    assert joined.client.post("/invite/number", {"digits": wrong(digits)}).status_code == 500
    with platform_scope():
        assert NumberCode.objects.get(number=NEW_NUMBER).tries == 1


def test_a_new_code_is_to_be_had_after_a_minute_and_the_page_says_when(joined: Page) -> None:
    first = texted_code(NEW_NUMBER)
    refused = joined.client.post("/invite/number/again")
    assert refused.status_code == 429
    assert "less than a minute ago. You can ask for a new one at" in text(refused)  # type: ignore[arg-type]
    assert re.search(r'data-wait="[1-6]?[0-9]"', text(refused))  # type: ignore[arg-type]
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert joined.client.post("/invite/number/again").status_code == 302
        assert 'data-wait="0"' not in shown(joined)
        second = texted_code(NEW_NUMBER)
        assert len(texts(NEW_NUMBER, purpose="verification_code")) == 2
        if first != second:
            assert "This is not the code" in text(joined.enter(first))
        joined.enter(second)
    with time_machine.travel(timezone.now() + timedelta(seconds=62)):
        assert joined.state() is StandingState.OPTED_IN


def test_the_used_link_leads_on_in_the_browser_that_accepted_and_nowhere_else(joined: Page) -> None:
    assert "Enter the code from our text" in shown(joined, joined.url)
    other = Client()
    assert other.get(joined.url).status_code == 410
    for path in ("/invite/number", "/invite/done", "/invite/number/state", "/invite/number/change"):
        answer = other.get(path)
        assert answer.status_code == 410
        assert NEW_NUMBER not in answer.content.decode()
        assert "nora" not in answer.content.decode().lower()
    assert other.post("/invite/number", {"digits": texted_code(NEW_NUMBER)}).status_code == 410
    assert joined.state() is StandingState.PENDING


def test_a_changed_cookie_opens_nothing(joined: Page, cast: Cast) -> None:
    cookie = joined.client.cookies["imes_invite"].value
    assert NEW_NUMBER not in cookie
    assert texted_code(NEW_NUMBER) not in cookie
    other = Page(Client(), cast, email="otto@harbor.example", name="Otto")
    other.send(name="Otto", number=OTHER_NUMBER, **other.ticks("sms"))
    for forged in (cookie.replace(joined.invite.public_id, other.invite.public_id), cookie[:-1], "", "x:y:z"):
        stranger = Client()
        stranger.cookies["imes_invite"] = forged
        assert stranger.get("/invite/number").status_code == 410


def test_the_way_in_closes_after_an_hour(joined: Page) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=59)):
        assert joined.client.get("/invite/number").status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert "This page has closed" in shown(joined)


@pytest.mark.parametrize("what", ["member", "login"])
def test_who_has_left_comes_in_no_more(joined: Page, cast: Cast, what: str) -> None:
    with tenant_scope(cast.harbor.pk):
        if what == "member":
            Member.objects.filter(pk=joined.member().pk).update(is_active=False)
        else:
            Member.objects.filter(pk=joined.member().pk).update(user=cast.vic)
    assert joined.client.get("/invite/number").status_code == 410


def test_the_cookie_is_for_these_pages_and_no_script(joined: Page) -> None:
    cookie = joined.client.cookies["imes_invite"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/invite", True, "Lax")


def test_a_suppressed_number_is_asked_to_text_us_and_the_page_notices(page: Page, ledger: Ledger) -> None:
    stops(at=timezone.now(), number=NEW_NUMBER)
    html = text(page.send(number=NEW_NUMBER, **page.ticks("sms")))
    assert texts(NEW_NUMBER) == []
    found = re.search(r'<strong class="digits">(\d{6})</strong>', html)
    assert found is not None
    assert SENDER_NUMBER in html
    assert "It lifts nothing else" in html
    assert "once you text <strong>START</strong> to" in html
    assert found[1] in shown(page), "the page can be opened again"
    assert page.client.get("/invite/number/state").json()["stage"] == "text"
    with platform_scope():
        assert take_text(NEW_NUMBER, digits=found[1], at=timezone.now()) is not None
    assert page.client.get("/invite/number/state").json()["stage"] == "done"
    done = shown(page)
    assert "Text messages may not reach you yet" in done
    assert page.state() is StandingState.OPTED_IN
    with tenant_scope(page.cast.harbor.pk):
        assert set(suppressions_of([NEW_NUMBER])) == {NEW_NUMBER}


@pytest.mark.case("I8")
def test_who_gets_a_number_whose_earlier_owner_opted_out_is_opted_out_until_they_agree_and_prove(
    page: Page, client: Client, cast: Cast
) -> None:
    stops(at=timezone.now(), number=NEW_NUMBER)
    page.send(number=NEW_NUMBER)
    assert page.state() is StandingState.OPTED_OUT
    again = Page(client, cast)
    html = text(again.send(number=NEW_NUMBER, **again.ticks("sms")))
    assert again.state() is StandingState.PENDING
    digits = re.search(r'<strong class="digits">(\d{6})</strong>', html)
    assert digits is not None
    with platform_scope():
        take_text(NEW_NUMBER, digits=digits[1], at=timezone.now())
    assert again.state() is StandingState.OPTED_IN
    assert "text <strong>start</strong> to" in shown(again).lower(), "the provider's own block is told"


@pytest.mark.case("I13")
def test_a_landline_is_texted_nothing_and_told_what_can_be_done(page: Page) -> None:
    html = text(page.send(number=LANDLINE, **page.ticks("voice")))
    assert "a code cannot be texted to it" in html
    assert "record your consent from a signed form" in html
    assert texts(LANDLINE) == []
    assert page.state("voice") is StandingState.PENDING


def test_a_mistyped_number_is_put_right_with_the_boxes_anew(joined: Page, cast: Cast, ledger: Ledger) -> None:
    old_digits = texted_code(NEW_NUMBER)
    html = shown(joined, "/invite/number/change")
    assert "checked" not in html
    value = re.search(r'name="sms_consent" value="([^"]*)"', html)
    assert value is not None
    answer = joined.client.post("/invite/number/change", {"number": OTHER_NUMBER, "sms_consent": value[1]}, follow=True)
    assert OTHER_NUMBER in text(answer)  # type: ignore[arg-type]
    assert texts(NEW_NUMBER)[-1].status == "expired"
    if old_digits != texted_code(OTHER_NUMBER):
        assert "This is not the code" in text(joined.enter(old_digits))
    done = joined.enter(texted_code(OTHER_NUMBER))
    assert "An administrator" not in text(done)
    assert joined.state() is StandingState.OPTED_IN
    with tenant_scope(cast.harbor.pk):
        assert [phone.number for phone in Phone.objects.filter(member=joined.member())] == [OTHER_NUMBER]
    acts = [(line.act, line.number) for line in ledger() if line.channel != "voice"]
    assert acts == [
        ("grant", NEW_NUMBER),
        ("stale", NEW_NUMBER),
        ("grant", OTHER_NUMBER),
        ("prove", OTHER_NUMBER),
    ]


def test_a_corrected_number_without_a_tick_is_no_consent(joined: Page) -> None:
    joined.client.post("/invite/number/change", {"number": OTHER_NUMBER}, follow=True)
    assert joined.state() is StandingState.DECLINED
    assert texts(OTHER_NUMBER) == []


@pytest.mark.parametrize("number", ["", "8605558313", LANDLINE])
def test_a_correction_that_is_no_number_for_it_changes_nothing(joined: Page, number: str, ledger: Ledger) -> None:
    before = len(ledger())
    html = text(
        joined.client.post("/invite/number/change", {"number": number, **joined_ticks(joined)})  # type: ignore[arg-type]
    )
    assert 'id="id_number_errors"' in html
    assert len(ledger()) == before


def joined_ticks(page: Page) -> dict[str, str]:
    found = re.search(r'name="sms_consent" value="([^"]*)"', shown(page, "/invite/number/change"))
    assert found is not None
    return {"sms_consent": found[1]}


def test_a_number_that_is_proved_is_not_corrected_here(joined: Page) -> None:
    joined.enter(texted_code(NEW_NUMBER))
    assert "Welcome to Harbor" in shown(joined, "/invite/number/change")
    joined.client.post("/invite/number/change", {"number": OTHER_NUMBER}, follow=True)
    assert joined.state() is StandingState.OPTED_IN


def test_later_says_what_it_means(joined: Page) -> None:
    html = shown(joined, "/invite/done")
    assert "Until then Harbor neither texts nor calls you" in html
    assert joined.client.login(username="nora@harbor.example", password=GOOD)


def test_a_code_that_could_not_be_sent_is_told_in_words(joined: Page, cast: Cast) -> None:
    assert "on its way" in shown(joined)
    with platform_scope():
        Notification.objects.filter(number=NEW_NUMBER).update(
            status="failed", reason="twilio-30006", reason_text="The number is a landline."
        )
    html = shown(joined)
    assert "The code did not get through. The number is a landline." in html
    assert joined.client.get("/invite/number/state").json()["news"] == "lost"


def test_posts_need_the_csrf_token(cast: Cast) -> None:
    page = Page(Client(), cast)
    page.send(number=NEW_NUMBER, **page.ticks("sms"))
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = page.client.cookies
    for path in ("/invite/number", "/invite/number/again", "/invite/number/change"):
        assert strict.post(path, {"digits": texted_code(NEW_NUMBER)}).status_code == 403
    assert page.state() is StandingState.PENDING


def test_codes_are_asked_for_by_post_alone(joined: Page) -> None:
    assert joined.client.get("/invite/number/again").status_code == 405
    assert len(texts(NEW_NUMBER)) == 1

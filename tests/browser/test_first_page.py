"""The README's first three minutes in a real Chromium: invite, tick, code, fire, SMS, reply, Acknowledged, diagnose."""

import json
import re
import urllib.request
from typing import TYPE_CHECKING

import pytest

from notifications.management.commands.seed_demo import HOOK_TOKEN, PASSWORD
from tests.browser.conftest import Portal
from tests.sandbox.process import eventually

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

BEN_NUMBER = "+12065550142"


def log_in(page: "Page", portal: Portal, email: str) -> None:
    page.goto(f"{portal.url}/admin/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def fire(portal: Portal) -> str:
    request = urllib.request.Request(
        f"{portal.url}/hooks/{HOOK_TOKEN}",
        data=json.dumps({"service": "Pump 3", "site": "North pier"}).encode(),
        headers={"Content-Type": "application/json"},
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        assert response.status == 202
        return str(json.load(response)["alert"])


def accept_bens_invite(page: "Page", portal: Portal) -> None:
    page.goto(f"{portal.sandbox}/sandbox/")
    page.get_by_role("tab", name="E-mail").or_(page.get_by_role("link", name="E-mail")).first.click()
    page.get_by_text("ben@harbor.example").first.click()
    link = page.locator("a[href*='/invite/accept']").first
    page.goto(str(link.get_attribute("href")))
    boxes = page.get_by_role("checkbox")
    assert boxes.count() == 2
    assert not any(box.is_checked() for box in boxes.all()), "consent is never ticked beforehand"
    page.get_by_label("Name").fill("Ben Adeyemi")
    page.get_by_label("Password").first.fill("a-long-password-of-ben")
    page.get_by_label("Phone number").fill(BEN_NUMBER)
    page.get_by_role("checkbox", name="Text me alerts (SMS)").check()
    page.get_by_role("button", name="Accept the invite").click()
    page.get_by_role("heading", name="Enter the code from our text").wait_for()


def texts(portal: Portal, number: str) -> list[str]:
    """What the handset got, oldest first."""
    address = f"{portal.sandbox}/sandbox/messages?to={number.replace('+', '%2B')}"
    with urllib.request.urlopen(address, timeout=10) as response:
        return [text["body"] for text in json.load(response) if text["direction"] != "inbound"]


def code_on_the_handset_page(page: "Page", portal: Portal) -> str:
    """The digits, read in another tab where the handset shows them."""
    handset = page.context.new_page()
    handset.goto(f"{portal.sandbox}/sandbox/")
    handset.get_by_text("+1 206 555 0142").first.click()
    shown = handset.get_by_text(re.compile(r"\d{6} is your code")).last
    shown.wait_for()
    digits = re.search(r"\d{6}", shown.inner_text())
    assert digits is not None
    handset.close()
    return digits[0]


def prove_bens_number(page: "Page", portal: Portal) -> None:
    digits = code_on_the_handset_page(page, portal)
    page.get_by_text("your phone got the code").wait_for()
    assert page.get_by_role("button", name="Text me a new code").get_attribute("aria-disabled") == "true"
    page.get_by_label("Code from the text message").fill(f"{digits[:3]} {digits[3:]}")
    page.get_by_role("button", name="Prove the number").click()
    page.get_by_role("heading", name="Welcome to Harbor, Ben Adeyemi").wait_for()
    assert page.get_by_text("You agreed", exact=True).count() == 1


def test_from_an_invite_to_an_acknowledged_page_and_a_diagnosis(portal: Portal, chromium: "Browser") -> None:
    page = chromium.new_context(viewport={"width": 1280, "height": 800}).new_page()
    accept_bens_invite(page, portal)
    prove_bens_number(page, portal)

    fire(portal)
    page.goto(f"{portal.sandbox}/sandbox/")
    page.get_by_text("+1 206 555 0142").first.click()
    page.get_by_text("Pump 3 stopped at North pier").last.wait_for()
    # The words stand in other people's lines of the page as well, and Ben's page waits for his confirmation.
    eventually(lambda: len(texts(portal, BEN_NUMBER)) == 3)
    code, confirmation, first_page = texts(portal, BEN_NUMBER)
    assert "is your code" in code
    assert "you agreed to recurring text messages" in confirmation
    assert first_page.startswith("Harbor: Pump 3 stopped at North pier")
    page.get_by_role("button", name="1", exact=True).click()
    page.get_by_text(re.compile("acknowledged", re.IGNORECASE)).last.wait_for()

    log_in(page, portal, "ana@harbor.example")
    page.goto(f"{portal.url}/admin/notifications/notification/?purpose__exact=page")
    assert page.get_by_role("row").filter(has_text="Ben Adeyemi").get_by_text("Acknowledged").is_visible()

    page.get_by_role("row").filter(has_text="Dana Okafor").get_by_role("link").first.click()
    page.get_by_role("link", name="Diagnose this delivery").first.click()
    answer = page.locator("main, #content").first.inner_text()
    assert "30006" in answer
    assert "andline" in answer

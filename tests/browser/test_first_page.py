"""The README's first three minutes in a real Chromium: invite, tick, fire, SMS, reply, Acknowledged, diagnose."""

import json
import re
import urllib.request
from typing import TYPE_CHECKING

import pytest

from notifications.management.commands.seed_demo import HOOK_TOKEN, PASSWORD
from tests.browser.conftest import Portal

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
    box = page.get_by_role("checkbox")
    assert not box.is_checked(), "consent is never ticked beforehand"
    page.get_by_label("Name").fill("Ben Adeyemi")
    page.get_by_label("Password").first.fill("a-long-password-of-ben")
    page.get_by_label(re.compile("number", re.IGNORECASE)).first.fill(BEN_NUMBER)
    box.check()
    page.get_by_role("button", name=re.compile("accept", re.IGNORECASE)).click()
    page.wait_for_load_state()


def test_from_an_invite_to_an_acknowledged_page_and_a_diagnosis(portal: Portal, chromium: "Browser") -> None:
    page = chromium.new_context(viewport={"width": 1280, "height": 800}).new_page()
    accept_bens_invite(page, portal)

    fire(portal)
    page.goto(f"{portal.sandbox}/sandbox/")
    page.get_by_text("+1 206 555 0142").first.click()
    page.get_by_text("Pump 3 stopped at North pier").last.wait_for()
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

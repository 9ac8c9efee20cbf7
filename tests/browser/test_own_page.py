"""A member signs in, adds and proves a phone, agrees and withdraws; every page on the way passes axe-core."""

import re

import pytest

from tests.browser.conftest import Portal
from tests.browser.test_accessible import Checked, checked  # noqa: F401  the fixture
from tests.browser.test_first_page import texts

pytestmark = pytest.mark.browser

SECOND = "+12065550173"
PASSWORD = "harbor-demo-2026"


def sign_in(portal: Portal, seen: Checked) -> None:
    page = seen.page
    page.goto(f"{portal.url}/")
    seen.look("login")
    page.get_by_label("E-mail").fill("dana@harbor.example")
    page.get_by_label("Password").fill("not-the-password")
    seen.press("Sign in")
    page.get_by_text("do not fit together").wait_for()
    seen.look("login, wrong")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Dana Okafor at Harbor").wait_for()
    seen.look("front")


def add_a_phone(seen: Checked) -> None:
    page = seen.page
    page.get_by_role("link", name="Add a phone").click()
    seen.look("add")
    page.get_by_label("Phone number").fill("(206) 555-0173")
    seen.press("Add this phone")
    page.get_by_text("It contains parentheses.").wait_for()
    seen.look("add, with a defect")
    page.get_by_role("button", name=f"Use {SECOND}").click()
    assert page.get_by_label("Phone number").input_value() == SECOND
    seen.press("Add this phone")


def prove_it(portal: Portal, seen: Checked) -> None:
    page = seen.page
    page.get_by_role("heading", name=f"Prove that {SECOND} is yours").wait_for()
    seen.look("code, not asked for")
    seen.press("Text me a code")
    seen.look("code")
    page.get_by_label("Code").fill("12")
    seen.press("Prove the number")
    page.get_by_text("Enter all six").first.wait_for()
    seen.look("code, too short")
    page.get_by_label("Code").fill(code_at(portal, seen))
    page.keyboard.press("Enter")
    page.get_by_text(f"{SECOND} is proved to be yours").wait_for()
    seen.look("front, proved")


def code_at(portal: Portal, seen: Checked) -> str:
    """The code that the second phone got, once it is there."""
    for _ in range(300):
        for text in texts(portal, SECOND):
            if (digits := re.search(r"\d{6}", text)) is not None:
                return digits[0]
        seen.page.wait_for_timeout(200)
    raise AssertionError("no code came")


def agree(seen: Checked) -> None:
    page = seen.page
    page.get_by_role("link", name=f"Agree to text messages at {SECOND}").click()
    assert not page.get_by_role("checkbox").is_checked()
    seen.look("agree")
    seen.press("Record my consent")
    page.get_by_role("link", name="Tick the box if you agree").wait_for()
    seen.look("agree, not ticked")
    page.get_by_role("checkbox").check()
    seen.press("Record my consent")
    page.get_by_text("is recorded").wait_for()


def test_from_the_login_to_a_withdrawal(portal: Portal, checked: Checked) -> None:  # noqa: F811
    page = checked.page
    sign_in(portal, checked)
    add_a_phone(checked)
    prove_it(portal, checked)
    agree(checked)
    page.get_by_role("link", name=f"Send texts here at {SECOND}").click()
    checked.look("choose")
    checked.press("Send texts here")
    page.get_by_text("wait until an administrator of Harbor").first.wait_for()
    checked.look("front, switched off")
    for name in ("Change the number", "Remove"):
        page.get_by_role("link", name=f"{name} {SECOND}").click()
        page.get_by_role("heading", name=re.compile(f"^{name.split()[0]} ")).wait_for()
        checked.look(name)
        page.get_by_role("link", name="Back to your page").click()
    page.get_by_role("link", name=f"Stop text messages to {SECOND}").click()
    checked.look("stop")
    checked.press("Stop text messages")
    page.get_by_text("You took your consent back").wait_for()
    checked.look("front, withdrawn")
    page.get_by_role("link", name="Show my history").click()
    page.get_by_text("You withdrew your consent, on this page").wait_for()
    checked.look("history")
    checked.press("Sign out")
    page.get_by_text("You are signed out").wait_for()
    checked.look("signed out")
    assert checked.found == {}

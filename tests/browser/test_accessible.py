"""Everything that an invited person may see passes axe-core at WCAG 2.2 A and AA: wide, narrow, light and dark."""

import json
import re
import urllib.request
from typing import TYPE_CHECKING, Any, Literal

import pytest

from tests.browser.conftest import Portal
from tests.browser.test_first_page import texts

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
GOOD = "correct horse battery"
NORA, OTTO, LANDLINE = "+12065550171", "+12065550172", "+442072193000"
INVITES = """
from datetime import timedelta
from django.utils import timezone
from members.models import Invite, Member
from members.operations import invite, revoke_invite
from tenants.models import Role, Tenant, User
from tenants.scope import platform_scope, tenant_scope
now = timezone.now()
with platform_scope():
    harbor = Tenant.objects.get(slug="harbor")
    ana = User.objects.get(email="ana@harbor.example")
with tenant_scope(harbor.pk):
    taken = Member.objects.filter(user__isnull=False).first()
    for name in ("nora", "otto", "expired", "revoked", "here"):
        member = taken if name == "here" else None
        row, token = invite(tenant=harbor, email=f"{name}@people.example", name=name.title(), role=Role.MEMBER,
                            member=member, actor=ana, at=now)
        if name == "expired":
            Invite.objects.filter(pk=row.pk).update(expires_at=now - timedelta(days=1))
        if name == "revoked":
            revoke_invite(row, actor=ana, at=now)
        print(f"{name}={token}")
"""
#: What axe is asked: it names every element of a violation, and one of each rule that passes, which takes less time.
OPTIONS = {"runOnly": TAGS, "resultTypes": ["violations"]}
Look = tuple[Literal["light", "dark"], dict[str, int]]
LOOKS: list[Look] = [("light", {"width": 1280, "height": 800}), ("dark", {"width": 390, "height": 800})]


class Checked:
    """A browser page, each state of which is looked at by axe in every look; what it finds is gathered by name."""

    def __init__(self, page: "Page") -> None:
        from axe_playwright_python.sync_playwright import Axe

        self.page = page
        self.axe: Any = Axe()
        self.found: dict[str, list[str]] = {}

    def look(self, name: str) -> None:
        for scheme, size in LOOKS:
            self.page.emulate_media(color_scheme=scheme)
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            results = self.axe.run(self.page, options=OPTIONS).response
            told = [
                f"{rule['id']} ({scheme}): {node['target']} {node['failureSummary']}"
                for rule in results["violations"]
                for node in rule["nodes"]
            ]
            if results["passes"] == []:
                told.append("axe looked at nothing")
            wider = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if wider > 0:
                told.append(f"it scrolls sideways by {wider} pixels ({scheme}, {size['width']} wide)")
            if told:
                self.found[name] = told

    def fill(self, *, number: str = "", password: str = GOOD, ticks: tuple[str, ...] = ()) -> None:
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_label("Phone number").fill(number)
        for tick in ticks:
            self.page.get_by_role("checkbox", name=tick).check()

    def press(self, button: str) -> None:
        self.page.get_by_role("button", name=button).last.click()
        self.page.wait_for_load_state()


@pytest.fixture(scope="module")
def links(portal: Portal) -> dict[str, str]:
    """A link for each invite, by its name."""
    said = dict(line.split("=", 1) for line in portal.shell(INVITES).splitlines() if "=" in line)
    return {name: f"{portal.url}/invite/accept?token={token}" for name, token in said.items()}


@pytest.fixture
def checked(chromium: "Browser") -> Checked:
    return Checked(chromium.new_context().new_page())


def test_axe_finds_what_is_wrong(checked: Checked) -> None:
    checked.page.set_content("<html><body><p style='color:#ccc;background:#fff'>pale</p><input></body></html>")
    checked.look("a bad page")
    rules = {line.split()[0] for line in checked.found["a bad page"]}
    assert {"color-contrast", "label", "html-has-lang"} <= rules


def test_from_the_invite_to_the_last_page(portal: Portal, links: dict[str, str], checked: Checked) -> None:
    page = checked.page
    page.goto(links["nora"])
    checked.look("accept")
    checked.fill(password="short", ticks=("Text me alerts (SMS)", "Call me with alerts"))
    checked.press("Accept the invite")
    checked.look("accept, without number and password")
    checked.fill(number="(206) 555-0171", ticks=("Text me alerts (SMS)",))
    checked.press("Accept the invite")
    page.get_by_text("Did you mean").wait_for()
    checked.look("accept, with a number to correct")
    checked.fill(number=LANDLINE, ticks=("Text me alerts (SMS)",))
    checked.press("Accept the invite")
    page.get_by_text("landlines cannot get text messages").wait_for()
    checked.look("accept, with a landline")
    checked.fill(number=NORA, ticks=("Text me alerts (SMS)", "Call me with alerts"))
    checked.press("Accept the invite")
    page.get_by_role("heading", name="Enter the code from our text").wait_for()
    checked.look("code")
    page.get_by_label("Code from the text message").fill("12")
    checked.press("Prove the number")
    page.get_by_text("Enter all six").wait_for()
    checked.look("code, too short")
    page.get_by_text("your phone got the code").wait_for()
    digits = re.search(r"\d{6}", texts(portal, NORA)[0])
    assert digits is not None
    for _ in range(5):
        page.get_by_label("Code from the text message").fill(f"{(int(digits[0]) + 1) % 10**6:06d}")
        checked.press("Prove the number")
        if page.get_by_text("4 tries are left").is_visible():
            checked.look("code, wrong")
    page.get_by_text("This code does not count any more").wait_for()
    checked.look("code, spent")
    page.goto(f"{portal.url}/invite/number/change")
    checked.look("another number")
    page.get_by_label("Phone number").fill("")
    checked.press("Save the number")
    page.get_by_text("Enter your phone number").wait_for()
    checked.look("another number, empty")
    page.goto(f"{portal.url}/invite/done")
    checked.look("done, for later")
    assert checked.found == {}


def test_the_page_of_an_opted_out_number_up_to_its_proof(
    portal: Portal, links: dict[str, str], checked: Checked
) -> None:
    reply(portal, OTTO, "STOP")
    page = checked.page
    page.goto(links["otto"])
    checked.fill(number=OTTO, ticks=("Text me alerts (SMS)",))
    checked.press("Accept the invite")
    page.get_by_role("heading", name="Text us your code").wait_for()
    checked.look("text us")
    digits = page.locator(".digits").inner_text()
    assert not any("is your code" in text for text in texts(portal, OTTO))
    reply(portal, OTTO, digits)
    page.get_by_role("heading", name="Welcome to Harbor, Otto").wait_for()
    page.get_by_text("Text messages may not reach you yet").wait_for()
    checked.look("done, with the provider's block")
    page.context.clear_cookies()
    page.goto(links["otto"])
    page.get_by_role("heading", name="This invite has been used").wait_for()
    checked.look("used")
    assert checked.found == {}


def test_the_pages_of_links_that_do_not_work(portal: Portal, links: dict[str, str], checked: Checked) -> None:
    page = checked.page
    headings = {
        links["expired"]: "This invite has expired",
        links["revoked"]: "This invite was taken back",
        f"{portal.url}/invite/accept?token=inv_none": "This link does not open an invite",
        f"{portal.url}/invite/number": "This page has closed",
        f"{portal.url}/terms": "Terms of the alerting messages",
        f"{portal.url}/privacy": "Privacy",
    }
    for address, heading in headings.items():
        page.goto(address)
        page.get_by_role("heading", name=heading, exact=True).wait_for()
        checked.look(heading)
    page.goto(links["here"])
    checked.fill()
    checked.press("Accept the invite")
    page.get_by_role("heading", name="You are in this team already").wait_for()
    checked.look("already here")
    assert checked.found == {}


def reply(portal: Portal, number: str, body: str) -> None:
    request = urllib.request.Request(
        f"{portal.sandbox}/sandbox/phones/{number.replace('+', '%2B')}/reply",
        data=json.dumps({"body": body, "to": "+12065550100"}).encode(),
        headers={"Content-Type": "application/json"},
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        assert json.load(response)["webhook"]["status"] == 200

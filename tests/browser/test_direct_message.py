"""An admin ticks people in the list, writes to them, reads the preview, sends, and sees the outcome in the log."""

from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import Portal
from tests.browser.test_accessible import Checked
from tests.browser.test_first_page import log_in, texts
from tests.sandbox.process import eventually

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

#: The admin's frame, which is not ours, names no landmarks.
OF_THE_FRAME = ("landmark-one-main", "region")
ELI = "+12065550143"
# Whatever the hour is where this runs.
DAY_AND_NIGHT = """
from datetime import time
from tenants.models import Tenant
from tenants.scope import platform_scope
with platform_scope():
    Tenant.objects.filter(slug="harbor").update(direct_hours_open=time(0), direct_hours_close=time(0))
"""


def test_from_the_list_of_people_to_the_log(portal: Portal, chromium: "Browser") -> None:
    portal.shell(DAY_AND_NIGHT)
    checked = Checked(chromium.new_context().new_page())
    page = checked.page
    page.set_viewport_size({"width": 1280, "height": 800})
    log_in(page, portal, "ana@harbor.example")
    page.goto(f"{portal.url}/admin/members/member/")
    for name in ("Eli Marsh", "Fay Lindqvist"):
        page.get_by_role("row").filter(has_text=name).get_by_role("checkbox").check()
    page.locator("select[name=action]").select_option(label="Send a message")
    page.get_by_role("button", name="Run").click()
    page.get_by_role("heading", name="Send a message: 2 team members").wait_for()
    checked.look("the empty form")
    page.get_by_role("button", name="Preview").click()
    page.get_by_text("Write what it should say.").wait_for()
    checked.look("without a text")
    page.get_by_label("What it says").fill("The \u201cnorth\u201d gate is open")
    page.get_by_role("button", name="Preview").click()
    page.get_by_text("left double quotation mark (U+201C)").wait_for()
    checked.look("the preview")
    page.get_by_role("button", name="Use the suggestions").click()
    page.get_by_text("GSM-7").wait_for()
    assert page.get_by_label("What it says").input_value() == 'The "north" gate is open'
    assert page.get_by_text("1 of 2 would not go: the person never agreed").is_visible()
    page.get_by_role("button", name="Send to 1 person").click()
    page.get_by_text("2 messages written to the log. 1 on its way. 1 not sent: each row says why.").wait_for()
    assert page.get_by_role("row").filter(has_text="Eli Marsh").count() == 1
    eventually(lambda: 'Harbor: The "north" gate is open' in texts(portal, ELI))
    fay = page.get_by_role("row").filter(has_text="Fay Lindqvist")

    def skipped() -> bool:
        page.reload()
        return fay.filter(has_text="Skipped").count() == 1

    eventually(skipped)
    fay.get_by_role("link").first.click()
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_role("link", name="Send again").click()
    page.get_by_text("As things stand it would not go.").wait_for()
    checked.look("a second sending that would not go")
    told = [line for lines in checked.found.values() for line in lines if not line.startswith(OF_THE_FRAME)]
    assert told == []

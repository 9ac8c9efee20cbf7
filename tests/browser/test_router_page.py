"""The router in a real browser: a drill by keyboard, seen at once by whoever looks, wide, narrow, light and dark."""

from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import Portal
from tests.browser.test_accessible import Checked
from tests.browser.test_billing_pages import PASSWORD, look

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


def signed_in(portal: Portal, page: "Page") -> None:
    page.goto(f"{portal.url}/admin/login/")
    page.get_by_label("Email").fill("pat@imes.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{portal.url}/admin/")


@pytest.mark.row(30)
def test_a_drill_by_keyboard_shows_on_every_open_page_without_loading_it_again(
    portal: Portal, chromium: "Browser"
) -> None:
    context = chromium.new_context()
    page, other = context.new_page(), context.new_page()
    checked = Checked(page)
    address = f"{portal.url}/admin/notifications/breaker/"
    signed_in(portal, page)
    page.goto(address)
    other.goto(address)
    look(checked, "quiet")
    out, back = "Take Twilio SMS out for a drill", "Take Twilio SMS back in"

    page.get_by_role("link", name=out).press("Enter")
    page.get_by_role("radio", name="60 minutes").wait_for()
    look(checked, "drill")
    page.get_by_role("radio", name="60 minutes").press("Space")
    page.get_by_role("button", name="Take it out").press("Enter")
    page.wait_for_url(address)
    look(checked, "drilled")
    # Where it is watched it comes by itself.
    other.bring_to_front()
    other.get_by_role("link", name=back).wait_for()

    page.bring_to_front()
    page.get_by_role("link", name=back).press("Enter")
    page.get_by_role("button", name="Take it back in").press("Enter")
    page.wait_for_url(address)
    page.get_by_role("link", name=out).wait_for()
    assert "Taken back in by hand before the time was over. By Pat" in page.inner_text("#router")
    assert checked.found == {}

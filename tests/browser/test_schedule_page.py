"""A member paints their week by mouse, finger and keyboard, asks about a moment, and saves; axe looks on."""

import re
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import Portal
from tests.browser.test_accessible import LOOKS, OPTIONS, Checked, checked  # noqa: F401  the fixture

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser

PASSWORD = "harbor-demo-2026"
WIDE, NARROW = LOOKS[0][1], LOOKS[1][1]


def sign_in(portal: Portal, seen: Checked, email: str) -> None:
    page = seen.page
    page.goto(f"{portal.url}/login")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    seen.press("Sign in")


def cell(page: "Page", day: str, hours: str) -> "Locator":
    return page.get_by_role("gridcell", name=re.compile(f"^{day} {hours}, "))


def drag(page: "Page", start: "Locator", end: "Locator") -> None:
    start.scroll_into_view_if_needed()
    for place, act in ((start, page.mouse.down), (end, page.mouse.up)):
        box = place.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=4)
        act()


def hours(page: "Page", day: str) -> list[str]:
    """What the fields of a day say, which is what will be saved."""
    fields = zip(page.get_by_label(f"{day} from").all(), page.get_by_label(f"{day} to").all(), strict=True)
    return [f"{opens.input_value()}-{closes.input_value()}" for opens, closes in fields]


def paint(seen: Checked) -> None:
    page = seen.page
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    drag(page, cell(page, "Monday", "09:00 to 10:00"), cell(page, "Wednesday", "16:00 to 17:00"))
    assert [hours(page, day) for day in ("Monday", "Tuesday", "Wednesday")] == [["09:00-17:00"]] * 3
    # Back out of the middle: what was painted is taken away from there on.
    drag(page, cell(page, "Tuesday", "12:00 to 13:00"), cell(page, "Tuesday", "12:00 to 13:00"))
    assert hours(page, "Tuesday") == ["09:00-12:00", "13:00-17:00"]
    # With the keyboard: the arrows move, the space bar paints, and Shift carries it on, here past midnight.
    cell(page, "Thursday", "22:00 to 23:00").focus()
    for key in ("Space", "Shift+ArrowDown", "ArrowRight", "Home", "Space"):
        page.keyboard.press(key)
    assert hours(page, "Thursday") == ["22:00-01:00"]
    assert page.get_by_text("ends Fri 01:00").is_visible()
    page.get_by_label("Half hours").check()
    cell(page, "Friday", "01:00 to 01:30").click()
    assert hours(page, "Thursday") == ["22:00-01:30"]
    page.get_by_label("Half hours").uncheck()
    # The grid follows what is typed, to the quarter.
    page.get_by_label("Monday from").fill("09:15")
    assert cell(page, "Monday", "09:00 to 10:00").get_attribute("aria-label") == "Monday 09:00 to 10:00, partly paged"
    # On a phone the days are rows, and a tap paints.
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    cell(page, "Sunday", "10:00 to 11:00").click()
    page.keyboard.press("Shift+ArrowRight")
    assert hours(page, "Sunday") == ["10:00-12:00"]


def test_a_week_is_painted_asked_about_and_saved(portal: Portal, checked: Checked) -> None:  # noqa: F811
    page = checked.page
    sign_in(portal, checked, "eli@harbor.example")
    page.get_by_role("link", name="Change your schedule").click()
    page.get_by_role("heading", name="When you may be paged").wait_for()
    checked.look("always")
    page.get_by_label("Paged in these hours").check()
    paint(checked)
    # Asked about before it is saved, and still typed afterwards.
    page.get_by_label("Date", exact=True).fill("2027-03-15")
    page.get_by_label("Time in America/Los_Angeles").fill("09:05")
    checked.press("Check")
    page.get_by_text("Not free: would be skipped").wait_for()
    page.get_by_text("Free next from Mon 15 Mar 2027 09:15").wait_for()
    assert cell(page, "Monday", "09:00 to 10:00").get_attribute("aria-label") == "Monday 09:00 to 10:00, partly paged"
    checked.look("painted and asked")
    checked.press("Save the schedule")
    page.get_by_text("Saved. Mon 09:15-17:00, Tue 09:00-12:00 and 13:00-17:00").wait_for()
    assert hours(page, "Thursday") == ["22:00-01:30"]
    assert cell(page, "Friday", "00:00 to 01:00").get_attribute("aria-selected") == "true"
    page.get_by_role("link", name="Add a single date").click()
    checked.press("Add")
    page.get_by_text("Nothing was added").wait_for()
    checked.look("a date, wrong")
    page.get_by_role("link", name="Cancel").click()
    page.get_by_role("button", name="Clear").click()
    page.get_by_label("Monday from").fill("10:00")
    checked.press("Save the schedule")
    page.get_by_role("link", name="Monday: “to” is empty").wait_for()
    checked.look("wrong")
    page.get_by_role("button", name="Clear").click()
    checked.press("Save the schedule")
    page.get_by_text("You would never be paged.").wait_for()
    checked.look("never, asked about")
    checked.press("Never page me")
    page.get_by_text("You are never paged.").wait_for()
    checked.look("never")
    page.get_by_label("No schedule: always paged").check()
    checked.press("Save the schedule")
    checked.press("Remove the schedule")
    page.get_by_text("The schedule is removed").wait_for()
    assert checked.found == {}


def test_the_same_page_in_the_admin_passes_axe(portal: Portal, checked: Checked) -> None:  # noqa: F811
    page = checked.page
    sign_in(portal, checked, "ana@harbor.example")
    page.goto(f"{portal.url}/admin/members/member/?q=Eli")
    page.get_by_role("link", name="Eli Marsh").first.click()
    page.get_by_role("link", name="Open the schedule").click()
    page.get_by_label("Paged in these hours").check()
    page.get_by_role("button", name="Nights 20-8").click()
    checked.press("Check")
    page.get_by_role("heading", name="The next seven days, with what is not saved yet").wait_for()
    for scheme, size in LOOKS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(size)  # type: ignore[arg-type]
        found = checked.axe.run(page, context=".sch", options=OPTIONS).response
        assert [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found["violations"]] == []
        assert found["passes"]
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")

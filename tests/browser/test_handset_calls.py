"""The handset page rings, shows what is said as it is said, and its keys work by mouse, by touch and by keyboard."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import CHROMIUM
from tests.browser.test_accessible import Checked
from tests.sandbox.calling import ASKED, PHONE, answering, asking, place
from tests.sandbox.process import RunningSandbox, eventually, running_sandbox
from tests.sandbox.receiver import Receiver, running_receiver

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")]


@pytest.fixture(scope="module")
def started() -> Iterator[RunningSandbox]:
    with running_sandbox(SANDBOX_RECEIPT_DELAY_MS="30", SANDBOX_CALL_SECOND_MS="20") as running:
        yield running


@pytest.fixture
def sandbox(started: RunningSandbox) -> RunningSandbox:
    started.reset()
    return started


@pytest.fixture
def receiver(sandbox: RunningSandbox) -> Iterator[Receiver]:
    with running_receiver(auth_token=sandbox.auth_token) as running:
        asking(running, timeout=120)
        answering(
            running, "/key?page=7", "<Response><Say language='es-US'>Gracias.</Say><Pause length='6000'/></Response>"
        )
        yield running


def opened(chromium: "Browser", sandbox: RunningSandbox, *, number: str = "", **looks: object) -> "Page":
    page = chromium.new_context(**looks).new_page()  # type: ignore[arg-type]
    page.goto(f"{sandbox.url}/sandbox/{f'#/phones/{number}' if number else ''}")
    page.get_by_text("Live", exact=True).wait_for()
    return page


def test_a_call_shows_at_once_and_is_answered_heard_and_ended(
    sandbox: RunningSandbox, receiver: Receiver, chromium: "Browser"
) -> None:
    page = opened(chromium, sandbox)
    place(sandbox, receiver)
    page.get_by_role("alert").get_by_text("+1 206 555 0142 rings: a call from +1 206 555 0100.").wait_for()
    page.get_by_role("button", name="Answer the call to +1 206 555 0142").click()
    said = page.get_by_role("log", name="What is said")
    said.get_by_text(ASKED.split(". ")[-1]).wait_for()
    assert said.get_by_text("British English").count() == 1
    assert said.locator("[lang=en-GB]").inner_text() == ASKED
    assert page.get_by_role("textbox", name="Text from this phone").count() == 0, "a phone in a call shows the call"

    page.keyboard.press("1")
    page.get_by_role("status").get_by_text("Pressed 1").wait_for()
    said.get_by_text("Gracias.").wait_for()
    page.get_by_role("button", name="star").click()
    page.get_by_role("status").get_by_text("Pressed 1 *: nobody listened to *").wait_for()
    assert [webhook.params["Digits"] for webhook in receiver.at("/key?page=7")] == ["1"]

    page.get_by_role("button", name="Hang up").click()
    thread = page.get_by_role("log", name="Texts and calls of this phone")
    thread.get_by_text("from +1 206 555 0100: Answered, 0:").wait_for()
    assert "hung up here" in thread.inner_text()
    assert "Pressed 1, * (nobody listened)" in thread.inner_text()
    assert page.evaluate("document.activeElement.id") == "handset-number"
    page.reload()
    thread.get_by_text("What was said").click()
    assert thread.get_by_text("Gracias.").is_visible(), "an ended call keeps what was said"


@pytest.mark.parametrize(
    ("button", "ends"),
    [("Decline", "Declined (SIP 603)"), ("Busy", "Busy (SIP 486)"), ("Voicemail", "Voicemail answered, 0:")],
)
def test_a_phone_that_rings_can_be_turned_away(
    sandbox: RunningSandbox, receiver: Receiver, chromium: "Browser", button: str, ends: str
) -> None:
    answering(receiver, "/voice", "<Response><Say>Recorded.</Say></Response>")
    page = opened(chromium, sandbox, number=PHONE)
    place(sandbox, receiver)
    page.get_by_role("region", name="Incoming call +1 206 555 0100").get_by_role("button", name=button).click()
    page.get_by_role("log", name="Texts and calls of this phone").get_by_text(ends).wait_for()


def test_on_a_small_screen_the_keys_work_by_touch_and_nothing_breaks_the_rules_of_access(
    sandbox: RunningSandbox, receiver: Receiver, chromium: "Browser"
) -> None:
    sandbox.twilio().messages.create(to=PHONE, from_="+12065550100", body="Pump 3 is down")
    page = opened(
        chromium,
        sandbox,
        number=PHONE,
        viewport={"width": 390, "height": 844},
        has_touch=True,
        bypass_csp=True,
        reduced_motion="reduce",
    )
    checked = Checked(page)
    place(sandbox, receiver)
    place(sandbox, receiver, to="+12065550143")
    page.get_by_text("Incoming call").wait_for()
    checked.look("ringing")
    page.get_by_role("region", name="Incoming call").get_by_role("button", name="Answer").tap()
    page.get_by_text("The call waits for a key").wait_for()
    checked.look("in a call")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="9", exact=True).tap()
    eventually(lambda: [webhook.params["Digits"] for webhook in receiver.at("/key?page=7")] == ["9"])
    page.get_by_role("button", name="Hang up").tap()
    page.get_by_text("What was said").wait_for()
    checked.look("afterwards")
    assert checked.found == {}, checked.found

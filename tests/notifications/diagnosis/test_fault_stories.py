"""What a provider or carrier refused, from the sandbox's numbers to the log row's page and the diagnosis, in words."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from members.models import Member
from notifications.diagnosis.finding import Finding, Verdict, Who
from notifications.models import Notification
from tenants.scope import platform_scope
from tests.cast import Cast
from tests.notifications.diagnosis.conftest import Fires, deliver, diagnosed, receive
from tests.notifications.dispatch.conftest import again, message, person
from tests.sandbox.process import RunningSandbox, eventually

pytestmark = pytest.mark.django_db(transaction=True)

Sends = Callable[[str], Notification]


@pytest.fixture
def send(cast: Cast, fire: Fires, sandbox: RunningSandbox) -> Sends:
    """Page Dana at a number that ends so; what the carrier of the sandbox says comes in as it would by its receipt."""

    def sent(ending: str) -> Notification:
        number = f"+1206555{ending}"
        (row,) = fire(person(cast, number=number))
        deliver()
        if ending.startswith("3"):
            (last,) = eventually(lambda: [one for one in sandbox.get("/messages", to=number) if one["error_code"]])
            receive(row, last["status"], code=str(last["error_code"]))
        return again(row)

    return sent


def page_of(cast: Cast, row: Notification, *, action: str = "change") -> str:
    client = Client()
    client.force_login(cast.ana)
    answer = client.get(reverse(f"admin:notifications_notification_{action}", args=[row.pk]))
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())).replace("&#x27;", "'")


def cause_of(row: Notification) -> Finding:
    found = diagnosed(row).cause
    assert found is not None
    return found


@pytest.mark.row(24)
@pytest.mark.parametrize(
    ("ending", "status", "code", "says", "fix"),
    [
        ("1211", "failed", "21211", "Recipient number invalid or badly formatted", "corrects the member's number"),
        ("3004", "failed", "30004", "Delivery to this number is blocked (carrier block", "carrier block text messages"),
        ("3007", "failed", "30007", "Filtered as unwanted or forbidden content", "rewords the message"),
        ("1429", "held", "20429", "rate ceiling hit (HTTP 429)", "sends it again after a pause"),
    ],
)
def test_the_row_opens_the_error_in_words_with_its_fix_and_so_does_the_diagnosis(  # noqa: PLR0917
    cast: Cast, send: Sends, ending: str, status: str, code: str, says: str, fix: str
) -> None:
    row = send(ending)
    assert row.status == status
    for action in ("change", "do_diagnose"):
        shown = page_of(cast, row, action=action)
        assert (says in shown, fix in shown, code in shown) == (True, True, True), (action, shown)


@pytest.mark.row(94)
def test_a_message_that_the_carrier_filtered_says_whose_fault_and_what_to_do(cast: Cast, send: Sends) -> None:
    found = cause_of(send("3007"))
    assert (found.code, found.verdict) == ("PROVIDER-3", Verdict.STOPPED)
    shown = {one.name: one.value for one in found.evidence}
    assert shown["Whose fault"] == (
        "a filter's of the carrier or provider, over the text or how the sender is registered"
    )
    assert shown["About this code"].endswith("/30007")
    assert found.remedy is not None
    assert "rewords the message (name the organisation, no shortened links" in found.remedy.text
    assert "checks the sender's registration" in found.remedy.text
    assert found.remedy.link_name == "admin:notifications_flow_change"


@pytest.mark.row(96)
def test_a_line_that_is_away_is_temporary_with_what_last_arrived_there_and_works_again_later(
    cast: Cast, send: Sends
) -> None:
    def temporary(row: Notification) -> Finding:
        return {one.code: one for one in diagnosed(row).findings}["PROVIDER-15"]

    row = send("3003")
    assert cause_of(row).code == "PROVIDER-3"
    never = temporary(row)
    assert (never.verdict, never.rows) == (Verdict.NOTABLE, (96,))
    assert "its prepaid credit was used up, or its line was paused" in never.says
    assert "No SMS of yours is known to have arrived at this number" in never.says
    with platform_scope():
        dana = Member.objects.get(notifications=row)
    later = message(dana)
    deliver()
    receive(later, "delivered")
    found = temporary(row)
    assert "It did: a later SMS arrived at" in found.says
    assert later.public_id in found.says
    assert found.remedy is not None
    assert (found.remedy.who, found.remedy.text) == (
        Who.TENANT_ADMIN,
        "The line works again: send it again if it still matters.",
    )
    third = message(dana)
    deliver()
    receive(third, "undelivered", code="30005")
    gone = temporary(third)
    assert "the carrier did not know the number then: its line was paused" in gone.says
    assert "The last SMS that arrived at this number was that of" in gone.says
    assert gone.remedy is not None
    assert gone.remedy.text.startswith("Retry later: send it again in an hour or so")


@pytest.mark.row(96)
def test_what_never_passes_by_itself_is_not_called_temporary(cast: Cast, send: Sends) -> None:
    assert "PROVIDER-15" not in {one.code for one in diagnosed(send("1211")).findings}

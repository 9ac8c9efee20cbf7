"""Creating, reading, listing and cancelling messages through the real Twilio SDK."""

from datetime import UTC, datetime, timedelta

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

from .conftest import IN_SERVICE, OWN, SERVICE
from .process import RunningSandbox, eventually

PHONE = "+12065550142"


def refused(sandbox: RunningSandbox, **fields: object) -> TwilioRestException:
    with pytest.raises(TwilioRestException) as caught:
        sandbox.twilio().messages.create(**{"to": PHONE, "from_": OWN, "body": "Pump 3 is down", **fields})
    return caught.value


def test_a_message_is_queued_then_delivered(sandbox: RunningSandbox) -> None:
    client = sandbox.twilio()
    created = client.messages.create(to=PHONE, from_=OWN, body="Pump 3 is down 😀")
    assert (created.status, created.direction, created.num_segments) == ("queued", "outbound-api", "1")
    assert (created.from_, created.to, created.price, created.error_code) == (OWN, PHONE, None, None)
    assert created.sid.startswith("SM")
    assert len(created.sid) == 34
    assert abs(created.date_created - datetime.now(UTC)) < timedelta(seconds=5)
    assert created.date_sent is None
    done = eventually(lambda: (m := client.messages(created.sid).fetch()).status == "delivered" and m)
    assert done.date_sent is not None
    [shown] = sandbox.get("/messages", to=PHONE)
    assert (shown["sid"], shown["body"], shown["status"]) == (created.sid, "Pump 3 is down 😀", "delivered")
    assert [step["status"] for step in shown["history"]] == ["queued", "sending", "sent", "delivered"]
    assert shown["created_at"] < shown["delivered_at"]


def test_a_messaging_service_accepts_first_and_chooses_its_number_later(sandbox: RunningSandbox) -> None:
    client = sandbox.twilio()
    created = client.messages.create(to=PHONE, messaging_service_sid=SERVICE, body="hello")
    assert (created.status, created.from_, created.messaging_service_sid) == ("accepted", None, SERVICE)
    done = eventually(lambda: (m := client.messages(created.sid).fetch()).status == "delivered" and m)
    assert done.from_ == IN_SERVICE
    assert [m.sid for m in client.messages.list(from_=IN_SERVICE)] == [created.sid]


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"to": ""}, 400, 21604),
        ({"from_": ""}, 400, 21603),
        ({"body": ""}, 400, 21602),
        ({"to": "+1206555"}, 400, 21211),
        ({"to": "12065550142"}, 400, 21211),
        ({"to": "+15551234567"}, 400, 21211),
        ({"to": OWN}, 400, 21266),
        ({"from_": "+12065550999"}, 400, 21606),
        ({"from_": "+15005550001"}, 400, 21212),
        ({"from_": "+15005550007"}, 400, 21606),
        ({"from_": "+15005550008"}, 429, 21611),
        ({"to": "+15005550001"}, 400, 21211),
        ({"to": "+15005550002"}, 400, 21612),
        ({"to": "+15005550003"}, 400, 21408),
        ({"to": "+15005550004"}, 400, 21610),
        ({"to": "+15005550009"}, 400, 21614),
        ({"body": "x" * 1601}, 400, 21617),
        ({"status_callback": "ftp://127.0.0.1/x"}, 400, 21609),
        ({"validity_period": 0}, 400, 21624),
        ({"validity_period": 36001}, 400, 21624),
        ({"messaging_service_sid": "MG" + "0" * 32}, 400, 21701),
        ({"messaging_service_sid": SERVICE}, 400, 21711),
        ({"to": "+12065551211"}, 400, 21211),
        ({"to": "+12065551408"}, 400, 21408),
        ({"to": "+12065551610"}, 400, 21610),
        ({"to": "+12065551612"}, 400, 21612),
        ({"to": "+12065551614"}, 400, 21614),
        ({"to": "+12065551429"}, 429, 20429),
        ({"to": "+12065551503"}, 503, 20503),
        ({"to": "+12065550500"}, 500, 20500),
    ],
)
def test_a_refused_request_names_its_code_and_leaves_only_an_alert(
    sandbox: RunningSandbox, fields: dict[str, object], status: int, code: int
) -> None:
    error = refused(sandbox, **fields)
    assert (error.status, error.code) == (status, code)
    assert error.msg.removeprefix("Unable to create record: ")
    client = sandbox.twilio()
    assert client.messages.list() == []
    [alert] = client.monitor.v1.alerts.list()
    assert (alert.error_code, alert.log_level) == (str(code), "error")
    assert client.messages.create(to=PHONE, from_=OWN, body="x" * 1600).status == "queued"


def test_an_error_body_has_the_four_fields(sandbox: RunningSandbox) -> None:
    answer = requests.post(
        f"{sandbox.url}/2010-04-01/Accounts/{sandbox.account_sid}/Messages.json",
        data={"From": OWN, "Body": "x"},
        auth=(sandbox.account_sid, sandbox.auth_token),
        timeout=5,
    )
    assert answer.json() == {
        "code": 21604,
        "message": "A 'To' phone number is required.",
        "more_info": "https://www.twilio.com/docs/errors/21604",
        "status": 400,
    }


def test_a_wrong_token_is_turned_away(sandbox: RunningSandbox) -> None:
    with pytest.raises(TwilioRestException) as caught:
        sandbox.twilio(auth_token="0" * 32).messages.create(to=PHONE, from_=OWN, body="x")
    assert (caught.value.status, caught.value.code) == (401, 20003)
    other = requests.get(
        f"{sandbox.url}/2010-04-01/Accounts/AC{'0' * 32}/Messages.json",
        auth=(sandbox.account_sid, sandbox.auth_token),
        timeout=5,
    )
    assert (other.status_code, other.json()["code"]) == (401, 20003)
    assert sandbox.get("/messages") == []
    assert sandbox.twilio().api.v2010.accounts(sandbox.account_sid).fetch().status == "active"


@pytest.mark.parametrize(
    "path", ["/Accounts/AC1/Messages.json", "/2010-04-01/Nothing.json", "/v9/Things", "/sandbox/x"]
)
def test_an_unknown_address_is_20404(sandbox: RunningSandbox, path: str) -> None:
    answer = requests.get(f"{sandbox.url}{path}", timeout=5)
    assert (answer.status_code, answer.json()["code"]) == (404, 20404)
    with pytest.raises(TwilioRestException) as caught:
        sandbox.twilio().messages("SM" + "0" * 32).fetch()
    assert caught.value.code == 20404


def test_a_list_pages_newest_first_and_does_not_shift_when_texts_arrive(sandbox: RunningSandbox) -> None:
    client = sandbox.twilio()
    sids = [client.messages.create(to=PHONE, from_=OWN, body=str(n)).sid for n in range(7)]
    client.messages.create(to="+12065550143", from_=OWN, body="another phone")
    assert [m.sid for m in client.messages.list(to=PHONE, page_size=3)] == sids[::-1]
    first = client.messages.page(to=PHONE, page_size=3)
    assert [m.sid for m in first] == sids[:3:-1]
    client.messages.create(to=PHONE, from_=OWN, body="late")
    second = first.next_page()
    assert [m.sid for m in second] == sids[3:0:-1]
    third = second.next_page()
    assert [m.sid for m in third] == sids[:1]
    assert third.next_page() is None


def test_a_list_filters_by_the_moment_of_sending(sandbox: RunningSandbox) -> None:
    client = sandbox.twilio()
    sent = client.messages.create(to=PHONE, from_=OWN, body="sent")
    unsent = client.messages.create(to="+12065552000", from_=OWN, body="never leaves")
    at = eventually(lambda: client.messages(sent.sid).fetch().date_sent)
    hour = timedelta(hours=1)
    assert [m.sid for m in client.messages.list(date_sent_after=at - hour)] == [sent.sid]
    assert [m.sid for m in client.messages.list(date_sent_before=at + hour)] == [sent.sid]
    assert [m.sid for m in client.messages.list(date_sent=at.date())] == [sent.sid]
    assert client.messages.list(date_sent_after=at + hour) == []
    assert client.messages.list(date_sent_before=at - hour) == []
    assert client.messages.list(date_sent=(at - timedelta(days=1)).date()) == []
    assert {m.sid for m in client.messages.list()} == {sent.sid, unsent.sid}
    assert [m.sid for m in client.messages.list(to=PHONE, from_=OWN)] == [sent.sid]
    assert client.messages.list(to=PHONE, from_=IN_SERVICE) == []


def test_a_message_can_be_cancelled_only_while_it_has_not_left(sandbox: RunningSandbox) -> None:
    client = sandbox.twilio()
    waiting = client.messages.create(to="+12065552010", from_=OWN, body="slow")
    assert client.messages(waiting.sid).update(status="canceled").status == "canceled"
    gone = client.messages.create(to=PHONE, from_=OWN, body="fast")
    eventually(lambda: client.messages(gone.sid).fetch().status == "delivered")
    with pytest.raises(TwilioRestException) as caught:
        client.messages(gone.sid).update(status="canceled")
    assert (caught.value.status, caught.value.code) == (409, 30409)
    assert client.messages(waiting.sid).fetch().status == "canceled"


def test_a_scheduled_message_leaves_at_its_time(sandbox: RunningSandbox) -> None:
    client = sandbox.twilio()
    soon, later = (datetime.now(UTC) + timedelta(seconds=seconds) for seconds in (0, 3600))
    error = refused(sandbox, schedule_type="fixed", send_at=later)
    assert error.code == 35118
    due = client.messages.create(
        to=PHONE, messaging_service_sid=SERVICE, body="due", schedule_type="fixed", send_at=soon
    )
    kept = client.messages.create(
        to=PHONE, messaging_service_sid=SERVICE, body="kept", schedule_type="fixed", send_at=later
    )
    assert (due.status, kept.status) == ("scheduled", "scheduled")
    eventually(lambda: client.messages(due.sid).fetch().status == "delivered")
    assert client.messages(kept.sid).fetch().status == "scheduled"


def test_a_message_that_cannot_go_within_its_validity_expires(sandbox: RunningSandbox) -> None:
    client = sandbox.twilio()
    stuck, patient = (
        client.messages.create(to="+12065553036", from_=OWN, body="x", validity_period=validity)
        for validity in (1, 3600)
    )
    done = eventually(lambda: (m := client.messages(stuck.sid).fetch()).status == "failed" and m)
    assert (done.error_code, done.error_message) == (30036, "Validity Period Expired")
    assert client.messages(patient.sid).fetch().status == "queued"


def test_a_finished_message_can_be_blanked_and_deleted(sandbox: RunningSandbox) -> None:
    client = sandbox.twilio()
    created = client.messages.create(to="+12065552010", from_=OWN, body="private")
    with pytest.raises(TwilioRestException) as caught:
        client.messages(created.sid).delete()
    assert caught.value.code == 20009
    eventually(lambda: client.messages(created.sid).fetch().status == "delivered")
    assert client.messages(created.sid).update(body="").body == ""
    assert client.messages(created.sid).delete()
    assert client.messages.list() == []


def test_the_account_shows_its_numbers_and_services(sandbox: RunningSandbox) -> None:
    client = sandbox.twilio()
    number = client.incoming_phone_numbers.list(phone_number=OWN)[0]
    assert len(client.incoming_phone_numbers.list()) == 5
    assert number.capabilities["sms"] is True
    assert number.sms_method == "POST"
    changed = client.incoming_phone_numbers(number.sid).update(sms_url="http://127.0.0.1:1/elsewhere")
    assert changed.sms_url == "http://127.0.0.1:1/elsewhere"
    assert client.incoming_phone_numbers(number.sid).fetch().sms_url == "http://127.0.0.1:1/elsewhere"
    service = client.messaging.v1.services(SERVICE).fetch()
    assert service.use_inbound_webhook_on_number is True
    assert service.inbound_request_url is None
    with pytest.raises(TwilioRestException):
        client.messaging.v1.services("MG" + "0" * 32).fetch()

"""Azure's side of the sandbox, met through Azure's own SDK: what is sent, told, repeated, opted out of and refused."""

import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import pytest
from azure.communication.sms import SmsClient
from azure.communication.sms._generated.models import SendMessageRequest, SmsRecipient, SmsSendOptions
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import HttpResponseError, ServiceRequestError, ServiceResponseError

from notifications.sandbox import defaults
from notifications.sandbox.behaviours import BY_NAME

from .event_receiver import EventReceiver, event_receiver
from .process import RunningSandbox, eventually

FROM, TOLL_FREE = defaults.AZURE_NUMBERS
PHONE = "+12065550142"
REPORT, TEXT = "SMSDeliveryReportReceived", "SMSReceived"


def client(sandbox: RunningSandbox, *, key: str = defaults.AZURE_ACCESS_KEY, timeout: float = 10) -> Any:
    return SmsClient(sandbox.url, AzureKeyCredential(key), retry_total=0, read_timeout=timeout)


def send(sandbox: RunningSandbox, to: str = PHONE, *, sender: str = FROM, text: str = "hello") -> Any:
    [result] = client(sandbox).send(sender, to, text, enable_delivery_report=True, tag="att_1")
    return result


def send_as(sandbox: RunningSandbox, key: str, *, text: str = "hello", to: str = PHONE, at: datetime) -> Any:
    """The SDK draws an id of its own for each request: with one of ours its inner client is used."""
    recipient = SmsRecipient(
        to=to, repeatability_request_id=key, repeatability_first_sent=format_datetime(at, usegmt=True)
    )
    request = SendMessageRequest(
        from_property=FROM,
        sms_recipients=[recipient],
        message=text,
        sms_send_options=SmsSendOptions(enable_delivery_report=True, tag="att_1"),
    )
    return client(sandbox, timeout=1.5)._sms_service_client.sms.send(request).value[0]


def texts(sandbox: RunningSandbox, to: str = PHONE) -> list[dict[str, Any]]:
    return [text for text in sandbox.get("/messages", to=to) if text["direction"] == "outbound-api"]


@pytest.fixture
def events(sandbox: RunningSandbox) -> Iterator[EventReceiver]:
    with event_receiver() as receiver:
        sandbox.post("/subscription", url=receiver.url).raise_for_status()
        yield receiver
        sandbox.reset()


def reports(events: EventReceiver, *, count: int = 1) -> list[dict[str, Any]]:
    eventually(lambda: len(events.events(REPORT)) >= count)
    return [event["data"] for event in events.events(REPORT)]


def test_a_text_arrives_and_its_report_comes_back_with_the_tag(sandbox: RunningSandbox, events: EventReceiver) -> None:
    result = send(sandbox)
    assert (result.to, result.http_status_code, result.successful) == (PHONE, 202, True)
    [report] = reports(events)
    assert (report["messageid"], report["tag"], report["deliverystatus"]) == (result.message_id, "att_1", "Delivered")
    assert (report["from"], report["to"]) == (FROM[1:], PHONE[1:]), "numbers come without their plus sign"
    [text] = texts(sandbox)
    assert (text["sid"], text["provider"], text["status"]) == (result.message_id, "azure", "delivered")
    assert sandbox.twilio().messages.list(to=PHONE) == [], "Twilio knows nothing of it"
    [path] = {path for path, kind, _ in events.posted if kind == "Notification"}
    assert path == "/events?key=of-the-tests"


def test_names_of_properties_come_in_either_case(sandbox: RunningSandbox, events: EventReceiver) -> None:
    for _ in range(16):
        send(sandbox)
    reports(events, count=16)
    spelled = {next(iter(event["data"])) for _, kind, event in events.posted if kind == "Notification"}
    assert spelled == {"messageId", "MessageId"}


@pytest.mark.parametrize(
    ("behaviour", "details"),
    [
        ("unreachable", "4006: The recipient is not reachable now."),
        ("unknown_number", "4004: The recipient's number does not exist."),
        ("landline", "4005: The message was blocked by the carrier of the recipient."),
        ("opted_out", "Sender blocked for given recipient."),
        ("opted_out_late", "Sender blocked for given recipient."),
    ],
)
def test_the_last_digits_decide_what_the_report_says(
    sandbox: RunningSandbox, events: EventReceiver, behaviour: str, details: str
) -> None:
    assert send(sandbox, BY_NAME[behaviour].example).successful
    [report] = reports(events)
    assert (report["deliverystatus"], report["deliverystatusdetails"]) == ("Failed", details)


def test_some_reports_come_twice_or_never_or_contradict_each_other(
    sandbox: RunningSandbox, events: EventReceiver
) -> None:
    for name in ("silence", "stays_sent", "receipts_lost"):
        send(sandbox, BY_NAME[name].example)
    send(sandbox, BY_NAME["doubled"].example)
    assert [each["deliverystatus"] for each in reports(events, count=2)] == ["Delivered", "Delivered"]
    send(sandbox, BY_NAME["conflict"].example)
    assert [each["deliverystatus"] for each in reports(events, count=4)][2:] == ["Delivered", "Failed"]
    assert len({event["id"] for event in events.events(REPORT)}) == 2


def test_a_report_is_posted_before_the_answer_where_that_was_asked_for(
    sandbox: RunningSandbox, events: EventReceiver
) -> None:
    send(sandbox, BY_NAME["receipt_first"].example)
    assert len(events.events(REPORT)) == 1


def test_a_refused_recipient_comes_inside_a_202(sandbox: RunningSandbox) -> None:
    refused = send(sandbox, BY_NAME["invalid_number"].example)
    assert (refused.http_status_code, refused.successful, refused.message_id) == (400, False, None)
    good, bad = client(sandbox).send(FROM, [PHONE, "+1206"], "hello")
    assert (good.successful, bad.successful) == (True, False)


@pytest.mark.parametrize(("behaviour", "status"), [("throttled", 429), ("unavailable", 503), ("server_error", 500)])
def test_trouble_at_the_provider_refuses_the_whole_request(
    sandbox: RunningSandbox, behaviour: str, status: int
) -> None:
    with pytest.raises(HttpResponseError) as refused:
        send(sandbox, BY_NAME[behaviour].example)
    assert refused.value.status_code == status
    assert texts(sandbox, BY_NAME[behaviour].example) == []


def test_what_is_wrong_is_refused(sandbox: RunningSandbox) -> None:
    with pytest.raises(HttpResponseError) as unsigned:
        client(sandbox, key="QUFB").send(FROM, PHONE, "hello")
    with pytest.raises(HttpResponseError) as stranger:
        send(sandbox, sender="+12125550199")
    with pytest.raises(HttpResponseError) as long:
        send(sandbox, text="x" * 2049)
    assert [each.value.status_code for each in (unsigned, stranger, long)] == [401, 404, 400]
    assert texts(sandbox) == []


def test_the_same_request_again_is_answered_as_the_first_time_and_sends_nothing(sandbox: RunningSandbox) -> None:
    key, now = str(uuid.uuid4()), datetime.now(UTC)
    first, second = (send_as(sandbox, key, at=now) for _ in range(2))
    assert first.message_id == second.message_id
    assert first.repeatability_result == second.repeatability_result == "accepted"
    assert len(texts(sandbox)) == 1
    other = send_as(sandbox, key, text="something else", at=now)
    assert (other.successful, other.http_status_code, other.repeatability_result) == (False, 409, "rejected")
    assert len(texts(sandbox)) == 1
    send_as(sandbox, str(uuid.uuid4()), at=now)
    assert len(texts(sandbox)) == 2


@pytest.mark.parametrize("behaviour", ["timeout_after", "reset_after"])
def test_what_was_taken_and_never_answered_is_known_when_it_comes_again(
    sandbox: RunningSandbox, behaviour: str
) -> None:
    key, now, to = str(uuid.uuid4()), datetime.now(UTC), BY_NAME[behaviour].example
    with pytest.raises((ServiceRequestError, ServiceResponseError)):
        send_as(sandbox, key, to=to, at=now)
    [taken] = texts(sandbox, to)
    assert send_as(sandbox, key, to=to, at=now).message_id == taken["sid"]
    assert len(texts(sandbox, to)) == 1


def test_one_provider_is_down_and_the_other_is_not(sandbox: RunningSandbox) -> None:
    sandbox.force("down", provider="azure")
    with pytest.raises(HttpResponseError):
        send(sandbox)
    sandbox.twilio().messages.create(to=PHONE, from_="+12065550100", body="by Twilio")
    sandbox.force(None, provider="azure")
    sandbox.force("down", provider="twilio")
    assert send(sandbox).successful


def test_stop_and_start_from_the_handset_change_the_list_and_are_passed_on(
    sandbox: RunningSandbox, events: EventReceiver
) -> None:
    stopped = sandbox.reply(PHONE, "Stop", to=FROM)
    assert "unsubscribed" in stopped["provider_reply"]["body"]
    assert stopped["webhook"]["status"] == 200
    send(sandbox)
    [report] = reports(events)
    assert report["deliverystatusdetails"] == "Sender blocked for given recipient."
    assert sandbox.reply(PHONE, "QUIT", to=FROM)["provider_reply"] is None, "Azure acts on STOP alone"
    assert sandbox.reply(PHONE, "unstop", to=FROM)["provider_reply"] is not None
    assert sandbox.get("/optouts") == []
    received = events.events(TEXT)
    assert [event["data"]["message"] for event in received] == ["Stop", "QUIT", "unstop"]
    assert {event["data"]["from"] for event in received} == {PHONE[1:]}


def test_a_reply_goes_to_the_number_that_wrote_last(sandbox: RunningSandbox, events: EventReceiver) -> None:
    send(sandbox, sender=TOLL_FREE)
    sandbox.reply(PHONE, "1")
    [event] = events.events(TEXT)
    assert (event["data"]["to"], event["subject"]) == (TOLL_FREE[1:], f"/phonenumber/{TOLL_FREE[1:]}")
    shown = sandbox.get(f"/phones/{PHONE}")
    assert {text["provider"] for text in shown["messages"]} == {"azure"}
    assert set(shown["azure_senders"]) == set(defaults.AZURE_NUMBERS)


def test_an_address_that_does_not_answer_the_handshake_gets_no_events(sandbox: RunningSandbox) -> None:
    before = sandbox.get("/subscription")
    with event_receiver() as mute:
        mute.is_mute = True
        assert sandbox.post("/subscription", url=mute.url).status_code == 400
    assert sandbox.get("/subscription") == before
    assert "key" not in before["url"]


def test_a_bad_answer_to_an_event_is_an_alert(sandbox: RunningSandbox, events: EventReceiver) -> None:
    events.status = 404
    assert sandbox.reply(PHONE, "hello", to=FROM)["webhook"]["problem"] == "HTTP 404"
    [alert] = sandbox.get("/alerts")
    assert (alert["text"], "key" in alert["request_url"]) == ("Event Grid: HTTP 404", False)
    time.sleep(0.1)
    assert len(events.events(TEXT)) == 1

"""Status callbacks as the portal meets them: signed, in the published manner of each ending, and never repeated."""

import socket
import time
from datetime import UTC, datetime

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

from .conftest import IN_SERVICE, OWN, SERVICE
from .process import RunningSandbox, eventually
from .receiver import Receiver

DELIVERED = ["sending", "sent", "delivered"]


def send(sandbox: RunningSandbox, receiver: Receiver, *, ending: str, timeout: float = 10, **fields: object) -> str:
    sender = {} if "messaging_service_sid" in fields else {"from_": OWN}
    message = sandbox.twilio(timeout=timeout).messages.create(
        to=f"+1206555{ending}",
        body="Pump 3 is down",
        status_callback=f"{receiver.url}/status?attempt={ending}",
        **sender,
        **fields,
    )
    return str(message.sid)


def path_of(ending: str) -> str:
    return f"/status?attempt={ending}"


@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        ("0142", DELIVERED),
        ("2001", ["sending", "sent"]),
        ("2002", ["sending", "sending", "sent", "sent", "delivered", "delivered"]),
        ("2003", ["delivered", "sent", "sending"]),
        ("2005", [*DELIVERED, "undelivered"]),
        ("2010", DELIVERED),
        ("3001", ["failed"]),
        ("3003", ["sending", "sent", "undelivered"]),
    ],
)
def test_receipts_come_in_the_published_manner(
    sandbox: RunningSandbox, receiver: Receiver, ending: str, expected: list[str]
) -> None:
    sid = send(sandbox, receiver, ending=ending)
    eventually(lambda: len(receiver.at(path_of(ending))) >= len(expected))
    webhooks = receiver.at(path_of(ending))
    assert [webhook.params["MessageStatus"] for webhook in webhooks] == expected
    assert all(webhook.signature_holds for webhook in webhooks)
    assert {webhook.params["MessageSid"] for webhook in webhooks} == {sid}
    assert len({webhook.token for webhook in webhooks}) == len(set(expected)), "one token for one webhook"


@pytest.mark.parametrize("code", [30003, 30004, 30005, 30006, 30007, 30008, 30034, 30630])
def test_an_undelivered_receipt_carries_the_code_of_its_ending(
    sandbox: RunningSandbox, receiver: Receiver, code: int
) -> None:
    ending = f"3{code % 1000:03}"
    sid = send(sandbox, receiver, ending=ending)
    eventually(lambda: "undelivered" in receiver.statuses(path_of(ending)))
    *early, last = receiver.at(path_of(ending))
    assert last.params["ErrorCode"] == str(code)
    assert all("ErrorCode" not in webhook.params for webhook in early)
    fetched = sandbox.twilio().messages(sid).fetch()
    assert (fetched.status, fetched.error_code) == ("undelivered", code)
    assert fetched.error_message


def test_a_receipt_has_the_published_parameters(sandbox: RunningSandbox, receiver: Receiver) -> None:
    sid = send(sandbox, receiver, ending="0142")
    eventually(lambda: "delivered" in receiver.statuses(path_of("0142")))
    first, _, last = receiver.at(path_of("0142"))
    assert first.params == {
        "AccountSid": sandbox.account_sid,
        "ApiVersion": "2010-04-01",
        "From": OWN,
        "MessageSid": sid,
        "MessageStatus": "sending",
        "SmsSid": sid,
        "SmsStatus": "sending",
        "To": "+12065550142",
    }
    done = datetime.strptime(last.params["RawDlrDoneDate"], "%y%m%d%H%M").replace(tzinfo=UTC)
    assert abs((done - datetime.now(UTC)).total_seconds()) < 130


def test_a_service_message_tells_its_queueing_and_its_service(sandbox: RunningSandbox, receiver: Receiver) -> None:
    send(sandbox, receiver, ending="0142", messaging_service_sid=SERVICE)
    eventually(lambda: "delivered" in receiver.statuses(path_of("0142")))
    webhooks = receiver.at(path_of("0142"))
    assert [webhook.params["MessageStatus"] for webhook in webhooks] == ["queued", *DELIVERED]
    assert {(w.params["From"], w.params["MessagingServiceSid"]) for w in webhooks} == {(IN_SERVICE, SERVICE)}


@pytest.mark.parametrize(("ending", "known"), [("2000", "queued"), ("2006", "delivered")])
def test_a_silent_ending_posts_nothing(sandbox: RunningSandbox, receiver: Receiver, ending: str, known: str) -> None:
    sid = send(sandbox, receiver, ending=ending)
    send(sandbox, receiver, ending="2010")
    eventually(lambda: "delivered" in receiver.statuses(path_of("2010")))
    assert receiver.at(path_of(ending)) == []
    assert sandbox.twilio().messages(sid).fetch().status == known


def test_receipts_can_arrive_before_the_answer(sandbox: RunningSandbox, receiver: Receiver) -> None:
    sid = send(sandbox, receiver, ending="2004")
    assert receiver.statuses(path_of("2004")) == DELIVERED, "all of them are there as soon as the call returns"
    assert receiver.at(path_of("2004"))[0].params["MessageSid"] == sid


@pytest.mark.parametrize(("ending", "status", "code"), [("0429", 429, 20429), ("0503", 503, 20503)])
def test_a_passing_fault_lets_the_second_try_through(
    sandbox: RunningSandbox, receiver: Receiver, ending: str, status: int, code: int
) -> None:
    with pytest.raises(TwilioRestException) as caught:
        send(sandbox, receiver, ending=ending)
    assert (caught.value.status, caught.value.code) == (status, code)
    assert sandbox.twilio().messages.list() == []
    send(sandbox, receiver, ending=ending)
    eventually(lambda: receiver.statuses(path_of(ending)) == DELIVERED)


@pytest.mark.parametrize(("ending", "delivered"), [("0408", 1), ("0504", 0)])
def test_an_answer_that_never_comes_tells_nothing_about_the_message(
    sandbox: RunningSandbox, receiver: Receiver, ending: str, delivered: int
) -> None:
    with pytest.raises(requests.exceptions.ReadTimeout):
        send(sandbox, receiver, ending=ending, timeout=0.5)
    if delivered:
        eventually(lambda: receiver.statuses(path_of(ending)) == DELIVERED)
    assert len(sandbox.twilio().messages.list(to=f"+1206555{ending}")) == delivered


@pytest.mark.parametrize(("ending", "delivered"), [("0444", 0), ("1444", 1)])
def test_a_connection_can_be_reset_before_or_after_acceptance(
    sandbox: RunningSandbox, receiver: Receiver, ending: str, delivered: int
) -> None:
    with pytest.raises(requests.exceptions.ConnectionError, match="reset"):
        send(sandbox, receiver, ending=ending)
    if delivered:
        eventually(lambda: receiver.statuses(path_of(ending)) == DELIVERED)
    assert len(sandbox.twilio().messages.list(to=f"+1206555{ending}")) == delivered


def test_a_bad_answer_is_not_repeated_and_becomes_an_alert(sandbox: RunningSandbox, receiver: Receiver) -> None:
    receiver.answers[path_of("0142")] = (500, "text/plain", "no")
    sid = send(sandbox, receiver, ending="0142")
    eventually(lambda: len(sandbox.get("/alerts")) == 3)
    assert receiver.statuses(path_of("0142")) == DELIVERED
    alerts = sandbox.twilio().monitor.v1.alerts.list(log_level="error")
    assert {(alert.error_code, alert.resource_sid) for alert in alerts} == {("11200", sid)}
    assert alerts[0].request_url == f"{receiver.url}{path_of('0142')}"


def test_a_connection_that_breaks_is_tried_once_more_with_the_same_token(sandbox: RunningSandbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(8)
        sandbox.force("queue_overflow")
        sandbox.twilio().messages.create(
            to="+12065550142",
            from_=OWN,
            body="x",
            status_callback=f"http://127.0.0.1:{listener.getsockname()[1]}/status",
        )
        tokens = []
        for _ in range(2):
            connection, _address = listener.accept()
            request = connection.recv(65536).decode()
            tokens.append([line for line in request.splitlines() if line.startswith("I-Twilio-Idempotency-Token")])
            connection.close()
        assert tokens[0] == tokens[1] != []
        eventually(lambda: [alert["code"] for alert in sandbox.get("/alerts")] == [11200])
        listener.settimeout(0.2)
        with pytest.raises(TimeoutError):
            listener.accept()


def test_the_fragment_stays_at_home(sandbox: RunningSandbox, receiver: Receiver) -> None:
    sandbox.twilio().messages.create(
        to="+12065553001", from_=OWN, body="x", status_callback=f"{receiver.url}/status?a=%2B1#rc=2&rp=all"
    )
    [webhook] = eventually(lambda: receiver.webhooks)
    assert webhook.path == "/status?a=%2B1", "byte for byte, without the fragment"
    assert webhook.signature_holds


@pytest.mark.parametrize("host", ["example.invalid", "192.0.2.7", "10.0.0.1", "127.0.0.1.example.invalid"])
def test_nothing_is_posted_beyond_this_machine(sandbox: RunningSandbox, receiver: Receiver, host: str) -> None:
    sandbox.twilio().messages.create(to="+12065553001", from_=OWN, body="x", status_callback=f"http://{host}/status")
    [alert] = eventually(lambda: sandbox.get("/alerts"))
    assert (alert["code"], alert["text"]) == (11200, "the sandbox posts to loopback addresses only")


def test_a_forced_behaviour_holds_for_its_number_until_it_is_dropped(
    sandbox: RunningSandbox, receiver: Receiver
) -> None:
    sandbox.force("landline", to="+12065550142")
    send(sandbox, receiver, ending="0142")
    send(sandbox, receiver, ending="0143")
    eventually(lambda: "undelivered" in receiver.statuses(path_of("0142")))
    eventually(lambda: "delivered" in receiver.statuses(path_of("0143")))
    sandbox.force("throttled")
    with pytest.raises(TwilioRestException):
        send(sandbox, receiver, ending="0143")
    assert sandbox.get("/faults") == {"+12065550142": "landline", "*": "throttled"}
    sandbox.force(None)
    sandbox.force(None, to="+12065550142")
    receiver.forget()
    send(sandbox, receiver, ending="0142")
    eventually(lambda: receiver.statuses(path_of("0142")) == DELIVERED)
    assert sandbox.post("/faults", behaviour="nonsense").status_code == 400


def test_a_reset_stops_what_was_on_its_way(sandbox: RunningSandbox, receiver: Receiver) -> None:
    send(sandbox, receiver, ending="2010")
    sandbox.reset()
    assert sandbox.get("/messages") == []
    started = time.monotonic()
    send(sandbox, receiver, ending="2010")
    eventually(lambda: "delivered" in receiver.statuses(path_of("2010")))
    assert time.monotonic() - started > 0.7
    assert receiver.statuses(path_of("2010")) == DELIVERED, "the first message was never heard of again"

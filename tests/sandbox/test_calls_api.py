"""Placing, finding and hanging up calls through Twilio's own SDK: what is accepted, what is refused, and how."""

from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

from .calling import PHONE, answering, asking, place, statuses, told
from .conftest import NO_VOICE, OWN
from .process import RunningSandbox, eventually
from .receiver import Receiver


def code_of(sandbox: RunningSandbox, **fields: Any) -> tuple[int, int]:
    asked = {"to": PHONE, "from_": OWN, "url": "http://127.0.0.1:9/voice", **fields}
    with pytest.raises(TwilioRestException) as caught:
        sandbox.twilio().calls.create(**{name: value for name, value in asked.items() if value is not None})
    return caught.value.status, caught.value.code


def test_an_accepted_call_is_the_resource_that_the_sdk_reads(sandbox: RunningSandbox, receiver: Receiver) -> None:
    asking(receiver)
    client = sandbox.twilio()
    call = client.calls.create(to="+12065554101", from_=OWN, url=f"{receiver.url}/voice")
    assert (len(call.sid), call.sid[:2], call.status) == (34, "CA", "queued")
    assert (call.to, call._from, call.to_formatted) == ("+12065554101", OWN, "(206) 555-4101")
    assert (call.direction, call.duration, call.answered_by, call.end_time) == ("outbound-api", None, None, None)
    assert call.phone_number_sid == client.incoming_phone_numbers.list(phone_number=OWN)[0].sid
    assert call.date_created is not None
    sandbox.over("+12065554101")
    done = client.calls(call.sid).fetch()
    assert (done.status, done.duration, done.answered_by) == ("completed", "1", None)
    assert call.date_created <= done.start_time <= done.end_time


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"to": "hello"}, 21211),
        ({"to": "2065550142"}, 21211),
        ({"to": "+12065551211"}, 21211),
        ({"to": "+12061"}, 21211),
        ({"to": "+11065550142"}, 21217),
        ({"to": "+15005550001"}, 21217),
        ({"to": "+12065551214"}, 21214),
        ({"to": "+12065551215"}, 21215),
        ({"to": "+12065551216"}, 21216),
        ({"from_": ""}, 21213),
        ({"from_": "Harbor"}, 21212),
        ({"from_": "+15005550001"}, 21212),
        ({"from_": "+12065550777"}, 21210),
        ({"from_": NO_VOICE}, 21210),
        ({"url": None}, 21205),
        ({"url": "portal/voice"}, 21205),
        ({"fallback_url": "ftp://127.0.0.1/voice"}, 21205),
        ({"status_callback": "nowhere"}, 21609),
        ({"method": "PUT"}, 20001),
        ({"machine_detection": "Sometimes"}, 20001),
        ({"timeout": 4}, 20001),
        ({"timeout": 601}, 20001),
        ({"time_limit": 0}, 20001),
        ({"url": None, "twiml": "<Response>" + " " * 4000 + "</Response>"}, 20001),
    ],
)
def test_a_wrong_request_is_refused_and_leaves_an_alert(
    sandbox: RunningSandbox, fields: dict[str, Any], code: int
) -> None:
    assert code_of(sandbox, **fields) == (400, code)
    assert sandbox.calls() == []
    assert [alert.error_code for alert in sandbox.twilio().monitor.v1.alerts.list()] == [str(code)]


def test_texts_that_are_refused_say_nothing_of_calls(sandbox: RunningSandbox, receiver: Receiver) -> None:
    place(sandbox, receiver, to="+12065551610")
    assert sandbox.ringing("+12065551610")["to"] == "+12065551610"


@pytest.mark.parametrize(("ending", "code"), [("1429", (429, 20429)), ("1503", (503, 20503)), ("0500", (500, 20500))])
def test_trouble_at_the_provider_is_that_of_texts(sandbox: RunningSandbox, ending: str, code: tuple[int, int]) -> None:
    assert code_of(sandbox, to=f"+1206555{ending}") == code
    assert sandbox.calls() == []


def test_a_passing_fault_lets_the_second_call_through(sandbox: RunningSandbox, receiver: Receiver) -> None:
    assert code_of(sandbox, to="+12065550429") == (429, 20429)
    place(sandbox, receiver, to="+12065550429")
    assert len(sandbox.calls("+12065550429")) == 1
    sandbox.force("down", provider="twilio")
    assert code_of(sandbox) == (503, 20503)


@pytest.mark.parametrize(("ending", "placed"), [("0408", 1), ("0504", 0)])
def test_an_answer_that_never_comes_tells_nothing_about_the_call(
    sandbox: RunningSandbox, receiver: Receiver, ending: str, placed: int
) -> None:
    with pytest.raises(requests.exceptions.ReadTimeout):
        place(sandbox, receiver, to=f"+1206555{ending}", timeout=0.5)
    assert len(sandbox.twilio().calls.list(to=f"+1206555{ending}")) == placed


@pytest.mark.parametrize(("ending", "placed"), [("0444", 0), ("1444", 1)])
def test_a_connection_can_be_reset_before_or_after_the_call_was_taken(
    sandbox: RunningSandbox, receiver: Receiver, ending: str, placed: int
) -> None:
    with pytest.raises(requests.exceptions.ConnectionError, match="reset"):
        place(sandbox, receiver, to=f"+1206555{ending}")
    assert len(sandbox.calls(f"+1206555{ending}")) == placed


def test_calls_are_listed_newest_first_by_page_and_by_what_they_are(
    sandbox: RunningSandbox, receiver: Receiver
) -> None:
    client = sandbox.twilio()
    sids = [place(sandbox, receiver, to=f"+120655544{which}", url="http://127.0.0.1:9/") for which in (80, 86, 80)]
    other = place(sandbox, receiver, to="+12065550143")
    eventually(lambda: [call["status"] for call in sandbox.calls()][:3] == ["no-answer", "busy", "no-answer"])
    assert [call.sid for call in client.calls.stream(page_size=1)] == [other, *reversed(sids)]
    assert [call.sid for call in client.calls.list(to="+12065554480")] == [sids[2], sids[0]]
    assert [call.sid for call in client.calls.list(status="busy", from_=OWN)] == [sids[1]]
    assert client.calls.list(from_="+18885550100") == []
    sandbox.ringing("+12065550143")
    created = client.calls(other).fetch().date_created
    assert client.calls.list(start_time_before=created.replace(year=2020)) == []
    assert len(client.calls.list(start_time_after=created.replace(year=2020))) == 4
    assert len(client.calls.list(start_time=created.date())) == 4


@pytest.mark.parametrize(("auth_token", "code"), [("", 20404), ("wrong", 20003)])
def test_a_call_that_is_not_known_is_not_found(sandbox: RunningSandbox, auth_token: str, code: int) -> None:
    with pytest.raises(TwilioRestException) as caught:
        sandbox.twilio(auth_token=auth_token).calls("CA" + "0" * 32).fetch()
    assert caught.value.code == code


def test_a_call_that_rings_can_be_canceled_once(sandbox: RunningSandbox, receiver: Receiver) -> None:
    sid = place(sandbox, receiver)
    call = sandbox.ringing(PHONE)
    assert sandbox.twilio().calls(sid).update(status="canceled").status == "canceled"
    assert statuses(receiver) == ["initiated", "ringing", "canceled"]
    assert told(receiver)[-1].params["CallDuration"] == "0"
    assert sandbox.post(f"/phones/{PHONE}/calls/{sid}/answer").status_code == 409
    with pytest.raises(TwilioRestException) as caught:
        sandbox.twilio().calls(sid).update(status="completed")
    assert caught.value.code == 21220
    assert sandbox.over(PHONE)["ended_by"] == "portal"
    assert call["status"] == "ringing"


def test_a_call_in_progress_is_hung_up_by_completed_and_not_by_canceled(
    sandbox: RunningSandbox, receiver: Receiver
) -> None:
    asking(receiver, timeout=120)
    sid = place(sandbox, receiver)
    sandbox.on_phone(sandbox.ringing(PHONE), "answer")
    resource = sandbox.twilio().calls(sid)
    assert resource.update(status="canceled").status == "in-progress"
    assert resource.update(status="completed").status == "completed"
    assert statuses(receiver) == ["initiated", "ringing", "in-progress", "completed"]
    with pytest.raises(TwilioRestException) as caught:
        resource.update(status="paused")
    assert caught.value.code == 20001


def test_a_reset_forgets_calls_and_ends_what_rings(sandbox: RunningSandbox, receiver: Receiver) -> None:
    place(sandbox, receiver)
    sandbox.ringing(PHONE)
    sandbox.force_call("call_busy")
    sandbox.reset()
    assert sandbox.calls() == []
    assert sandbox.twilio().calls.list() == []
    answering(receiver, "/voice", "<Response/>")
    place(sandbox, receiver)
    assert sandbox.ringing(PHONE)["behaviour"] == "rings"

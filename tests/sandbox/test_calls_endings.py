"""How calls end by the last digits of their numbers; the events that were asked for, in order and signed."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import phonenumbers
import pytest

from notifications.sandbox.behaviours import BEHAVIOURS, behaviour_of
from notifications.sandbox.call_behaviours import CALL_BEHAVIOURS, CallBehaviour, call_behaviour_of

from .calling import ASKED, PHONE, answering, asking, lines, place, statuses, told
from .conftest import OWN
from .process import ROOT, RunningSandbox, eventually
from .receiver import Receiver

TALKED = ["initiated", "ringing", "in-progress", "completed"]


@pytest.mark.parametrize("behaviour", CALL_BEHAVIOURS, ids=lambda behaviour: behaviour.name)
def test_every_example_is_a_valid_number_whose_texts_are_delivered(behaviour: CallBehaviour) -> None:
    assert phonenumbers.is_valid_number(phonenumbers.parse(behaviour.example))
    assert call_behaviour_of(behaviour.example) is behaviour
    assert behaviour_of(behaviour.example) is BEHAVIOURS[0]


def test_the_documentation_names_every_ending_with_what_it_does() -> None:
    page = (ROOT / "docs" / "sandbox.md").read_text(encoding="utf-8")
    missing = [each.ending for each in CALL_BEHAVIOURS if f"| {each.ending or 'others'} | {each.says} |" not in page]
    assert missing == []


def test_the_published_table_has_every_ending_once(sandbox: RunningSandbox) -> None:
    rows = sandbox.get("/calls/behaviours")
    assert [row["name"] for row in rows] == [behaviour.name for behaviour in CALL_BEHAVIOURS]
    endings = [row["ending"] for row in rows]
    assert len(set(endings)) == len(endings)


@pytest.mark.parametrize(
    ("ending", "expected", "sip"),
    [
        ("4486", ["initiated", "ringing", "busy"], "486"),
        ("4480", ["initiated", "ringing", "no-answer"], "480"),
        ("4487", ["initiated", "ringing", "no-answer"], "487"),
        ("4603", ["initiated", "ringing", "failed"], "603"),
        ("4607", ["initiated", "ringing", "failed"], "607"),
        ("4481", ["initiated", "failed"], "480"),
        ("4404", ["initiated", "failed"], "404"),
        ("4608", ["initiated", "failed"], "608"),
        ("4503", ["initiated", "failed"], "503"),
    ],
)
def test_a_call_that_nobody_takes_tells_the_code_of_the_network(
    sandbox: RunningSandbox, receiver: Receiver, ending: str, expected: list[str], sip: str
) -> None:
    sid = place(sandbox, receiver, to=f"+1206555{ending}", timeout=10, machine_detection="Enable")
    assert statuses(receiver) == expected
    *early, last = told(receiver)
    assert (last.params["SipResponseCode"], last.params["CallDuration"], last.params["Duration"]) == (sip, "0", "0")
    assert all("SipResponseCode" not in webhook.params for webhook in early)
    assert receiver.at("/voice") == []
    call = sandbox.twilio().calls(sid).fetch()
    assert (call.status, call.duration, call.answered_by) == (expected[-1], None, None)
    assert sandbox.over(f"+1206555{ending}")["sip_code"] == int(sip)


def test_callbacks_are_signed_numbered_and_complete(sandbox: RunningSandbox, receiver: Receiver) -> None:
    asking(receiver)
    sid = place(sandbox, receiver, to="+12065554101")
    assert statuses(receiver) == TALKED
    webhooks = told(receiver)
    assert all(webhook.signature_holds for webhook in receiver.webhooks)
    assert [webhook.params["SequenceNumber"] for webhook in webhooks] == ["0", "1", "2", "3"]
    assert len({webhook.token for webhook in webhooks}) == 4
    first, *_, last = (webhook.params for webhook in webhooks)
    moment = parsedate_to_datetime(first["Timestamp"])
    assert abs((moment - datetime.now(UTC)).total_seconds()) < 60
    assert {**first, "Timestamp": ""} == {
        "AccountSid": sandbox.account_sid,
        "ApiVersion": "2010-04-01",
        "CallSid": sid,
        "CallStatus": "initiated",
        "Called": "+12065554101",
        "Caller": OWN,
        "CallbackSource": "call-progress-events",
        "Direction": "outbound-api",
        "From": OWN,
        "SequenceNumber": "0",
        "Timestamp": "",
        "To": "+12065554101",
    }
    assert (last["CallDuration"], last["Duration"], last["SipResponseCode"]) == ("1", "1", "200")
    assert "AnsweredBy" not in last


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([], ["completed"]),
        (["completed"], ["completed"]),
        (["ringing", "answered"], ["ringing", "in-progress"]),
        (["initiated", "completed"], ["initiated", "completed"]),
    ],
)
def test_only_the_events_that_were_asked_for_are_told(
    sandbox: RunningSandbox, receiver: Receiver, events: list[str], expected: list[str]
) -> None:
    asking(receiver)
    place(sandbox, receiver, to="+12065554101", status_callback_event=events)
    sandbox.over("+12065554101")
    eventually(lambda: len(receiver.at("/status")) >= len(expected))
    assert [webhook.params["CallStatus"] for webhook in receiver.at("/status")] == expected
    assert receiver.at("/status")[0].params["SequenceNumber"] == "0"


def test_an_event_that_does_not_exist_is_left_out_with_an_alert(sandbox: RunningSandbox, receiver: Receiver) -> None:
    place(sandbox, receiver, to="+12065554486", status_callback_event=["picked-up", "completed"])
    assert statuses(receiver) == ["busy"]
    assert [alert["code"] for alert in sandbox.get("/alerts")] == [21626]


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        ("doubled", ["initiated", "initiated", "ringing", "ringing", "busy", "busy"]),
        ("reordered", ["busy", "ringing", "initiated"]),
    ],
)
def test_receipts_misbehave_as_those_of_texts(
    sandbox: RunningSandbox, receiver: Receiver, behaviour: str, expected: list[str]
) -> None:
    sandbox.force(behaviour)
    place(sandbox, receiver, to="+12065554486")
    eventually(lambda: len(receiver.at("/status")) >= len(expected))
    assert [webhook.params["CallStatus"] for webhook in receiver.at("/status")] == expected


def test_receipts_can_be_lost_or_come_before_the_answer(sandbox: RunningSandbox, receiver: Receiver) -> None:
    sandbox.force("receipts_lost")
    lost = place(sandbox, receiver, to="+12065554486")
    sandbox.over("+12065554486")
    sandbox.force("receipt_first")
    place(sandbox, receiver, to="+12065554480")
    early = [webhook.params["CallStatus"] for webhook in receiver.at("/status")]
    assert early[:2] == ["initiated", "ringing"], "they are there as soon as the call returns"
    assert statuses(receiver) == ["initiated", "ringing", "no-answer"]
    assert lost not in {webhook.params["CallSid"] for webhook in receiver.at("/status")}
    sandbox.force("silence")
    silent = place(sandbox, receiver, to="+12065554487")
    place(sandbox, receiver, to="+12065550142")
    assert sandbox.twilio().calls(silent).fetch().status == "queued"


@pytest.mark.parametrize(
    ("ending", "keys", "said"),
    [
        ("4100", [], [ASKED, "Goodbye."]),
        ("4101", ["1"], [ASKED, "Thank you."]),
        ("4109", ["9"], [ASKED, "Thank you."]),
        ("4105", ["5"], [ASKED, "Thank you."]),
    ],
)
def test_a_person_answers_listens_and_presses(
    sandbox: RunningSandbox, receiver: Receiver, ending: str, keys: list[str], said: list[str]
) -> None:
    asking(receiver)
    place(sandbox, receiver, to=f"+1206555{ending}")
    assert statuses(receiver) == TALKED
    call = sandbox.over(f"+1206555{ending}")
    assert (lines(call), call["keys"], call["ended_by"]) == (said, "".join(keys), "portal")
    assert [webhook.params["Digits"] for webhook in receiver.at("/key?page=7")] == keys
    assert call["transcript"][0]["language"] == "en-GB"


def test_a_person_has_it_repeated_and_then_presses_1(sandbox: RunningSandbox, receiver: Receiver) -> None:
    asking(receiver)
    answering(receiver, "/key?page=7", "<Response><Redirect>/again</Redirect></Response>")
    again = '<Response><Gather numDigits="1" action="/done"><Say>Once more.</Say></Gather></Response>'
    answering(receiver, "/again", again)
    answering(receiver, "/done", "<Response><Say>Thank you.</Say><Hangup/><Say>Never said.</Say></Response>")
    place(sandbox, receiver, to="+12065554121")
    assert statuses(receiver) == TALKED
    call = sandbox.over("+12065554121")
    assert (lines(call), call["keys"]) == ([ASKED, "Once more.", "Thank you."], "21")
    assert [webhook.params["Digits"] for webhook in receiver.at("/done")] == ["1"]


@pytest.mark.parametrize(
    ("ending", "detection", "answered_by"),
    [
        ("4100", "Enable", "human"),
        ("4200", "Enable", "machine_start"),
        ("4200", "DetectMessageEnd", "machine_end_beep"),
        ("4201", "Enable", "unknown"),
        ("4202", "Enable", "fax"),
    ],
)
def test_machine_detection_tells_who_answered(
    sandbox: RunningSandbox, receiver: Receiver, ending: str, detection: str, answered_by: str
) -> None:
    asking(receiver)
    sid = place(sandbox, receiver, to=f"+1206555{ending}", machine_detection=detection)
    assert statuses(receiver) == TALKED
    assert receiver.at("/voice")[0].params["AnsweredBy"] == answered_by
    found = [webhook.params.get("AnsweredBy") for webhook in told(receiver)]
    assert found == [None, None, None, answered_by], "nobody knows at the moment of the answer"
    assert sandbox.twilio().calls(sid).fetch().answered_by == answered_by


def test_voicemail_records_what_is_said_and_presses_nothing(sandbox: RunningSandbox, receiver: Receiver) -> None:
    asking(receiver)
    place(sandbox, receiver, to="+12065554200", machine_detection="DetectMessageEnd")
    assert statuses(receiver) == TALKED
    call = sandbox.over("+12065554200")
    assert [line["kind"] for line in call["transcript"]] == ["greeting", "say", "say"]
    assert lines(call)[1:] == [ASKED, "Goodbye."]
    assert (call["party"], call["keys"]) == ("machine", "")
    assert receiver.at("/key?page=7") == []


def test_detection_can_go_on_while_the_call_is_carried_out(sandbox: RunningSandbox, receiver: Receiver) -> None:
    asking(receiver)
    sid = place(
        sandbox,
        receiver,
        to="+12065554200",
        machine_detection="Enable",
        async_amd="true",
        async_amd_status_callback=f"{receiver.url}/detected",
    )
    [detected] = eventually(lambda: receiver.at("/detected"))
    assert (detected.params["AnsweredBy"], detected.params["CallSid"]) == ("machine_start", sid)
    assert detected.signature_holds
    assert statuses(receiver) == TALKED
    assert "AnsweredBy" not in receiver.at("/voice")[0].params


def test_a_person_who_hangs_up_at_once_has_heard_nothing(sandbox: RunningSandbox, receiver: Receiver) -> None:
    asking(receiver)
    place(sandbox, receiver, to="+12065554110")
    assert statuses(receiver) == TALKED
    call = sandbox.over("+12065554110")
    assert (call["transcript"], call["ended_by"], receiver.at("/voice")) == ([], "callee", [])


def test_an_ending_can_be_forced_on_any_number(sandbox: RunningSandbox, receiver: Receiver) -> None:
    asking(receiver)
    sandbox.force_call("call_presses_9", to=PHONE)
    place(sandbox, receiver)
    assert statuses(receiver) == TALKED
    assert sandbox.over(PHONE)["keys"] == "9"
    sandbox.force_call(None, to=PHONE)
    place(sandbox, receiver)
    assert sandbox.ringing(PHONE)["behaviour"] == "rings"
    assert sandbox.post("/calls/behaviours", behaviour="nonsense").status_code == 400

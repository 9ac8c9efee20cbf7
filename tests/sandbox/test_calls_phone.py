"""What a person does with a phone that rings: the console's switches, and what the page is told of it."""

import json

import pytest
import requests

from .calling import ASKED, PHONE, answering, asking, lines, place, statuses, told
from .conftest import OWN
from .process import RunningSandbox, eventually
from .receiver import Receiver


def test_a_call_rings_until_it_is_answered_and_a_key_is_pressed(sandbox: RunningSandbox, receiver: Receiver) -> None:
    asking(receiver, timeout=120)
    sid = place(sandbox, receiver, timeout=10)
    call = sandbox.ringing(PHONE)
    assert (call["sid"], call["transcript"], call["sip_code"]) == (sid, [], None)
    assert sandbox.on_phone(call, "answer")["status"] == "in-progress"
    pressed = sandbox.press(call, "1")
    assert (pressed["heard"], pressed["keys"], lines(pressed)) == (True, "1", [ASKED])
    assert statuses(receiver) == ["initiated", "ringing", "in-progress", "completed"]
    assert lines(sandbox.over(PHONE)) == [ASKED, "Thank you."]
    [webhook] = receiver.at("/key?page=7")
    assert (webhook.params["Digits"], webhook.signature_holds) == ("1", True)


@pytest.mark.parametrize(
    ("act", "status", "sip"), [("decline", "failed", 603), ("busy", "busy", 486), ("voicemail", "completed", None)]
)
def test_a_person_can_turn_a_call_away(
    sandbox: RunningSandbox, receiver: Receiver, act: str, status: str, sip: int | None
) -> None:
    asking(receiver)
    place(sandbox, receiver, machine_detection="Enable")
    receiver.answers["/voice"] = (200, "text/xml", "<Response><Say>Recorded.</Say></Response>")
    sandbox.on_phone(sandbox.ringing(PHONE), act)
    assert statuses(receiver)[-1] == status
    call = sandbox.over(PHONE)
    assert (call["sip_code"], call["keys"]) == (sip, "")
    found = told(receiver)[-1].params.get("AnsweredBy")
    assert found == ("machine_start" if act == "voicemail" else None)


def test_a_key_cuts_the_prompt_short_and_several_end_with_the_pound_key(
    sandbox: RunningSandbox, receiver: Receiver
) -> None:
    asking(receiver, num_digits=8, timeout=120, prompt="A sentence. " * 400)
    place(sandbox, receiver)
    call = sandbox.ringing(PHONE)
    sandbox.on_phone(call, "answer")
    eventually(lambda: sandbox.calls(PHONE)[0]["listens"])
    assert sandbox.on_phone(call, "press", digits="4")["heard"]
    assert sandbox.on_phone(call, "press", digits="2#9")["heard"] is False, "after the pound key nothing listens"
    told(receiver)
    [webhook] = receiver.at("/key?page=7")
    assert (webhook.params["Digits"], webhook.params["FinishedOnKey"]) == ("42", "#")
    ended = sandbox.over(PHONE)
    cut = ended["transcript"][0]
    assert 0 < len(cut["said"]) < len(cut["text"])
    assert [(key["digit"], key["heard"]) for key in ended["presses"]][-1] == ("9", False)


def test_a_person_can_hang_up(sandbox: RunningSandbox, receiver: Receiver) -> None:
    asking(receiver, timeout=120)
    place(sandbox, receiver)
    call = sandbox.ringing(PHONE)
    assert sandbox.post(f"/phones/{PHONE}/calls/{call['sid']}/hangup").status_code == 409
    sandbox.on_phone(call, "answer")
    assert sandbox.on_phone(call, "hangup")["status"] == "completed"
    assert statuses(receiver)[-1] == "completed"
    assert told(receiver)[-1].params["SipResponseCode"] == "200"
    assert sandbox.over(PHONE)["ended_by"] == "callee"
    assert receiver.at("/key?page=7") == []
    for act, fields in (("hangup", {}), ("press", {"digits": "1"}), ("press", {"digits": "1", "wait": True})):
        assert sandbox.post(f"/phones/{PHONE}/calls/{call['sid']}/{act}", **fields).status_code == 409


def test_somebody_who_opted_out_of_texts_can_still_be_called(sandbox: RunningSandbox, receiver: Receiver) -> None:
    sandbox.reply(PHONE, "STOP", to=OWN)
    assert sandbox.get("/optouts") == [{"sender": OWN, "number": PHONE}]
    place(sandbox, receiver)
    assert sandbox.ringing(PHONE)["from"] == OWN


def test_a_key_that_nothing_listens_to_is_kept_as_unheard(sandbox: RunningSandbox, receiver: Receiver) -> None:
    answering(receiver, "/voice", "<Response><Pause length='3600'/></Response>")
    place(sandbox, receiver)
    call = sandbox.ringing(PHONE)
    sandbox.on_phone(call, "answer")
    pressed = sandbox.on_phone(call, "press", digits="7")
    assert (pressed["heard"], pressed["keys"]) == (False, "7")


def test_what_a_phone_cannot_do_is_refused_in_words(sandbox: RunningSandbox, receiver: Receiver) -> None:
    place(sandbox, receiver)
    call = sandbox.ringing(PHONE)
    path = f"/phones/{PHONE}/calls/{call['sid']}"
    assert sandbox.post(f"{path}/sing").status_code == 404
    assert sandbox.post(f"{path}/press", digits="1").status_code == 409
    assert sandbox.post(f"{path}/press", digits="A").status_code == 400
    assert sandbox.post(f"/phones/+12065550143/calls/{call['sid']}/answer").status_code == 404
    sandbox.on_phone(call, "decline")
    answer = sandbox.post(f"{path}/answer")
    assert answer.status_code == 409
    assert answer.json()["error"] == "this call does not ring: it is failed"


def test_a_phone_tells_its_calls_beside_its_texts(sandbox: RunningSandbox, receiver: Receiver) -> None:
    place(sandbox, receiver, to="+12065554486")
    sandbox.over("+12065554486")
    [listed] = sandbox.get("/phones")
    assert (listed["number"], listed["count"], listed["calls"]) == ("+12065554486", 0, 1)
    assert (listed["last_call"]["status"], listed["call_behaviour"]) == ("busy", "call_busy")
    opened = sandbox.get("/phones/+12065554486")
    assert [call["status"] for call in opened["call_log"]] == ["busy"]


def test_open_pages_hear_of_a_call_as_it_goes_on(sandbox: RunningSandbox, receiver: Receiver) -> None:
    asking(receiver)
    with requests.get(f"{sandbox.url}/sandbox/events", stream=True, timeout=10) as stream:
        lines_of = (line.decode() for line in stream.iter_lines())
        next(line for line in lines_of if line == "event: hello")
        place(sandbox, receiver, to="+12065554101")
        seen: list[tuple[str, int, str]] = []
        for line in lines_of:
            if not line.startswith("data: {") or '"transcript"' not in line:
                continue
            call = json.loads(line.removeprefix("data: "))
            seen.append((call["status"], len(call["transcript"]), call["keys"]))
            if call["ended_at"]:
                break
    assert [status for status, _, _ in seen] == sorted(
        (status for status, _, _ in seen),
        key=["queued", "initiated", "ringing", "in-progress", "completed"].index,
    )
    assert {("queued", 0, ""), ("ringing", 0, ""), ("in-progress", 1, ""), ("in-progress", 1, "1")} <= set(seen)
    assert seen[-1] == ("completed", 2, "1")

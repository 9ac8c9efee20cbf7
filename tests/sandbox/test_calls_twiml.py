"""TwiML is carried out on an answered call: what is said, waited for and fetched, and what Twilio complains about."""

from typing import Any

import pytest

from notifications.sandbox.twilio.twiml import Unreadable
from notifications.sandbox.twilio.twiml_voice import Gather, Pause, Say, Script, script_of

from .calling import XML, answering, asking, lines, place, statuses, told
from .process import RunningSandbox
from .receiver import Receiver

LISTENS, PRESSES_1 = "+12065554100", "+12065554101"
APOLOGY = "We are sorry. An application error has occurred. Goodbye."


def said(sandbox: RunningSandbox, receiver: Receiver, document: str, *, to: str = LISTENS, **fields: Any) -> list[str]:
    """Everything that was said on a call whose voice address answers with this document."""
    answering(receiver, "/voice", document)
    place(sandbox, receiver, to=to, **fields)
    told(receiver)
    return lines(sandbox.over(to))


def alerts(sandbox: RunningSandbox) -> list[int]:
    return [alert["code"] for alert in sandbox.get("/alerts")]


def test_inline_twiml_needs_no_address(sandbox: RunningSandbox, receiver: Receiver) -> None:
    twiml = '<Response><Say voice="Polly.Conchita" language="es-ES">Hola.</Say><Pause length="2"/><Hangup/></Response>'
    place(sandbox, receiver, to=LISTENS, twiml=twiml)
    assert statuses(receiver)[-1] == "completed"
    [line] = sandbox.over(LISTENS)["transcript"]
    assert (line["text"], line["said"]) == ("Hola.", "Hola.")
    assert (line["language"], line["voice"]) == ("es-ES", "Polly.Conchita")
    assert {webhook.path for webhook in receiver.webhooks} == {"/status"}


def test_a_document_can_be_fetched_by_get(sandbox: RunningSandbox, receiver: Receiver) -> None:
    answering(receiver, "/voice", "<Response><Say>Got.</Say></Response>")
    place(sandbox, receiver, to=LISTENS, method="GET", status_callback_method="GET")
    assert lines(sandbox.over(LISTENS)) == ["Got."]
    [fetched] = [webhook for webhook in receiver.webhooks if webhook.path.startswith("/voice?")]
    assert "CallStatus=in-progress" in fetched.path
    assert (fetched.method, fetched.signature_holds) == ("GET", True)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("<Response><Say loop='2'>Twice.</Say></Response>", ["Twice.", "Twice."]),
        ("<Response><Play>https://example.com/a.mp3</Play></Response>", ["https://example.com/a.mp3"]),
        ("<Response><Say>One.</Say><Reject/><Say>Two.</Say></Response>", ["One."]),
        (
            "<Response><Say>A <emphasis>very</emphasis>\n  long<break time='1s'/> way.</Say></Response>",
            ["A very long way."],
        ),
        ("<Response><Say>Fish &amp; chips &lt;now&gt;</Say></Response>", ["Fish & chips <now>"]),
        ("<Response/>", []),
        ("", []),
    ],
)
def test_what_a_document_says_is_said(
    sandbox: RunningSandbox, receiver: Receiver, document: str, expected: list[str]
) -> None:
    assert said(sandbox, receiver, document) == expected
    assert statuses(receiver)[-1] == "completed"
    assert alerts(sandbox) == []


def test_a_plain_text_is_read_aloud(sandbox: RunningSandbox, receiver: Receiver) -> None:
    receiver.answers["/voice"] = (200, "text/plain", "Pump 3 <is> down")
    place(sandbox, receiver, to=LISTENS)
    told(receiver)
    assert lines(sandbox.over(LISTENS)) == ["Pump 3 <is> down"]


def test_a_redirect_is_followed_relative_to_its_document(sandbox: RunningSandbox, receiver: Receiver) -> None:
    answering(receiver, "/next?a=1&b=2", "<Response><Say>Second.</Say></Response>")
    first = "<Response><Say>First.</Say><Redirect>/next?a=1&amp;b=2</Redirect><Say>Never.</Say></Response>"
    assert said(sandbox, receiver, first) == ["First.", "Second."]
    [fetched] = receiver.at("/next?a=1&b=2")
    assert fetched.signature_holds
    assert fetched.params["CallStatus"] == "in-progress"


def test_redirects_without_end_are_ended(sandbox: RunningSandbox, receiver: Receiver) -> None:
    assert said(sandbox, receiver, "<Response><Redirect>/voice</Redirect></Response>") == [APOLOGY]
    assert len(receiver.at("/voice")) == 50
    assert alerts(sandbox) == [11205]


def test_without_a_key_the_document_goes_on_unless_it_asks_to_be_told(
    sandbox: RunningSandbox, receiver: Receiver
) -> None:
    asking(receiver)
    place(sandbox, receiver, to=LISTENS)
    told(receiver)
    assert lines(sandbox.over(LISTENS))[-1] == "Goodbye."
    assert receiver.at("/key?page=7") == []
    receiver.forget()
    asking(receiver, action_on_empty_result=True)
    place(sandbox, receiver, to=LISTENS)
    told(receiver)
    assert lines(sandbox.over(LISTENS))[-1] == "Thank you."
    assert [webhook.params["Digits"] for webhook in receiver.at("/key?page=7")] == [""]


def test_a_gather_without_an_address_asks_its_own_document_again(sandbox: RunningSandbox, receiver: Receiver) -> None:
    asked = "<Response><Gather numDigits='1'><Say>Again?</Say></Gather></Response>"
    assert said(sandbox, receiver, asked, to="+12065554121") == ["Again?", "Again?", "Again?"]
    assert [webhook.params.get("Digits") for webhook in receiver.at("/voice")] == [None, "2", "1"]


def test_one_key_of_several_is_told_when_the_time_is_over(sandbox: RunningSandbox, receiver: Receiver) -> None:
    asking(receiver, num_digits=4)
    place(sandbox, receiver, to=PRESSES_1)
    told(receiver)
    [pressed] = receiver.at("/key?page=7")
    assert (pressed.params["Digits"], "FinishedOnKey" in pressed.params) == ("1", False)
    assert pressed.params["msg"] == "Gather End"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((200, XML, "<Response><Say>Pump 3 & 4</Say></Response>"), 12100),
        ((200, XML, "<Say>hi</Say>"), 12200),
        ((200, "application/json", "{}"), 12300),
        ((403, XML, "<Response/>"), 11200),
        ((500, "text/plain", "no"), 11200),
        ((302, "text/plain", ""), 11200),
    ],
)
def test_a_document_that_cannot_be_used_ends_the_call_with_an_apology(
    sandbox: RunningSandbox, receiver: Receiver, answer: tuple[int, str, str], code: int
) -> None:
    receiver.answers["/voice"] = answer
    sid = place(sandbox, receiver, to=LISTENS)
    assert statuses(receiver)[-1] == "completed"
    assert lines(sandbox.over(LISTENS)) == [APOLOGY]
    [alert] = sandbox.twilio().monitor.v1.alerts.list()
    assert (alert.error_code, alert.resource_sid, alert.request_url) == (str(code), sid, f"{receiver.url}/voice")


def test_a_portal_that_cannot_be_reached_ends_the_call_with_an_apology(
    sandbox: RunningSandbox, receiver: Receiver
) -> None:
    place(sandbox, receiver, to=LISTENS, url="http://127.0.0.1:9/voice")
    assert statuses(receiver)[-1] == "completed"
    assert (lines(sandbox.over(LISTENS)), alerts(sandbox)) == ([APOLOGY], [11200])


def test_the_fallback_address_takes_over(sandbox: RunningSandbox, receiver: Receiver) -> None:
    receiver.answers["/voice"] = (500, "text/plain", "no")
    answering(receiver, "/fallback", "<Response><Say>All the same.</Say></Response>")
    place(sandbox, receiver, to=LISTENS, fallback_url=f"{receiver.url}/fallback")
    told(receiver)
    assert lines(sandbox.over(LISTENS)) == ["All the same."]
    asked = receiver.at("/fallback")[0].params
    assert (asked["ErrorCode"], asked["ErrorUrl"]) == ("11200", f"{receiver.url}/voice")


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("<Response><Say/><Say>on</Say></Response>", 13520),
        ("<Response><Say voice='Bob'>on</Say></Response>", 13511),
        ("<Response><Say language='English'>on</Say></Response>", 13512),
        ("<Response><Say loop='often'>on</Say></Response>", 13510),
        ("<Response><Say>on <b/></Say></Response>", 12200),
        ("<Response><Dial>+12065550199</Dial><Say>on</Say></Response>", 12200),
        ("<Response><Gather finishOnKey='12'/><Say>on</Say></Response>", 13310),
        ("<Response><Gather method='PUT'/><Say>on</Say></Response>", 13312),
        ("<Response><Gather timeout='soon'/><Say>on</Say></Response>", 13313),
        ("<Response><Gather numDigits='0'/><Say>on</Say></Response>", 13314),
        ("<Response><Gather><Hangup/></Gather><Say>on</Say></Response>", 13320),
        ("<Response><Gather input='speech'/><Say>on</Say></Response>", 13326),
    ],
)
def test_what_cannot_be_used_is_complained_about_and_the_call_goes_on(
    sandbox: RunningSandbox, receiver: Receiver, document: str, code: int
) -> None:
    assert said(sandbox, receiver, document)[-1].strip() == "on"
    assert alerts(sandbox) == [code]


def test_a_document_is_read_with_the_defaults_of_twilio() -> None:
    script = script_of("<Response><Gather><Say>Hi</Say><Pause/></Gather></Response>", content_type=XML)
    assert script == Script([Gather(prompts=(Say("Hi"), Pause(1.0)))])
    [gather] = script.verbs
    assert isinstance(gather, Gather)
    assert (gather.most, gather.wait, gather.finish_on, gather.method) == (None, 5.0, "#", "POST")
    none = script_of("<Response><Gather finishOnKey='' timeout='auto'/></Response>", content_type=XML)
    assert none == Script([Gather(prompts=(), finish_on="")])
    nested = "<Response><Say><lang xml:lang='de-DE'>Hallo</lang></Say></Response>"
    assert script_of(nested, content_type=XML) == Script([Say("Hallo", "de-DE")])
    assert script_of('<?xml version="1.0" encoding="UTF-8"?><Response/>', content_type=XML) == Script()
    assert isinstance(script_of("<Response>", content_type=XML), Unreadable)

"""Texts from a handset: the signed webhook, the provider's own opt-out list, and TwiML answers."""

import pytest
from twilio.base.exceptions import TwilioRestException

from .conftest import ALSO_IN_SERVICE, IN_SERVICE, OWN, SERVICE, TOLL_FREE
from .process import RunningSandbox, eventually
from .receiver import Receiver

PHONE = "+12065550142"


def text(sandbox: RunningSandbox, *, sender: str = OWN) -> str:
    return str(sandbox.twilio().messages.create(to=PHONE, from_=sender, body="Pump 3 is down").sid)


def code_of_sending(sandbox: RunningSandbox, **fields: object) -> int | None:
    try:
        sandbox.twilio().messages.create(**{"to": PHONE, "body": "x", **fields})
    except TwilioRestException as error:
        return int(error.code or 0)
    return None


def test_a_reply_reaches_the_webhook_signed_and_complete(sandbox: RunningSandbox, receiver: Receiver) -> None:
    text(sandbox)
    outcome = sandbox.reply(PHONE, "1 – très bien & + %")
    assert outcome["webhook"] == {"url": f"{receiver.url}/inbound", "status": 204, "problem": None}
    [webhook] = receiver.at("/inbound")
    assert webhook.signature_holds
    assert webhook.token
    params = webhook.params
    assert (params["From"], params["To"], params["Body"]) == (PHONE, OWN, "1 – très bien & + %")
    assert (params["AccountSid"], params["NumMedia"], params["NumSegments"]) == (sandbox.account_sid, "0", "1")
    assert params["MessageSid"] == params["SmsMessageSid"] == params["SmsSid"] == outcome["message"]["sid"]
    assert params["FromCountry"] == "US"
    assert "MessagingServiceSid" not in params
    fetched = sandbox.twilio().messages(outcome["message"]["sid"]).fetch()
    assert (fetched.direction, fetched.status) == ("inbound", "received")


def test_a_reply_goes_to_the_latest_sender_unless_another_is_named(sandbox: RunningSandbox, receiver: Receiver) -> None:
    text(sandbox)
    text(sandbox, sender=TOLL_FREE)
    sandbox.reply(PHONE, "hello")
    sandbox.reply(PHONE, "hello", to=OWN)
    assert [webhook.params["To"] for webhook in receiver.at("/inbound")] == [TOLL_FREE, OWN]


@pytest.mark.parametrize(
    ("number", "fields", "status"),
    [
        ("nonsense", {"body": "1"}, 404),
        (OWN, {"body": "1"}, 404),
        ("+12065550199", {"body": "1"}, 409),
        (PHONE, {"body": "x" * 1601}, 400),
        (PHONE, {}, 400),
        (PHONE, {"body": "1", "to": "+12065550777"}, 404),
    ],
)
def test_a_reply_that_cannot_be_is_explained(
    sandbox: RunningSandbox, receiver: Receiver, number: str, fields: dict[str, str], status: int
) -> None:
    text(sandbox)
    answer = sandbox.post(f"/phones/{number}/reply", **fields)
    assert answer.status_code == status
    assert answer.json()["error"]
    assert receiver.at("/inbound") == []
    assert sandbox.post(f"/phones/{PHONE}/reply", body="1").status_code == 200


def test_stop_blocks_this_sender_alone_and_start_lifts_it(sandbox: RunningSandbox, receiver: Receiver) -> None:
    text(sandbox)
    outcome = sandbox.reply(PHONE, " stop ")
    assert outcome["provider_reply"]["body"].startswith("You have successfully been unsubscribed.")
    assert outcome["webhook"]["status"] == 204, "the portal hears of it all the same"
    assert sandbox.get("/optouts") == [{"sender": OWN, "number": PHONE}]
    assert code_of_sending(sandbox, from_=OWN) == 21610
    assert code_of_sending(sandbox, from_=TOLL_FREE) is None
    assert code_of_sending(sandbox, from_=OWN, to="+12065550143") is None
    assert sandbox.reply(PHONE, "STOP", to=OWN)["provider_reply"] is None, "it is confirmed once"
    assert "re-subscribed" in sandbox.reply(PHONE, "Yes", to=OWN)["provider_reply"]["body"]
    assert sandbox.get("/optouts") == []
    assert code_of_sending(sandbox, from_=OWN) is None
    assert "OptOutType" not in receiver.at("/inbound")[0].params


def test_yes_does_not_lift_a_toll_free_block(sandbox: RunningSandbox, receiver: Receiver) -> None:
    text(sandbox, sender=TOLL_FREE)
    assert sandbox.reply(PHONE, "STOP")["provider_reply"]["body"].startswith("NETWORK MSG:")
    assert sandbox.reply(PHONE, "YES")["provider_reply"] is None
    assert sandbox.reply(PHONE, "HELP")["provider_reply"] is None
    assert code_of_sending(sandbox, from_=TOLL_FREE) == 21610
    assert '"unstop"' in sandbox.reply(PHONE, "UNSTOP")["provider_reply"]["body"]
    assert code_of_sending(sandbox, from_=TOLL_FREE) is None
    assert len(receiver.at("/inbound")) == 4


def test_stop_to_one_number_of_a_service_blocks_the_whole_service(sandbox: RunningSandbox, receiver: Receiver) -> None:
    text(sandbox, sender=IN_SERVICE)
    sandbox.reply(PHONE, "STOP")
    assert receiver.at("/inbound")[0].params["MessagingServiceSid"] == SERVICE
    assert code_of_sending(sandbox, from_=ALSO_IN_SERVICE) == 21610
    assert code_of_sending(sandbox, messaging_service_sid=SERVICE) == 21610
    assert code_of_sending(sandbox, from_=OWN) is None


def test_help_is_answered_and_other_words_change_nothing(sandbox: RunningSandbox, receiver: Receiver) -> None:
    text(sandbox)
    assert "STOP" in sandbox.reply(PHONE, "help")["provider_reply"]["body"]
    for body in ("STOP PLEASE", "opt out", "1", ""):
        assert sandbox.reply(PHONE, body)["provider_reply"] is None
    assert sandbox.get("/optouts") == []
    assert len(receiver.at("/inbound")) == 5


def test_a_twiml_answer_is_delivered_to_the_handset(sandbox: RunningSandbox, receiver: Receiver) -> None:
    text(sandbox)
    receiver.answers["/inbound"] = (
        200,
        "text/xml",
        (
            "<?xml version='1.0' encoding='UTF-8'?><Response><Message>Thanks &amp; noted</Message>"
            "<Message><Body>Second</Body></Message></Response>"
        ),
    )
    outcome = sandbox.reply(PHONE, "1")
    assert [reply["body"] for reply in outcome["replies"]] == ["Thanks & noted", "Second"]
    eventually(lambda: [m["status"] for m in sandbox.get("/messages", to=PHONE)][2:] == ["delivered", "delivered"])
    assert sandbox.get("/messages", to=PHONE)[2]["direction"] == "outbound-reply"
    receiver.answers["/inbound"] = (200, "text/xml", "<Response/>")
    assert sandbox.reply(PHONE, "1")["replies"] == []
    assert sandbox.get("/alerts") == []


def test_a_twiml_answer_to_somebody_who_is_out_becomes_an_alert(sandbox: RunningSandbox, receiver: Receiver) -> None:
    text(sandbox)
    receiver.answers["/inbound"] = (200, "text/xml", "<Response><Message>Sorry to see you go</Message></Response>")
    assert sandbox.reply(PHONE, "STOP")["replies"] == []
    assert [alert["code"] for alert in sandbox.get("/alerts")] == [21610]
    assert len(sandbox.reply(PHONE, "START")["replies"]) == 1


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((200, "application/json", "{}"), 12300),
        ((200, "text/xml", "<Response><Message>"), 12100),
        ((200, "text/xml", "<Message>hi</Message>"), 12200),
        ((403, "text/plain", "no"), 11200),
        ((302, "text/plain", ""), 11200),
    ],
)
def test_a_bad_answer_becomes_an_alert(
    sandbox: RunningSandbox, receiver: Receiver, answer: tuple[int, str, str], code: int
) -> None:
    text(sandbox)
    receiver.answers["/inbound"] = answer
    outcome = sandbox.reply(PHONE, "1")
    assert outcome["webhook"]["status"] == answer[0]
    assert outcome["webhook"]["problem"]
    assert [alert["code"] for alert in sandbox.get("/alerts")] == [code]


def test_a_changed_webhook_is_used_at_once(sandbox: RunningSandbox, receiver: Receiver) -> None:
    text(sandbox)
    client = sandbox.twilio()
    number = client.incoming_phone_numbers.list(phone_number=OWN)[0]
    client.incoming_phone_numbers(number.sid).update(sms_url=f"{receiver.url}/moved?x=1")
    sandbox.reply(PHONE, "1")
    assert [webhook.signature_holds for webhook in receiver.at("/moved?x=1")] == [True]
    client.incoming_phone_numbers(number.sid).update(sms_url="")
    outcome = sandbox.reply(PHONE, "1")
    assert outcome["webhook"] == {"url": "", "status": None, "problem": f"{OWN} has no webhook"}


def test_a_service_can_take_over_the_webhook_of_its_numbers(sandbox: RunningSandbox, receiver: Receiver) -> None:
    text(sandbox, sender=IN_SERVICE)
    service = sandbox.twilio().messaging.v1.services(SERVICE)
    service.update(inbound_request_url=f"{receiver.url}/service", use_inbound_webhook_on_number=False)
    sandbox.reply(PHONE, "1")
    assert (len(receiver.at("/service")), len(receiver.at("/inbound"))) == (1, 0)
    service.update(use_inbound_webhook_on_number=True)
    sandbox.reply(PHONE, "1")
    assert (len(receiver.at("/service")), len(receiver.at("/inbound"))) == (1, 1)

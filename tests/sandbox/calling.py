"""What the tests of calls share: a call that is placed through the real SDK, and documents made with the SDK."""

from typing import Any

from twilio.twiml.voice_response import VoiceResponse

from .conftest import OWN
from .process import RunningSandbox, eventually
from .receiver import Receiver, Webhook

PHONE = "+12065550142"
ALL_EVENTS = ["initiated", "ringing", "answered", "completed"]
XML = "text/xml"
ASKED = "Alert from Harbor. Pump 3 is down. Press 1 to acknowledge."


def asking(receiver: Receiver, *, prompt: str = ASKED, **gather: Any) -> None:
    """Let the portal's voice address ask for one key, and its key address thank for it."""
    response = VoiceResponse()
    fields = {"num_digits": 1, "timeout": 5, "action": f"{receiver.url}/key?page=7", **gather}
    response.gather(**fields).say(prompt, language="en-GB")
    response.say("Goodbye.", language="en-GB")
    answering(receiver, "/voice", str(response))
    answering(receiver, "/key?page=7", "<Response><Say>Thank you.</Say></Response>")


def answering(receiver: Receiver, path: str, document: str) -> None:
    receiver.answers[path] = (200, XML, document)


def place(sandbox: RunningSandbox, receiver: Receiver, *, to: str = PHONE, timeout: float = 10, **fields: Any) -> str:
    """Place a call that tells all its events to /status; its SID."""
    asked = {
        "url": f"{receiver.url}/voice",
        "from_": OWN,
        "status_callback": f"{receiver.url}/status",
        "status_callback_event": ALL_EVENTS,
    }
    if "twiml" in fields:
        del asked["url"]
    return str(sandbox.twilio(timeout=timeout).calls.create(to=to, **{**asked, **fields}).sid)


def told(receiver: Receiver) -> list[Webhook]:
    """The status callbacks, once the last of them has come."""
    return eventually(lambda: _ended(receiver.at("/status")))


def _ended(webhooks: list[Webhook]) -> list[Webhook]:
    return webhooks if any("CallDuration" in webhook.params for webhook in webhooks) else []


def statuses(receiver: Receiver) -> list[str]:
    return [webhook.params["CallStatus"] for webhook in told(receiver)]


def lines(call: Any) -> list[str]:
    return [line["text"] for line in call["transcript"]]

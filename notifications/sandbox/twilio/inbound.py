"""A text from a handset: the opt-out words, the signed webhook, and what the portal's answer sends back."""

from dataclasses import dataclass, field
from typing import Any

import phonenumbers

from ..behaviours import ACCEPTING
from ..messages import Direction, Message, Status
from ..optouts import Keyword, keyword_of, provider_reply
from ..outgoing import Answered
from ..segments import segments
from ..senders import OwnedNumber
from ..world import World
from .draft import drafted
from .lifecycle import carry, new_message_sid
from .refusals import Refusal
from .resources import API_VERSION
from .twiml import ReplyText, Unreadable, reply_texts
from .webhooks import new_token, post_signed


@dataclass(slots=True)
class Received:
    """`webhook_status` is None when nothing was posted or nothing answered; `problem` says why."""

    message: Message
    webhook_url: str
    webhook_status: int | None = None
    problem: str = ""
    provider_reply: Message | None = None
    replies: list[Message] = field(default_factory=list)

    def view(self) -> dict[str, Any]:
        return {
            "message": self.message.view(),
            "webhook": {"url": self.webhook_url, "status": self.webhook_status, "problem": self.problem or None},
            "provider_reply": self.provider_reply.view() if self.provider_reply else None,
            "replies": [reply.view() for reply in self.replies],
        }


async def receive(world: World, *, handset: str, number: OwnedNumber, body: str) -> Received:
    """Take a text from a handset as Twilio would; the webhook is posted whatever the text says."""
    message = _record(
        world, sender=handset, to=number.phone_number, body=body, direction=Direction.INBOUND, status=Status.RECEIVED
    )
    received = Received(message, world.senders.webhook_url(number))
    keyword = _apply_keyword(world, received, number=number)
    if not received.webhook_url:
        received.problem = f"{number.phone_number} has no webhook"
        return received
    params = inbound_params(message, account_sid=world.settings.account_sid, service_sid=number.service_sid)
    service = world.senders.service(number.service_sid)
    if keyword and service and service.advanced_opt_out:
        params["OptOutType"] = keyword.value
    outcome = await post_signed(world, url=received.webhook_url, params=params, token=new_token(), message=message)
    if not isinstance(outcome, Answered):
        received.problem = outcome.reason
        return received
    received.webhook_status = outcome.status
    if outcome.is_good:
        _send_answers(world, received, outcome=outcome)
    else:
        received.problem = f"HTTP {outcome.status}"
    return received


def _apply_keyword(world: World, received: Received, *, number: OwnedNumber) -> Keyword | None:
    handset, body = received.message.handset, received.message.body
    service = world.senders.service(number.service_sid)
    more = service.stop_words if service and service.advanced_opt_out else frozenset()
    keyword = keyword_of(body, toll_free=number.toll_free, more_stop_words=more)
    if keyword is None:
        return None
    was_out = world.optouts.blocks(number.scope, number=handset)
    if keyword is Keyword.STOP:
        world.optouts.add(number.scope, number=handset)
    elif keyword is Keyword.START:
        world.optouts.lift(number.scope, number=handset)
    text = provider_reply(keyword, body=body, was_out=was_out, toll_free=number.toll_free)
    if text:
        received.provider_reply = _record(
            world, sender=number.phone_number, to=handset, body=text, service_sid=number.service_sid
        )
        received.provider_reply.behaviour = "provider_reply"
        world.advance(received.provider_reply, status=Status.DELIVERED)
    return keyword


def inbound_params(message: Message, *, account_sid: str, service_sid: str) -> dict[str, str]:
    params = {
        "AccountSid": account_sid,
        "ApiVersion": API_VERSION,
        "Body": message.body,
        "From": message.sender or "",
        "FromCity": "",
        "FromCountry": _country(message.sender or ""),
        "FromState": "",
        "FromZip": "",
        "MessageSid": message.sid,
        "NumMedia": "0",
        "NumSegments": str(message.segments),
        "SmsMessageSid": message.sid,
        "SmsSid": message.sid,
        "SmsStatus": message.status,
        "To": message.to,
        "ToCity": "",
        "ToCountry": _country(message.to),
        "ToState": "",
        "ToZip": "",
    }
    if service_sid:
        params["MessagingServiceSid"] = service_sid
    return params


def _country(number: str) -> str:
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number)) or ""
    except phonenumbers.NumberParseException:
        return ""


def _send_answers(world: World, received: Received, *, outcome: Answered) -> None:
    texts = reply_texts(outcome.body, content_type=outcome.content_type)
    if isinstance(texts, Unreadable):
        received.problem = texts.text
        world.raise_alert(
            texts.code,
            text=texts.text,
            resource_sid=received.message.sid,
            request_url=received.webhook_url,
            handset=received.message.handset,
        )
        return
    for text in texts:
        reply = _send_reply(world, received.message, text=text)
        if reply:
            received.replies.append(reply)


def _send_reply(world: World, inbound: Message, *, text: ReplyText) -> Message | None:
    """Send one reply; what the API would refuse becomes an alert, since nobody waits for an answer here."""
    to, sender = text.to or inbound.handset, text.sender or inbound.to
    form = {"To": to, "From": sender, "Body": text.body, "StatusCallback": text.callback_url}
    behaviour = world.faults.behaviour_for(to)
    draft = drafted(form, senders=world.senders, optouts=world.optouts, behaviour=behaviour)
    if isinstance(draft, Refusal):
        world.raise_alert(draft.code, text=draft.message, resource_sid=inbound.sid, handset=to)
        return None
    reply = _record(world, sender=sender, to=to, body=text.body, callback_url=text.callback_url)
    reply.behaviour = behaviour.name
    if behaviour.answer in ACCEPTING:
        world.spawn(carry(world, reply, behaviour=behaviour))
    return reply


def _record(
    world: World,
    *,
    sender: str,
    to: str,
    body: str,
    direction: Direction = Direction.OUTBOUND_REPLY,
    status: Status = Status.QUEUED,
    service_sid: str = "",
    callback_url: str = "",
) -> Message:
    message = Message(
        sid=new_message_sid(),
        provider="twilio",
        sender=sender,
        to=to,
        body=body,
        direction=direction,
        status=status,
        created_at=world.now(),
        segments=segments(body),
        service_sid=service_sid or None,
        callback_url=callback_url,
    )
    world.record(message)
    return message

"""Whether a request to send would be accepted, and as what: Twilio's checks in Twilio's order, without any effect."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from urllib.parse import urlsplit

import phonenumbers

from ..behaviours import MAGIC_FROM, Answer, Behaviour
from ..optouts import OptOuts
from ..senders import Senders
from .refusals import Refusal, refusal

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
LONGEST_BODY = 1600
LONGEST_VALIDITY = 36_000


@dataclass(frozen=True, slots=True)
class Draft:
    to: str
    sender: str | None
    service_sid: str | None
    body: str
    callback_url: str
    validity: int
    send_at: datetime | None


@lru_cache(maxsize=65_536)
def is_phone_number(text: str) -> bool:
    """Whether a text is a number that could exist, written in E.164."""
    if not E164.fullmatch(text):
        return False
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text))
    except phonenumbers.NumberParseException:
        return False


def drafted(form: Mapping[str, str], *, senders: Senders, optouts: OptOuts, behaviour: Behaviour) -> Draft | Refusal:
    to, body = form.get("To", "").strip(), form.get("Body", "")
    sender, service_sid = form.get("From", "").strip(), form.get("MessagingServiceSid", "").strip()
    fault = (
        _incomplete(to=to, sender=sender, service_sid=service_sid, body=body)
        or _wrong_sender(sender, service_sid=service_sid, senders=senders)
        or _wrong_recipient(to, sender=sender)
        or _wrong_option(form, service_sid=service_sid)
    )
    if fault:
        return fault
    owned = senders.number(sender)
    scope = service_sid or (owned.scope if owned else sender)
    if optouts.blocks(scope, number=to):
        return refusal(21610)
    if behaviour.answer is Answer.REFUSE and behaviour.error_code:
        return refusal(behaviour.error_code, to=to, sender=sender or service_sid)
    service = senders.service(service_sid)
    return Draft(
        to=to,
        sender=sender or None,
        service_sid=service_sid or None,
        body=body,
        callback_url=form.get("StatusCallback", "") or (service.status_callback if service else ""),
        validity=int(form.get("ValidityPeriod") or LONGEST_VALIDITY),
        send_at=_moment(form["SendAt"]) if form.get("SendAt") else None,
    )


def _incomplete(*, to: str, sender: str, service_sid: str, body: str) -> Refusal | None:
    if not to:
        return refusal(21604)
    if not sender and not service_sid:
        return refusal(21603)
    if not body:
        return refusal(21602)
    return refusal(21617) if len(body) > LONGEST_BODY else None


def _wrong_sender(sender: str, *, service_sid: str, senders: Senders) -> Refusal | None:
    if service_sid:
        if senders.service(service_sid) is None:
            return refusal(21701, service=service_sid)
        owned = senders.number(sender) if sender else None
        if sender and (owned is None or owned.service_sid != service_sid):
            return refusal(21711, sender=sender, service=service_sid)
        return None
    if sender in MAGIC_FROM:
        return refusal(MAGIC_FROM[sender], sender=sender)
    found = senders.number(sender)
    return None if found and found.sms else refusal(21606, sender=sender)


def _wrong_recipient(to: str, *, sender: str) -> Refusal | None:
    if not is_phone_number(to):
        return refusal(21211, to=to)
    return refusal(21266, to=to) if to == sender else None


def _wrong_option(form: Mapping[str, str], *, service_sid: str) -> Refusal | None:
    callback = form.get("StatusCallback", "")
    if callback and not is_web_address(callback):
        return refusal(21609)
    validity = form.get("ValidityPeriod", "")
    if validity and not (validity.isascii() and validity.isdigit() and 1 <= int(validity) <= LONGEST_VALIDITY):
        return refusal(21624)
    if form.get("ScheduleType"):
        if not service_sid:
            return refusal(35118)
        if not form.get("SendAt"):
            return refusal(35111)
    if form.get("SendAt") and _moment(form["SendAt"]) is None:
        return refusal(35114)
    return None


def is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and "_" not in (parts.hostname or "")
    except ValueError:
        return False


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None

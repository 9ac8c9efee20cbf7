"""Twilio's webhook parameters in our words: a receipt about a message, or a text that a person sent.

Nothing is decided here and nothing is lost: fields that are not understood are kept. It refuses to know whether the
webhook is genuine, and whose number it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from notifications.providers.twilio_words import STATUS_WORDS

_RECEIPT_FIELDS = frozenset(
    {"MessageSid", "SmsSid", "MessageStatus", "SmsStatus", "ErrorCode", "From", "To", "AccountSid"}
    | {"MessagingServiceSid", "ApiVersion"}
)
_CARRIER_TIME = "RawDlrDoneDate"
_MINUTES, _SECONDS = len("YYMMDDhhmm"), len("YYMMDDhhmmss")
_MOST_MEDIA = 10
#: Twilio writes the channel before the number, except for SMS and MMS.
_NUMBERED_CHANNELS = frozenset({"whatsapp", "rcs"})


@dataclass(frozen=True, slots=True)
class ReceiptReport:
    """What the provider now says of a message. `word_known` is false for a word outside its specification.

    `provider_time` is the carrier's, to the minute and read as UTC: the carrier names no zone, so it is for showing
    and never for ordering. Its raw form stays in `other_fields`.
    """

    provider_message_id: str
    word: str
    word_known: bool
    error_code: str | None
    provider_time: datetime | None
    sender: str | None
    to: str | None = field(repr=False)
    account_sid: str | None
    messaging_service_sid: str | None
    other_fields: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or file that came with a text."""

    url: str
    content_type: str | None


@dataclass(frozen=True, slots=True)
class InboundText:
    """A text that a person sent to one of our senders, over whichever channel; both are bare numbers.

    `opt_out_type`: the provider took it for STOP, START or HELP.
    """

    provider_message_id: str
    sender: str = field(repr=False)
    to: str
    account_sid: str | None
    messaging_service_sid: str | None
    body: str = field(repr=False)
    opt_out_type: str | None
    segments: int | None
    media: tuple[Media, ...]


@dataclass(frozen=True, slots=True)
class Untranslatable:
    """A payload without what makes it a receipt or a text: the names of the fields that are missing."""

    missing: tuple[str, ...]


def receipt_report(params: Mapping[str, str]) -> ReceiptReport | Untranslatable:
    """A status callback in our words. The word comes in small letters; an error code of 0 is none."""
    message_id, word = _first(params, "MessageSid", "SmsSid"), _first(params, "MessageStatus", "SmsStatus")
    if message_id is None or word is None:
        return _missing(MessageSid=message_id, MessageStatus=word)
    code = _text(params, "ErrorCode")
    return ReceiptReport(
        provider_message_id=message_id,
        word=word.lower(),
        word_known=word.lower() in STATUS_WORDS,
        error_code=None if code is None or code.strip("0") == "" else code,
        provider_time=carrier_time(_text(params, _CARRIER_TIME)),
        sender=_text(params, "From"),
        to=_text(params, "To"),
        account_sid=_text(params, "AccountSid"),
        messaging_service_sid=_text(params, "MessagingServiceSid"),
        other_fields={name: _clean(params[name]) for name in params if name not in _RECEIPT_FIELDS},
    )


def inbound_text(params: Mapping[str, str]) -> InboundText | Untranslatable:
    """An inbound message in our words. The body is what the person wrote, unchanged but for NUL characters."""
    message_id = _first(params, "MessageSid", "SmsMessageSid", "SmsSid")
    sender, to = _address(params, "From"), _address(params, "To")
    if message_id is None or sender is None or to is None:
        return _missing(MessageSid=message_id, From=sender, To=to)
    opt_out_type = _text(params, "OptOutType")
    return InboundText(
        provider_message_id=message_id,
        sender=sender,
        to=to,
        account_sid=_text(params, "AccountSid"),
        messaging_service_sid=_text(params, "MessagingServiceSid"),
        body=_clean(params.get("Body") or ""),
        opt_out_type=opt_out_type.upper() if opt_out_type else None,
        segments=_count(params, "NumSegments"),
        media=_media(params),
    )


def carrier_time(raw: str | None) -> datetime | None:
    """`RawDlrDoneDate` (YYMMDDhhmm, sometimes with seconds), read as UTC; `None` for whatever cannot be read.

    Source: https://www.twilio.com/docs/messaging/guides/track-outbound-message-status
    """
    digits = (raw or "").strip()
    if not (digits.isascii() and digits.isdigit()) or len(digits) not in {_MINUTES, _SECONDS}:
        return None
    try:
        return datetime.strptime(digits, "%y%m%d%H%M%S" if len(digits) == _SECONDS else "%y%m%d%H%M").replace(
            tzinfo=UTC
        )
    except ValueError:
        return None


def _address(params: Mapping[str, str], name: str) -> str | None:
    """A number as such, whichever channel it came over: opt-outs are by number, and the rules are the same for all."""
    text = _text(params, name) or ""
    channel, colon, address = text.partition(":")
    return (address if colon and channel.lower() in _NUMBERED_CHANNELS else text) or None


def _media(params: Mapping[str, str]) -> tuple[Media, ...]:
    count = min(_count(params, "NumMedia") or 0, _MOST_MEDIA)
    urls = ((index, _text(params, f"MediaUrl{index}")) for index in range(count))
    return tuple(Media(url, _text(params, f"MediaContentType{index}")) for index, url in urls if url)


def _missing(**fields: str | None) -> Untranslatable:
    return Untranslatable(tuple(name for name, value in fields.items() if value is None))


def _first(params: Mapping[str, str], *names: str) -> str | None:
    return next((text for name in names if (text := _text(params, name)) is not None), None)


def _text(params: Mapping[str, str], name: str) -> str | None:
    return _clean(params.get(name) or "").strip() or None


def _count(params: Mapping[str, str], name: str) -> int | None:
    text = _text(params, name) or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004


def _clean(text: str) -> str:
    """PostgreSQL keeps no NUL characters in a text."""
    return text.replace("\x00", "")

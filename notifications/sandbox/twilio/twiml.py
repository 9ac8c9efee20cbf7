"""Which texts a webhook's answer asks to be sent back: TwiML, Twilio's XML, or why it cannot be read."""

from dataclasses import dataclass
from xml.etree import ElementTree

XML_TYPES = frozenset({"text/xml", "application/xml", "text/html"})
WRONG_TYPE = 12300
NOT_XML = 12100
WRONG_ROOT = 12200


@dataclass(frozen=True, slots=True)
class ReplyText:
    body: str
    to: str = ""
    sender: str = ""
    callback_url: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    code: int
    text: str


def reply_texts(body: str, *, content_type: str) -> list[ReplyText] | Unreadable:
    """The texts that an answer asks for, in order; plain text is one text, an empty answer none."""
    if not body.strip():
        return []
    if content_type == "text/plain":
        return [ReplyText(body.strip())]
    if content_type not in XML_TYPES:
        return Unreadable(WRONG_TYPE, f"Content-Type {content_type or 'missing'} cannot be used")
    try:
        # The answer comes from a loopback server of the same developer; expat itself refuses entity bombs.
        root = ElementTree.fromstring(body.strip())  # noqa: S314
    except ElementTree.ParseError as error:
        return Unreadable(NOT_XML, f"the answer is not XML: {error}")
    if root.tag != "Response":
        return Unreadable(WRONG_ROOT, f"the answer begins with <{root.tag}>, not with <Response>")
    return [_reply_text(verb) for verb in root if verb.tag in {"Message", "Sms"}]


def _reply_text(verb: ElementTree.Element) -> ReplyText:
    nested = verb.find("Body")
    text = (nested.text if nested is not None else verb.text) or ""
    return ReplyText(
        body=text.strip(),
        to=verb.get("to", ""),
        sender=verb.get("from", ""),
        callback_url=verb.get("statusCallback", "") or verb.get("action", ""),
    )

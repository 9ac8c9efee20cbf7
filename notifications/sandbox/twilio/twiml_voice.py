"""What a document of TwiML asks to be done on a call: its verbs in order, and what Twilio would complain about.

Pure reading: nothing is said or fetched here. https://www.twilio.com/docs/voice/twiml
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree

from ..calls import ANY_KEY
from .twiml import NOT_XML, WRONG_ROOT, WRONG_TYPE, XML_TYPES, Unreadable

DEFAULT_LANGUAGE, DEFAULT_VOICE = "en-US", "man"
DEFAULT_FINISH, DEFAULT_WAIT = "#", 5.0
MOST_LOOPS = 10
SSML = frozenset(
    {"break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w"}
    | {"amazon:effect", "amazon:domain", "amazon:emotion"}
)
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
VOICE = re.compile(r"man|woman|alice|(Polly|Google)\.[A-Za-z0-9-]+")
METHODS = ("GET", "POST")
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True, slots=True)
class Say:
    text: str
    language: str = DEFAULT_LANGUAGE
    voice: str = DEFAULT_VOICE
    loop: int = 1


@dataclass(frozen=True, slots=True)
class Play:
    url: str
    loop: int = 1


@dataclass(frozen=True, slots=True)
class Pause:
    seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class Gather:
    """`most` is None where any number of keys may come; `action` empty means the document's own address."""

    prompts: tuple["Say | Play | Pause", ...]
    most: int | None = None
    wait: float = DEFAULT_WAIT
    finish_on: str = DEFAULT_FINISH
    action: str = ""
    method: str = "POST"
    acts_on_nothing: bool = False


@dataclass(frozen=True, slots=True)
class Redirect:
    url: str
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class Hangup:
    pass


@dataclass(frozen=True, slots=True)
class Reject:
    """Has a meaning for calls that come in alone; on others it ends the call, as Hangup does."""


Verb = Say | Play | Pause | Gather | Redirect | Hangup | Reject


@dataclass(slots=True)
class Script:
    """`warnings`: Twilio carries on, with its default in place of what it could not use."""

    verbs: list[Verb] = field(default_factory=list)
    warnings: list[Unreadable] = field(default_factory=list)


def script_of(body: str, *, content_type: str) -> Script | Unreadable:
    """The verbs of a document; a plain text is said as it is, and an empty answer asks for nothing."""
    if not body.strip():
        return Script()
    if content_type == "text/plain":
        return Script([Say(body.strip())])
    if content_type not in XML_TYPES:
        return Unreadable(WRONG_TYPE, f"Content-Type {content_type or 'missing'} cannot be used")
    try:
        # The answer comes from a loopback server of the same developer; expat itself refuses entity bombs.
        root = ElementTree.fromstring(body.strip().encode())  # noqa: S314
    except ElementTree.ParseError as error:
        return Unreadable(NOT_XML, f"the document is not XML: {error}")
    if root.tag != "Response":
        return Unreadable(WRONG_ROOT, f"the document begins with <{root.tag}>, not with <Response>")
    script = Script()
    reader = _Reader(script.warnings)
    script.verbs.extend(reader.verbs(root))
    return script


class _Reader:
    def __init__(self, warnings: list[Unreadable]) -> None:
        self._warnings = warnings

    def _warn(self, code: int, text: str) -> None:
        self._warnings.append(Unreadable(code, text))

    def verbs(self, parent: ElementTree.Element) -> Iterator[Verb]:
        for node in parent:
            if node.tag == "Gather":
                yield self._gather(node)
            elif node.tag in {"Say", "Play", "Pause"}:
                yield from self._prompts(node)
            elif node.tag == "Redirect":
                yield Redirect((node.text or "").strip(), self._method(node, code=WRONG_ROOT))
            elif node.tag == "Hangup":
                yield Hangup()
            elif node.tag == "Reject":
                yield Reject()
            else:
                self._warn(WRONG_ROOT, f"<{node.tag}> is not carried out by the sandbox")

    def _prompts(self, node: ElementTree.Element) -> Iterator[Say | Play | Pause]:
        if node.tag == "Pause":
            yield Pause(self._number(node, "length", default=1.0, code=WRONG_ROOT))
        elif node.tag == "Play":
            yield Play((node.text or "").strip(), self._loops(node))
        else:
            text = " ".join("".join(node.itertext()).split())
            if not text:
                self._warn(13520, "<Say> has no text")
                return
            for inner in node.iter():
                if inner is not node and inner.tag not in SSML:
                    self._warn(WRONG_ROOT, f"<Say> cannot contain <{inner.tag}>")
            yield Say(text, self._language(node), self._voice(node), self._loops(node))

    def _gather(self, node: ElementTree.Element) -> Gather:
        prompts: list[Say | Play | Pause] = []
        for inner in node:
            if inner.tag in {"Say", "Play", "Pause"}:
                prompts.extend(self._prompts(inner))
            else:
                self._warn(13320, f"<Gather> cannot contain <{inner.tag}>")
        if "dtmf" not in node.get("input", "dtmf").split():
            self._warn(13326, "the sandbox listens to keys alone: input must name dtmf")
        most = node.get("numDigits", "")
        if most and not (most.isascii() and most.isdigit() and int(most) >= 1):
            self._warn(13314, f"numDigits={most!r} is not a whole number from 1")
            most = ""
        finish = node.get("finishOnKey", DEFAULT_FINISH)
        if len(finish) > 1 or finish not in ANY_KEY:
            self._warn(13310, f"finishOnKey={finish!r} is not one key")
            finish = DEFAULT_FINISH
        return Gather(
            prompts=tuple(prompts),
            most=int(most) if most else None,
            wait=self._number(node, "timeout", default=DEFAULT_WAIT, code=13313),
            finish_on=finish,
            action=node.get("action", "").strip(),
            method=self._method(node, code=13312),
            acts_on_nothing=node.get("actionOnEmptyResult", "").lower() == "true",
        )

    def _number(self, node: ElementTree.Element, name: str, *, default: float, code: int) -> float:
        raw = node.get(name, "")
        if not raw or (name == "timeout" and raw == "auto"):
            return default
        try:
            number = float(raw)
        except ValueError:
            number = -1.0
        if number >= 0:
            return number
        self._warn(code, f"{name}={raw!r} of <{node.tag}> is not a number of seconds")
        return default

    def _loops(self, node: ElementTree.Element) -> int:
        """How often it is said; 0, which is without end for Twilio, ends in the sandbox."""
        raw = node.get("loop", "1")
        if not (raw.isascii() and raw.isdigit()):
            self._warn(13510, f"loop={raw!r} is not a whole number")
            return 1
        return min(int(raw) or MOST_LOOPS, MOST_LOOPS)

    def _method(self, node: ElementTree.Element, *, code: int) -> str:
        method = node.get("method", "POST").upper()
        if method not in METHODS:
            self._warn(code, f"method={method!r} is neither GET nor POST")
            return "POST"
        return method

    def _language(self, node: ElementTree.Element) -> str:
        language = node.get("language", "")
        if not language:
            nested = node.find("lang")
            language = nested.get(XML_LANG, "") if nested is not None and not (node.text or "").strip() else ""
        if language and not LANGUAGE.fullmatch(language):
            self._warn(13512, f"language={language!r} is not a language")
            return DEFAULT_LANGUAGE
        return language or DEFAULT_LANGUAGE

    def _voice(self, node: ElementTree.Element) -> str:
        voice = node.get("voice", DEFAULT_VOICE)
        if VOICE.fullmatch(voice):
            return voice
        self._warn(13511, f"voice={voice!r} is not a voice")
        return DEFAULT_VOICE

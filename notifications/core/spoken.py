"""What a call says: who calls, what is wrong, which keys there are, and what follows from a key. Pure.

It makes scenes, which are data: how a provider writes them is for the provider's own module. Every scene says only what
a voice reads well, whatever the message holds.
"""

import re
import unicodedata
from dataclasses import dataclass

from notifications.core.spoken_words import SENTENCES, Language, Sentences
from notifications.core.states import Purpose
from notifications.core.text import fit

__all__ = ["Language", "Scene", "Spoken", "language_of"]

#: The providers that this portal places calls through.
CALLS_THROUGH = frozenset({"twilio", "azure"})
ACKNOWLEDGE, REPEAT, STOP = "1", "2", "9"
#: Somebody who keeps pressing keys is let go in the end.
MOST_TURNS = 8
#: Seconds in which a key is waited for: where more is said after it, and where nothing is.
_A_MOMENT, _A_WHILE = 1, 6
_TEXT_LIMIT, _NAME_LIMIT = 600, 60
_LINK = re.compile(r"\b(?:https?|ftp)://\S+|\bwww\.\S+", re.IGNORECASE)
_UNSPOKEN = str.maketrans(dict.fromkeys("_*`|~^\\{}[]=", " "))
#: Never spoken: controls, marks that are not seen, private and unassigned characters, pictures, halves of characters.
_SILENT = {"Cc", "Cf", "Cs", "Co", "Cn", "So", "Sk", "Me"}


@dataclass(frozen=True, slots=True)
class Scene:
    """What is said next; with `waits`, one key ends it early and is waited for so many seconds after it.

    `turn` counts the scenes that waited for a key. Without `waits` the call ends after it.
    """

    language: Language
    says: tuple[str, ...]
    turn: int = 0
    waits: int = 0


def language_of(word: str) -> Language:
    """The language of a member's calls; English where they chose none, or one that no call speaks."""
    try:
        return Language(word)
    except ValueError:
        return Language.EN


@dataclass(frozen=True, slots=True)
class Spoken:
    """One message as a call tells it.

    `contact` is where the business can be reached (47 CFR 64.1200(b)(2)), empty where it named nothing. `texts_to` is
    the calling number where it takes texts too, else empty.
    """

    tenant_name: str
    text: str
    purpose: Purpose
    language: Language
    contact: str = ""
    ack_code: str = ""
    texts_to: str = ""

    @property
    def takes_one(self) -> bool:
        """Key 1 means something: it acknowledges a page, and in a test shows that keys arrive."""
        return self.purpose in (Purpose.PAGE, Purpose.TEST)

    @property
    def as_heard(self) -> str:
        """What is said to a person who lets it finish, once, for whoever wants to read it beforehand."""
        return " ".join(part for part in (self._who, self._text, self._menu, self._contact) if part)

    def first(self) -> Scene:
        """Who calls (47 CFR 64.1200(b)(1)) and what is wrong, without the keys: a machine may be listening."""
        return Scene(self.language, (self._who, self._text), turn=1, waits=_A_MOMENT)

    def after_silence(self, *, turn: int) -> Scene:
        """Nobody pressed a key: the keys, everything once more, and the keys again; after that the call ends."""
        if turn > 1:
            return self._end(self._contact)
        return Scene(self.language, (self._menu, self._who, self._text, self._menu), turn=2, waits=_A_WHILE)

    def repeated(self, *, turn: int) -> Scene:
        """Everything once more, as often as somebody asks for it within reason."""
        if turn >= MOST_TURNS:
            return self._end(self._contact)
        return Scene(self.language, (self._who, self._text, self._menu), turn=turn + 1, waits=_A_WHILE)

    def to_machine(self) -> Scene:
        """For a voicemail: no keys, since nobody is there to press one, and how to acknowledge all the same."""
        by_text = self._w.ack_by_text.format(code=apart(self.ack_code)) if self.texts_to and self.ack_code else ""
        return self._end(self._who, self._text, by_text, self._contact)

    def acknowledged(self) -> Scene:
        return self._end(self._w.acknowledged)

    def already(self, *, by: str | None) -> Scene:
        """Somebody else was first."""
        who = _name(by, words=self._w) if by else ""
        return self._end(self._w.already_by.format(who=who) if who else self._w.already)

    def over(self) -> Scene:
        """The alert needs nobody any more, without anybody having acknowledged it."""
        return self._end(self._w.over)

    def heard(self) -> Scene:
        """Key 1 in a test."""
        return self._end(self._w.heard)

    def stopped(self) -> Scene:
        """What key 9 did, and the way back; the call ends (47 CFR 64.1200(b)(3))."""
        back = self._w.come_back.format(number=apart(self.texts_to)) if self.texts_to else ""
        return self._end(self._w.stopped, back)

    def unknown_key(self, *, turn: int) -> Scene:
        return self._once_more(self._w.unknown_key, turn=turn)

    def not_taken_in(self, *, turn: int) -> Scene:
        """We could not keep the key."""
        return self._once_more(self._w.press_again, turn=turn)

    @property
    def _w(self) -> Sentences:
        return SENTENCES[self.language]

    @property
    def _who(self) -> str:
        opens = {Purpose.PAGE: self._w.alert_from, Purpose.TEST: self._w.test_from}
        name = _name(self.tenant_name, words=self._w)
        return opens.get(self.purpose, self._w.message_from).format(tenant=name)

    @property
    def _text(self) -> str:
        text = spoken(self.text, words=self._w, limit=_TEXT_LIMIT)
        return text if not text or text.endswith((".", "!", "?")) else f"{text}."

    @property
    def _menu(self) -> str:
        one = {Purpose.PAGE: self._w.acknowledge, Purpose.TEST: self._w.confirm}.get(self.purpose, "")
        return " ".join(part for part in (one, self._w.repeat, self._w.stop) if part)

    @property
    def _contact(self) -> str:
        if not self.contact:
            return ""
        return self._w.help_from.format(contact=address_spoken(self.contact, words=self._w))

    def _end(self, *says: str) -> Scene:
        return Scene(self.language, tuple(part for part in (*says, self._w.goodbye) if part))

    def _once_more(self, says: str, *, turn: int) -> Scene:
        if turn >= MOST_TURNS:
            return self._end(says)
        return Scene(self.language, (says, self._menu), turn=turn + 1, waits=_A_WHILE)


def apart(digits: str) -> str:
    """A code or a number as it is dictated, one digit after the other."""
    return ", ".join(one for one in digits if one.isdigit())


def address_spoken(address: str, *, words: Sentences) -> str:
    """A phone number digit by digit, an e-mail address with its signs in words."""
    if address.lstrip("+").isdigit():
        return apart(address)
    said = "".join(f" {words.signs[sign]} " if sign in "@." else sign for sign in address)
    return spoken(said, words=words, limit=_TEXT_LIMIT)


def _name(name: str, *, words: Sentences) -> str:
    """A name within a sentence, which brings no full stop of its own."""
    return spoken(name, words=words, limit=_NAME_LIMIT).rstrip(".!? ")


def spoken(text: str, *, words: Sentences, limit: int) -> str:
    """A text as a voice can say it: links and signs in words, and nothing that is not heard."""
    said = unicodedata.normalize("NFC", _LINK.sub(f" {words.link} ", text))
    said = said.replace("\n", ". ").translate(_UNSPOKEN)
    for sign, word in words.signs.items():
        if sign != ".":
            said = said.replace(sign, f" {word} ")
    heard = "".join(one if unicodedata.category(one) not in _SILENT and not _is_selector(one) else " " for one in said)
    heard = re.sub(r"\s+([.,;:!?])", r"\1", " ".join(heard.split()))
    heard = re.sub(r"([.!?])[.]+", r"\1", heard)
    return fit(heard.strip(), limit=limit)


def _is_selector(character: str) -> bool:
    """Chooses how the character before it is drawn, and is nothing by itself."""
    return "\ufe00" <= character <= "\ufe0f"

"""What each character is called that costs a text the small alphabet of SMS, and what could stand in its place.

Pure. It suggests and changes nothing by itself: whether a name loses its accent is for whoever writes to say.
"""

import unicodedata
from dataclasses import dataclass

from notifications.core.text import GSM_BASIC, GSM_EXTENDED

_INSTEAD: dict[str, str] = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u00b4\u0060\u02bc", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\u2039\u203a", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2022\u00b7", "-"),
    **dict.fromkeys("\t\u00a0\u202f\u2028\u2029", " "),
    "\u2026": "...",
    "\u00a9": "(c)",
    "\u00ae": "(R)",
    "\u2122": "TM",
    "\u00b0": "deg",
    "\u00d7": "x",
    "\u00f7": "/",
    "\u2044": "/",
    "\u2192": "->",
    "\u2190": "<-",
    "\u0142": "l",
    "\u0141": "L",
    "\u0111": "d",
    "\u0110": "D",
    "\u0131": "i",
    "\u0153": "oe",
    "\u0152": "OE",
}
# Marks that are not seen by themselves, such as the one that makes a sign colourful.
_UNSEEN = {"Cf", "Cc", "Mn", "Me"}


@dataclass(frozen=True, slots=True)
class Costly:
    """A character outside the small alphabet: `instead` is empty where it can be left out, None where none fits."""

    character: str
    name: str
    instead: str | None


def costly(character: str) -> Costly:
    """What a character is called, with its code, and what could stand in its place."""
    words = unicodedata.name(character, "").lower() or "control character"
    return Costly(character, f"{words} (U+{ord(character):04X})", instead_of(character))


def instead_of(character: str) -> str | None:
    """Something of the small alphabet that reads alike, "" for what is not seen anyway, None where nothing does."""
    if character in _INSTEAD:
        return _INSTEAD[character]
    if unicodedata.category(character) in _UNSEEN:
        return ""
    if unicodedata.category(character) == "Zs":
        return " "
    taken_apart = [part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part)]
    found = "".join(_INSTEAD.get(part, part) for part in taken_apart)
    return found if found and all(_is_small(part) for part in found) else None


def plain(text: str) -> str:
    """The text with every suggestion taken; what nothing reads alike stays."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(character if _is_small(character) else _or_itself(character) for character in composed)


def _or_itself(character: str) -> str:
    instead = instead_of(character)
    return character if instead is None else instead


def _is_small(character: str) -> bool:
    return character in GSM_BASIC or character in GSM_EXTENDED

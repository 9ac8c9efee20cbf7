"""Which marks a written phone number carries, before anyone asks whether the number exists.

Looks at characters only; knows no country and no numbering plan.
"""

import re
import unicodedata
from dataclasses import dataclass

from imes.kernel.phone_defects import PhoneDefect

# Longer texts are no phone numbers; nothing past this is looked at character by character.
LONGEST_TEXT = 200

_DASHES = frozenset("-\u2043\u2212\u02d7\u30fc")
_PARENTHESES = frozenset("()[]{}")
_DOTS = frozenset("./\\\u00b7\u2022\u2024\u2044\u2215")
_PLUSES = frozenset("\uff0b\ufe62\u207a\u208a\u2795")
_UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp", "Cn", "Co", "Cs"})
# Blank to the eye although Unicode files them as letters, marks or symbols.
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | {chr(c) for c in range(0xFE00, 0xFE10)}

_EXTENSION = re.compile(
    r"\s*(?:;\s*ext\s*=|\(?(?:extension|extn|ext|x)\s*[.:=]?|#|[,;]+|[pw])\s*(?P<digits>[0-9]{1,7})\s*[)#]?\s*\Z",
    re.IGNORECASE,
)
_BARE_EXTENSION_SIGNS = frozenset("#,;pwPW")
_SEVERAL = re.compile(r"[;,/&|\r\n]|\b(?:or|and)\b|(?=\+)", re.IGNORECASE)
_FEWEST_DIGITS = 7
_MOST_DIGITS = 15


@dataclass(frozen=True, slots=True)
class PhoneShape:
    """The digits of a text in plain 0-9, whether a + leads them, and the marks around them."""

    digits: str
    plus: bool
    defects: frozenset[PhoneDefect]


def shape(raw: str) -> PhoneShape:
    """Reads the marks of a text; never raises."""
    found: set[PhoneDefect] = set()
    plain = "".join(_plain(character, found) for character in raw[:LONGEST_TEXT])
    if len(raw) > LONGEST_TEXT:
        found.add(PhoneDefect.TOO_LONG)
    if _holds_several(plain):
        found.add(PhoneDefect.SEVERAL)
    else:
        body = _without_extension(plain)
        if body != plain:
            found.add(PhoneDefect.EXTENSION)
            plain = body
    digits, plus = _read(plain, found)
    return PhoneShape(digits=digits, plus=plus, defects=frozenset(found))


def _plain(character: str, found: set[PhoneDefect]) -> str:
    """One character in its plain ASCII form; notes what was not plain."""
    if character.isascii() and (character.isprintable() or character in "\t\r\n"):
        return character
    category = unicodedata.category(character)
    if category in _UNSEEN or character in _BLANKS:
        found.add(PhoneDefect.INVISIBLE)
        return ""
    if category == "Pd" or character in _DASHES:
        return "-"
    digit = unicodedata.digit(character, None)
    if digit is not None or character in _PLUSES:
        found.add(PhoneDefect.WIDE)
        return "+" if digit is None else str(digit)
    folded = "." if character in _DOTS else unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 and folded.isascii() else character


def _count(text: str) -> int:
    return sum(character.isdigit() and character.isascii() for character in text)


def _holds_several(text: str) -> bool:
    if sum(_count(part) >= _FEWEST_DIGITS for part in _SEVERAL.split(text)) > 1:
        return True
    long_words = [word for word in text.split() if _count(word) >= _FEWEST_DIGITS]
    return len(long_words) > 1 and _count(text) > _MOST_DIGITS


def _without_extension(text: str) -> str:
    match = _EXTENSION.search(text)
    if match is None:
        return text
    body = text[: match.start()]
    # "860,555,8312" is one number with commas: a bare sign opens an extension only behind a whole number.
    bare = match.group().strip()[0] in _BARE_EXTENSION_SIGNS and "ext" not in match.group().lower()
    return text if bare and _count(body) < _FEWEST_DIGITS else body


def _read(text: str, found: set[PhoneDefect]) -> tuple[str, bool]:
    digits: list[str] = []
    plus = False
    for character in text:
        if character.isascii() and character.isdigit():
            digits.append(character)
        elif character == "+" and not digits and not plus:
            plus = True
        else:
            found.add(_mark(character))
    return "".join(digits), plus


def _mark(character: str) -> PhoneDefect:
    if character in " \t\r\n":
        return PhoneDefect.SPACES
    for signs, defect in (
        (_DASHES, PhoneDefect.DASHES),
        (_PARENTHESES, PhoneDefect.PARENTHESES),
        (_DOTS, PhoneDefect.DOTS),
    ):
        if character in signs:
            return defect
    return PhoneDefect.LETTERS if character.isalpha() else PhoneDefect.OTHER_CHARACTERS

"""How long a text is on the air, and how a flow's template becomes one.

Knows the two alphabets of SMS and nothing of who sends. A template reads fields of the payload by name: it runs no code
and touches no attributes. Source of the alphabets: 3GPP TS 23.038.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Encoding(StrEnum):
    """The alphabet that a whole message is sent in."""

    GSM7 = "GSM-7"
    UCS2 = "UCS-2"


GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = frozenset("\f^{}\\[~]|€")

# Units in a message of one segment, and in each segment of a longer one, whose header takes the rest.
_ROOM = {Encoding.GSM7: (160, 153), Encoding.UCS2: (70, 67)}
_PAST_BMP = 0xFFFF
_FIELD = re.compile(r"\{([A-Za-z_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*)\}")
_CUT = "..."  # an ellipsis sign would turn the whole message to UCS-2

VALUE_LIMIT = 200
BODY_LIMIT = 1600


@dataclass(frozen=True, slots=True)
class Measured:
    """The size of a text as SMS; `offending` are the characters that cost it the small alphabet, each once."""

    encoding: Encoding
    segments: int
    characters: int
    units: int
    offending: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A template filled in; missing fields stand in the text as `{field?}` and are listed, each once."""

    text: str
    missing: tuple[str, ...]


def measure(body: str) -> Measured:
    """Alphabet, segments and units of a text: septets in GSM-7, 16-bit units in UCS-2."""
    offending = tuple(dict.fromkeys(c for c in body if c not in GSM_BASIC and c not in GSM_EXTENDED))
    encoding = Encoding.UCS2 if offending else Encoding.GSM7
    costs = [_cost(character, encoding) for character in body]
    return Measured(encoding, _segments(costs, *_ROOM[encoding]), len(body), sum(costs), offending)


def render(template: str, payload: Mapping[str, object]) -> Rendered:
    """Fills `{field}` and `{a.b}` from the payload in one pass, so that a value can never name another field."""
    missing: dict[str, None] = {}

    def filled(match: re.Match[str]) -> str:
        value = _found(payload, match[1].split("."))
        if value is None:
            missing[match[1]] = None
            return "{" + match[1] + "?}"
        return _shown(value)

    return Rendered(_FIELD.sub(filled, template), tuple(missing))


def fields_of(template: str) -> tuple[str, ...]:
    """The fields that a template asks for, each once, in their order."""
    return tuple(dict.fromkeys(match[1] for match in _FIELD.finditer(template)))


def fit(text: str, *, limit: int) -> str:
    """The text in at most `limit` characters; a cut one ends in three dots and never within a character's marks."""
    if len(text) <= limit:
        return text
    if limit <= len(_CUT):
        return text[: max(limit, 0)]
    end = limit - len(_CUT)
    while end and unicodedata.category(text[end]) in {"Mn", "Me", "Mc", "Cf"}:
        end -= 1
    return text[:end].rstrip(" \t\r\n.") + _CUT


def _cost(character: str, encoding: Encoding) -> int:
    if encoding is Encoding.GSM7:
        return 2 if character in GSM_EXTENDED else 1
    return 2 if ord(character) > _PAST_BMP else 1


def _segments(costs: Sequence[int], single: int, each: int) -> int:
    if not costs:
        return 0
    if sum(costs) <= single:
        return 1
    return 1 + sum(_starts_segment(costs, each))


def _starts_segment(costs: Sequence[int], each: int) -> Iterator[bool]:
    """Whether a character opens a new segment: an escape or a surrogate is never torn from its other half."""
    used = 0
    for cost in costs:
        used += cost
        opens = used > each
        if opens:
            used = cost
        yield opens


def _found(payload: Mapping[str, object], path: Sequence[str]) -> object:
    value: object = payload
    for name in path:
        if isinstance(value, Mapping) and name in value:
            value = value[name]
        elif isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value


def _shown(value: object) -> str:
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, Mapping | list | tuple):
        text = json.dumps(value, ensure_ascii=False, default=str)
    else:
        text = str(value)
    return fit(_without_controls(text), limit=VALUE_LIMIT)


def _without_controls(text: str) -> str:
    kept = (" " if c in "\t\r\n\u2028\u2029" else c for c in text)
    return "".join(c for c in kept if unicodedata.category(c) not in {"Cc", "Cf", "Cs"})

"""One byte string for one value, whoever writes it and whenever: what digests and chains are taken over.

Refuses what has no single form: floats that are no number, instants without a zone, sets, unknown types.
"""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from uuid import UUID

_SHORTEST_SALT = 16


class HasNoCanonicalForm(TypeError):
    """A value of a kind that could be written in more than one way."""


def canonical(data: object) -> bytes:
    """JSON in UTF-8 with sorted keys and no spaces; instants in UTC with microseconds and `Z`.

    :raises HasNoCanonicalForm: for a value without a single form.
    """
    text = json.dumps(_plain(data), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "surrogatepass")


def salted_digest(data: object, *, salt: bytes) -> bytes:
    """SHA-256 over the salt and the canonical form; once the salt is erased, nobody can guess the data back.

    :raises ValueError: when the salt has under 16 bytes.
    """
    if len(salt) < _SHORTEST_SALT:
        raise ValueError(f"a salt has at least {_SHORTEST_SALT} bytes")
    return hashlib.sha256(salt + canonical(data)).digest()


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return _plain(value.value)
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, Mapping):
        return _mapping(value)
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        return [_plain(inner) for inner in value]
    return _text(value)


def _text(value: object) -> str:
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            raise HasNoCanonicalForm("an instant without a time zone")
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    raise HasNoCanonicalForm(f"a value of type {type(value).__name__}")


def _mapping(mapping: Mapping[object, object]) -> dict[str, object]:
    plain: dict[str, object] = {}
    for key, value in mapping.items():
        if not isinstance(key, str):
            raise HasNoCanonicalForm(f"a key of type {type(key).__name__}")
        # A key that is an enum member sorts and prints as its value.
        plain[str.__str__(key)] = _plain(value)
    return plain

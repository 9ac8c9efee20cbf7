"""What Azure posts, read as JSON that the database can keep; it refuses to know what the events mean."""

import json
import math
from collections.abc import Mapping

from notifications.webhooks.genuine import clean

# Azure's events have four levels; the database and Python's own recursion take far more than this.
_DEEPEST = 32


def documents_in(body: bytes) -> list[object] | None:
    """The elements of an array, or the one document alone; None where it is no JSON, or too deep."""
    try:
        found = json.loads(body.decode("utf-8"), parse_constant=_no_number, parse_float=_number)
    except (ValueError, RecursionError):
        return None
    if _is_deep(found):
        return None
    return found if isinstance(found, list) else [found]


def storable(value: object) -> object:
    """What the database can keep as JSON: without NUL characters and halves of characters."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {clean(str(name)): storable(each) for name, each in value.items()}
    return [storable(each) for each in value] if isinstance(value, list) else value


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _number(text: str) -> float:
    """A number that the database can keep as JSON, which knows no infinity.

    :raises ValueError: for one that is too large.
    """
    number = float(text)
    return number if math.isfinite(number) else _no_number(text)


def _is_deep(found: object) -> bool:
    """Whether it is nested more deeply than any event."""
    level = [found]
    for _ in range(_DEEPEST):
        level = [
            each
            for one in level
            if isinstance(one, dict | list)
            for each in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return False
    return True

"""Facts as plain JSON and back: a saved file is a regression test, and what a support case may carry.

Knows the shapes of dataclasses alone; an unknown or missing field is an error and never a guess.
"""

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from notifications.core.gate_facts import GateFacts
from notifications.diagnosis.facts import Facts

T = TypeVar("T")

#: Changes when a saved file of the older form can no longer be read.
FORM = 1


class UnreadableFacts(ValueError):
    """A saved file that is not of this form."""


def save(facts: Facts) -> dict[str, Any]:
    """The facts in types that JSON takes; `load` makes the equal facts of them."""
    return {"form": FORM, **plain(facts)}


def load(data: Mapping[str, Any]) -> Facts:
    """The facts that `save` wrote.

    :raises UnreadableFacts: when a field is missing, unknown, or of another type.
    """
    if data.get("form") != FORM:
        raise UnreadableFacts(f"This is form {data.get('form')!r}; form {FORM} is read here.")
    try:
        return _made(Facts, {name: value for name, value in data.items() if name != "form"})
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableFacts(str(error)) from error


def plain(value: Any) -> Any:
    """Any value of a dataclass in types that JSON takes; instants as ISO 8601."""
    if isinstance(value, GateFacts):
        return value.as_json()
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    return [plain(inner) for inner in value] if isinstance(value, tuple) else value


def _made(cls: type[T], data: Mapping[str, Any]) -> T:
    hints = _hints(cls)  # type: ignore[arg-type]
    unknown = data.keys() - hints.keys()
    if unknown:
        raise KeyError(f"{cls.__name__} knows no {', '.join(sorted(unknown))}")
    missing = [one.name for one in fields(cls) if one.name not in data and _needed(one)]  # type: ignore[arg-type]
    if missing:
        raise KeyError(f"{cls.__name__} lacks {', '.join(missing)}")
    return cls(**{name: _value(hints[name], value) for name, value in data.items()})


def _value(hint: Any, value: Any) -> Any:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        inner = [one for one in get_args(hint) if one is not type(None)]
        return None if value is None else _value(inner[0], value)
    if origin is tuple:
        parts = get_args(hint)
        if parts[-1] is Ellipsis:
            return tuple(_value(parts[0], one) for one in value)
        return tuple(_value(part, one) for part, one in zip(parts, value, strict=True))
    if hint is datetime:
        return datetime.fromisoformat(value)
    if hint is GateFacts:
        return GateFacts.from_json(value)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint(value)
    if is_dataclass(hint) and isinstance(hint, type):
        return _made(hint, value)
    if not isinstance(value, hint):
        raise TypeError(f"{value!r} is no {hint.__name__}")
    return value


def _needed(one: Any) -> bool:
    return one.default is MISSING and one.default_factory is MISSING


@cache
def _hints(cls: type[Any]) -> dict[str, Any]:
    return get_type_hints(cls)

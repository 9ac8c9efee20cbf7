"""Reads the body of a request that fires a flow: the fields exactly as they were sent, or why they cannot be kept.

Nothing is cut, renamed or dropped. What the database could not give back as it was sent is refused by name.
"""

import json
import math
import re
from email.message import Message
from typing import Any, NoReturn

from django.http import QueryDict

from notifications.core.answers import Refusal, TriggerCode

MOST_BYTES = 64 * 1024
MOST_FIELDS = 500
DEEPEST = 8
LONGEST_TEXT = 16_000
LONGEST_NAME = 200

_JSON = re.compile(r"application/(?:[a-z0-9.+-]+\+)?json\Z")
_FORM = "application/x-www-form-urlencoded"


class _CannotBeKept(ValueError):
    """The JSON is valid and says something that would come back differently."""


def read_body(body: bytes, *, content_type: str) -> dict[str, Any] | Refusal:
    """The fields of a request; a request without any body has none."""
    kind, charset = _kind(content_type)
    if not body and not _JSON.match(kind):
        return {}
    if charset not in {"", "utf-8", "utf8", "us-ascii"}:
        return Refusal(TriggerCode.WRONG_TYPE, "Only UTF-8 is read.")
    if _JSON.match(kind):
        payload = _json(body)
    elif kind == _FORM:
        payload = _form(body)
    else:
        return Refusal(TriggerCode.WRONG_TYPE)
    if isinstance(payload, Refusal):
        return payload
    unkept = _unkept(payload)
    return Refusal(TriggerCode.OUT_OF_BOUNDS, unkept) if unkept else payload


def _kind(content_type: str) -> tuple[str, str]:
    message = Message()
    message["Content-Type"] = re.sub(r"[\r\n]", "", content_type) or "none/none"
    charset = message.get_param("charset", "")
    return message.get_content_type(), str(charset).lower()


def _json(body: bytes) -> dict[str, Any] | Refusal:
    try:
        data = json.loads(body.decode("utf-8-sig"), object_pairs_hook=_object, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        return Refusal(TriggerCode.NOT_JSON, f"Line {error.lineno}, column {error.colno}: {error.msg}.")
    except UnicodeDecodeError as error:
        return Refusal(TriggerCode.NOT_JSON, f"It is not UTF-8 at byte {error.start + 1}.")
    except _CannotBeKept as error:
        return Refusal(TriggerCode.OUT_OF_BOUNDS, str(error))
    except RecursionError:
        return Refusal(TriggerCode.OUT_OF_BOUNDS, _too_deep())
    except ValueError:
        # Python reads no whole number of more than 4300 digits.
        return Refusal(TriggerCode.OUT_OF_BOUNDS, "A number has too many digits.")
    return data if isinstance(data, dict) else Refusal(TriggerCode.NOT_AN_OBJECT)


def _form(body: bytes) -> dict[str, Any] | Refusal:
    if body.lstrip()[:1] in (b"{", b"["):
        return Refusal(TriggerCode.WRONG_TYPE, "It looks like JSON and was sent as a form.")
    try:
        text = body.decode("ascii")
        fields = QueryDict(text, encoding="utf-8")
    except UnicodeDecodeError:
        return Refusal(TriggerCode.WRONG_TYPE, "The form is not percent-encoded.")
    except Exception:  # Django's own limits on forms
        return Refusal(TriggerCode.OUT_OF_BOUNDS, f"More than {MOST_FIELDS} fields.")
    return {name: values if len(values) > 1 else values[0] for name, values in fields.lists()}


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _CannotBeKept(f"The field {_named(twice)} is there twice.")
    return found


def _no_number(word: str) -> NoReturn:
    raise _CannotBeKept(f"{word} is no number in JSON.")


def _unkept(payload: dict[str, Any]) -> str:
    """What cannot be kept, in words; empty when all can. Walks without recursion, however deep it goes."""
    fields = 0
    open_values: list[tuple[Any, int, str]] = [(payload, 0, "")]
    while open_values:
        value, depth, name = open_values.pop()
        if depth > DEEPEST:
            return _too_deep()
        if isinstance(value, dict):
            open_values.extend((inner, depth + 1, key) for key, inner in value.items())
            wrong = next((words for key in value if (words := _wrong_text(key, LONGEST_NAME))), "")
            if wrong:
                return f"A field's name {wrong}."
        elif isinstance(value, list):
            open_values.extend((inner, depth + 1, name) for inner in value)
        elif isinstance(value, str) and (wrong := _wrong_text(value, LONGEST_TEXT)):
            return f"The field {_named(name)} {wrong}."
        elif isinstance(value, float) and not math.isfinite(value):
            return f"The field {_named(name)} holds a number that is too large."
        fields += 1
        if fields > MOST_FIELDS + 1:
            return f"More than {MOST_FIELDS} fields."
    return ""


def _wrong_text(text: str, limit: int) -> str:
    if len(text) > limit:
        return f"has more than {limit} characters"
    if "\x00" in text:
        return "holds a NUL character"
    if any("\ud800" <= character <= "\udfff" for character in text):
        return "holds half of a character (a lone surrogate)"
    return ""


def _too_deep() -> str:
    return f"Fields lie more than {DEEPEST} levels deep."


def _named(name: str) -> str:
    return repr(name[:40])

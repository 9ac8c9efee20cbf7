"""What may be kept of an HTTP exchange: enough to prove what happened, nothing that is secret or personal.

The message text becomes its length and a digest, numbers are masked, authorisation is never looked at.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from imes.kernel.phone import mask
from imes.kernel.redact import redact
from notifications.core.secret_digits import without_code

KEPT_CHARACTERS = 4096
_FEWEST_DIGITS = 7  # shorter ones are short codes, and would be found inside other numbers


@dataclass(frozen=True, slots=True)
class Trace:
    """One exchange, redacted. `response_status` is `None` where no answer was read; times are in milliseconds."""

    method: str
    url: str
    request_fields: Mapping[str, str] = field(default_factory=dict)
    response_status: int | None = None
    response_body: str = ""
    started_at: datetime | None = None
    elapsed_ms: int = 0

    def as_json(self) -> dict[str, object]:
        """The trace in types that a JSON column takes."""
        return {
            "method": self.method,
            "url": self.url,
            "request_fields": dict(self.request_fields),
            "response_status": self.response_status,
            "response_body": self.response_body,
            "started_at": self.started_at.isoformat() if self.started_at else None,
            "elapsed_ms": self.elapsed_ms,
        }


def body_digest(body: str) -> str:
    """What stands in the place of a message text; nobody can find out a code from it."""
    digest = hashlib.sha256(without_code(body).encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"[text: {len(body)} characters, sha256 {digest}]"


def bare_url(url: str) -> str:
    """The URL without user, password, query and fragment, where secrets live."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}" if parts.scheme else parts.path


@dataclass(frozen=True, slots=True)
class Redactor:
    """Removes one request's secrets and personal data from whatever text came back, also where it was quoted."""

    numbers: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()

    def text(self, text: str) -> str:
        """The text without secrets and message texts, with numbers masked, and without anything that looks like one."""
        for secret in self.secrets:
            if secret:
                text = text.replace(secret, "[secret]")
        for body in self.bodies:
            if len(body) > 1:
                text = text.replace(body, body_digest(body))
        for number in self.numbers:
            digits = number.lstrip("+")
            if len(digits) >= _FEWEST_DIGITS:
                text = text.replace(number, mask(number)).replace(digits, mask(number))
        return redact(text)

    def document(self, text: str) -> str:
        """The body of a refusal, redacted value by value where it is JSON, and cut to what is kept."""
        try:
            parsed = json.loads(text)
        except ValueError:
            return self.text(text)[:KEPT_CHARACTERS]
        return _compact(self._value(parsed))[:KEPT_CHARACTERS]

    def _value(self, value: object) -> object:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {key: self._entry(str(key), item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._value(item) for item in value]
        return value

    def _entry(self, key: str, value: object) -> object:
        if key.lower() == "body" and isinstance(value, str):
            return body_digest(value)
        return self._value(value)


def kept_fields(text: str, *, names: Collection[str]) -> str:
    """Of an accepting answer, which echoes the whole message, only these fields: an allow-list needs no redaction."""
    try:
        parsed = json.loads(text)
    except ValueError:
        return "[not JSON]"
    if not isinstance(parsed, dict):
        return "[no JSON object]"
    return _compact({name: parsed[name] for name in names if parsed.get(name) is not None})[:KEPT_CHARACTERS]


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

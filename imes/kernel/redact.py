"""What may be written into a log, a trace or a bundle: a text without numbers, addresses and secrets.

Errs towards removing too much. It knows shapes only, so a secret that looks like a word must come under a secret key.
"""

import re
from collections.abc import Collection, Mapping, Sequence

REDACTED = "[redacted]"

# Compared without case, dashes and underscores, so that `AuthToken`, `auth_token` and `AUTH-TOKEN` are one key.
SECRET_KEYS: frozenset[str] = frozenset(
    {
        "authorization",
        "authtoken",
        "body",
        "connectionstring",
        "content",
        "cookie",
        "csrfmiddlewaretoken",
        "csrftoken",
        "key",
        "accesskey",
        "apikey",
        "message",
        "password",
        "proxyauthorization",
        "secret",
        "sessionid",
        "setcookie",
        "sig",
        "signature",
        "text",
        "token",
        "xtwiliosignature",
    }
)

_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(/hooks/)[^/?#\s\"']+", re.IGNORECASE), r"\1[token]"),
    (re.compile(r"([a-z][a-z0-9+.-]*://)[^/@\s]+@", re.IGNORECASE), r"\1[secret]@"),
    (re.compile(r"\b(Bearer|Basic|Token|HMAC-SHA256)\s+[A-Za-z0-9+/=._~:-]{6,}", re.IGNORECASE), r"\1 [token]"),
    (
        re.compile(
            r"\b((?:access|auth|api|account)?[_-]?(?:token|key|secret|password|signature|sig))"
            r"(\"?\s*[=:]\s*\"?)[^&\s\"',;]+",
            re.IGNORECASE,
        ),
        r"\1\2[token]",
    ),
    (re.compile(r"[\w.+%-]{1,64}@[\w-]+(?:\.[\w-]+)+"), "[e-mail]"),
    # Our own secrets carry a prefix and more characters than a public id has; a provider's are 32 hex digits alone.
    (re.compile(r"\b[a-z]{2,12}_[A-Za-z0-9_-]{22,}"), "[token]"),
    (re.compile(r"(?<![A-Za-z0-9])[0-9a-f]{32}(?![A-Za-z0-9])"), "[token]"),
    (re.compile(r"(?<![\w-])[A-Za-z0-9_-]{40,}(?![\w-])"), "[token]"),
    # With a + always; without one only where no letter touches, so that ids of providers stay readable.
    (re.compile(r"\+(?:[\s().\u00a0\u2010-\u2015-]{0,3}\d){6,17}"), "[number]"),
    (re.compile(r"(?<![\w])(?!\d{4}-\d\d-\d\d)\(?\d(?:[\s().\u00a0\u2010-\u2015-]{0,3}\d){6,17}(?!\w)"), "[number]"),
)


def redact(text: str) -> str:
    """The text with everything like a phone number, an e-mail address or a token replaced by a word in brackets."""
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text


def redacted_mapping(mapping: Mapping[str, object], *, secret_keys: Collection[str] = SECRET_KEYS) -> dict[str, object]:
    """A copy for a stored trace: values under secret keys are gone, all other texts are redacted, at any depth."""
    secrets = frozenset(_plain_key(key) for key in secret_keys)
    return _mapping(mapping, secrets)


def _mapping(mapping: Mapping[str, object], secrets: frozenset[str]) -> dict[str, object]:
    # A provider's fault is `{"code": ..., "message": ...}`: those words are what the diagnosis needs.
    secrets = secrets - {"message"} if "code" in mapping else secrets
    return {str(key): _redacted(str(key), value, secrets) for key, value in mapping.items()}


def _redacted(key: str, value: object, secrets: frozenset[str]) -> object:
    if _plain_key(key) in secrets and value not in (None, ""):
        return REDACTED
    return _value(value, secrets)


def _value(value: object, secrets: frozenset[str]) -> object:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, bytes):
        return REDACTED
    if isinstance(value, Mapping):
        return _mapping(value, secrets)
    if isinstance(value, Sequence):
        return [_value(inner, secrets) for inner in value]
    return value


def _plain_key(key: str) -> str:
    return key.casefold().replace("-", "").replace("_", "")

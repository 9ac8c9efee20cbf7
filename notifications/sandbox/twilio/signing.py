"""How Twilio signs a webhook: X-Twilio-Signature (Twilio, webhooks security). Written from the published rule alone."""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping


def signature(url: str, *, params: Mapping[str, str | Iterable[str]], token: str) -> str:
    """The signature of one form POST: the whole URL, then each name with each of its distinct values, all sorted."""
    text = [url.split("#", 1)[0]]
    for name in sorted(params):
        given = params[name]
        values = [given] if isinstance(given, str) else sorted(set(given))
        text.extend(name + value for value in values)
    digest = hmac.new(token.encode(), "".join(text).encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()

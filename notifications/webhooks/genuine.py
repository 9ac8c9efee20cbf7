"""Whether a request to Twilio's webhooks is genuine, and what it holds; nothing in it is believed before that.

The account that a request names only picks the key: an unknown account and a wrong signature are the same refusal.
"""

import json
import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, QueryDict

from notifications.queries.inbound import account_named
from notifications.webhooks.verify import SignatureDefect, signature_defect
from tenants.scope import platform_scope

_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Genuine:
    """A request that its account signed, with all its fields; one that stands several times is a list."""

    account_id: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class NotGenuine:
    """Why a request is not believed, and the account that it named."""

    defect: SignatureDefect
    account_id: str


def genuine(request: HttpRequest) -> Genuine | NotGenuine:
    """Read and verify a request. The signed address is built from PUBLIC_URL, never from what the request says."""
    is_form = request.content_type == _FORM
    payload = _fields(request.POST) if is_form else _json(request.body)
    account_id = payload.get("AccountSid")
    account_id = clean(account_id)[:80] if isinstance(account_id, str) else ""

    def defect_with(token: str) -> SignatureDefect | None:
        return signature_defect(
            url=settings.PUBLIC_URL + request.get_full_path(),
            headers=request.headers,
            token=token,
            params=request.POST if is_form else None,
            body=None if is_form else request.body,
        )

    remembered = _tokens.get(account_id)
    if remembered is not None and time.monotonic() < remembered[1] and defect_with(remembered[0]) is None:
        return Genuine(account_id, payload)
    with platform_scope():
        account = account_named(account_id, provider="twilio")
    token = account.secret if account else ""
    defect = defect_with(token)
    if defect is not None:
        return NotGenuine(defect, account_id)
    _tokens[account_id] = (token, time.monotonic() + _REMEMBERED)
    return Genuine(account_id, payload)


#: By account: the token that verified a request, and until when it is believed without being read again. A token that
#: was rotated away, or whose account is gone, counts for so much longer; a new one counts at once.
_tokens: dict[str, tuple[str, float]] = {}
_REMEMBERED = 5.0


def clean(text: str) -> str:
    """A text that the database can keep: without NUL characters and halves of characters."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _fields(form: QueryDict) -> dict[str, Any]:
    return {
        clean(name): [clean(value) for value in values] if len(values) > 1 else clean(values[0] if values else "")
        for name, values in form.lists()
    }


def _json(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        return {}
    return {clean(name): _text(value) for name, value in data.items()} if isinstance(data, dict) else {}


def _text(value: object) -> str:
    return clean(value if isinstance(value, str) else json.dumps(value, ensure_ascii=True))

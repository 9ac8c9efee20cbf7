"""Azure's opt-out API: `POST {endpoint}/sms/optouts:add` and `:remove`, one recipient a request.

The account's ID is the host of the resource's endpoint, its secret one of the access keys. A 200 says nothing yet: each
recipient has a status of its own. Source: Azure REST specification, sms, api-version 2026-01-23.
"""

import json
import re
import time
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from notifications.providers import wire
from notifications.providers.azure_signing import NotAnAccessKey, signed_headers
from notifications.providers.base import Credentials
from notifications.providers.consents import ConsentChange, NotTaken, Taken, passes
from notifications.providers.trace import Redactor

API_VERSION = "2026-01-23"
_VERBS = {"opt_in": "remove", "opt_out": "add"}
# The secret goes nowhere else, whatever somebody wrote into the account's ID.
_HOST = re.compile(r"[a-z0-9][a-z0-9.-]*\.communication\.azure\.com\Z")
_LONGEST = 180


class AzureOptOuts:
    """`ConsentApi` for Azure Communication Services."""

    def change(self, change: ConsentChange, *, credentials: Credentials, timeout: timedelta) -> Taken | NotTaken:
        """See `ConsentApi.change`."""
        host = credentials.account_sid.removeprefix("https://").rstrip("/").lower()
        if credentials.base_url is None and not _HOST.match(host):
            return NotTaken(None, "The account's ID is not the host name of an Azure endpoint.", may_try_again=False)
        base = (credentials.base_url or f"https://{host}").rstrip("/")
        url = f"{base}/sms/optouts:{_VERBS[change.wish]}?api-version={API_VERSION}"
        body = json.dumps({"from": change.sender, "recipients": [{"to": change.number}]}).encode()
        redactor = Redactor(numbers=(change.number,), secrets=(credentials.auth_token,))
        try:
            signed = signed_headers(
                url, method="POST", body=body, access_key=credentials.auth_token, at=datetime.now(UTC)
            )
            headers = {"Content-Type": "application/json", **signed}
            deadline = time.monotonic() + timeout.total_seconds()
            response = wire.exchange(url, method="POST", headers=headers, body=body, deadline=deadline)
        except (NotAnAccessKey, wire.Unsendable) as error:
            return NotTaken(None, redactor.text(f"Our own request could not be made: {error}")[:_LONGEST], False)
        except OSError as error:
            return NotTaken(None, f"No answer came ({type(error.__cause__ or error).__name__}).", may_try_again=True)
        return _verdict(response, redactor=redactor)


def _verdict(response: wire.WireResponse, *, redactor: Redactor) -> Taken | NotTaken:
    document = _document(response.text)
    status = response.status
    if status != HTTPStatus.OK:
        code, says = _error(document)
        words = redactor.text(says or f"HTTP {status} without an explanation")[:_LONGEST]
        return NotTaken(code or str(status), words, passes(status), _retry_after(response), status)
    rows = document.get("value")
    item = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], dict) else None
    found = item.get("httpStatusCode") if item is not None else None
    if item is None or not isinstance(found, int):
        return NotTaken(None, "The answer does not speak of our request.", may_try_again=True, http_status=status)
    if HTTPStatus.OK <= found < HTTPStatus.MULTIPLE_CHOICES:
        return Taken(found)
    words = redactor.text(str(item.get("errorMessage") or "no reason given"))[:_LONGEST]
    return NotTaken(str(found), words, may_try_again=passes(found), http_status=status)


def _document(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _error(document: dict[str, Any]) -> tuple[str | None, str]:
    error = document.get("error")
    if not isinstance(error, dict):
        return None, ""
    return (str(error["code"])[:16] if error.get("code") else None), str(error.get("message") or "")


def _retry_after(response: wire.WireResponse) -> timedelta | None:
    for name, value in response.headers.items():
        if name.lower() == "retry-after" and value.strip().isascii() and value.strip().isdigit():
            return timedelta(seconds=int(value.strip()[:6]))
    return None

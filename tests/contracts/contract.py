"""How each provider speaks on the wire, so that one table of promises can be run against all of them."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from notifications.core.faults import FaultKind
from notifications.providers.base import Credentials, SmsProvider, SmsRequest
from notifications.providers.registry import sms_provider
from tests.contracts.scripted import Reply, Seen

TOKEN = "5ecretT0ken5ecretT0ken5ecretT0ke"
BEN = "+14155550123"
HARBOR_SENDER = "+15005550006"
BODY = 'Harbor: "db-1" is down at Müller & Söhne. Reply 1 to acknowledge 4821.'
SOON = timedelta(seconds=5)


@dataclass(frozen=True)
class Contract:
    """One provider's side of the table. `faults`: HTTP status and code of a refusal, and the kind it must become.

    `names_words`: whether an answer says in a word how the message stands; else it is always `first_word`. `broken`
    makes a request that our own program cannot make.
    """

    provider: SmsProvider
    accepted: Callable[[str, str], Reply]
    refused: Callable[[int, str | int, str], Reply]
    sent_text: Callable[[Seen], str]
    sent_to: Callable[[Seen], str]
    authorised: Callable[[Seen], bool]
    faults: tuple[tuple[int, int, FaultKind], ...]
    rate_limit: tuple[int, int]
    service_sender: str
    account_id: str
    accepted_status: int
    first_word: str
    names_words: bool
    segments: int | None
    server_code: Callable[[int], int]
    broken: Mapping[str, Any]

    def credentials(self, base_url: str) -> Credentials:
        return Credentials(self.account_id, TOKEN, base_url)


def sms(**changes: object) -> SmsRequest:
    given: dict[str, object] = {
        "to": BEN,
        "body": BODY,
        "sender": HARBOR_SENDER,
        "status_callback": "https://imes.example/webhooks/twilio/status/att_7?key=callbacksecret",
        "validity": timedelta(seconds=120),
        "reference": "att_7",
    }
    return SmsRequest(**(given | changes))  # type: ignore[arg-type]


def twilio_message(sid: str, status: str, **changes: object) -> dict[str, object]:
    return {
        "sid": sid,
        "account_sid": "AC" + "a" * 32,
        "status": status,
        "to": BEN,
        "from": HARBOR_SENDER,
        "body": BODY,
        "num_segments": "1",
        "num_media": "0",
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "messaging_service_sid": None,
        "date_created": "Fri, 20 Nov 2026 18:00:05 +0000",
        "date_updated": "Fri, 20 Nov 2026 18:00:06 +0000",
        "date_sent": None,
        "uri": f"/2010-04-01/Accounts/AC/Messages/{sid}.json",
    } | changes


def twilio_error(status: int, code: str | int, message: str, headers: Mapping[str, str] | None = None) -> Reply:
    page = f"https://www.twilio.com/docs/errors/{code}"
    document = {"code": code, "message": message, "more_info": page, "status": status}
    return Reply(status, json.dumps(document), headers=headers or {})


def _basic(seen: Seen) -> bool:
    expected = base64.b64encode(f"AC{'a' * 32}:{TOKEN}".encode()).decode()
    return seen.headers.get("Authorization") == f"Basic {expected}"


TWILIO = Contract(
    provider=sms_provider("twilio"),
    accepted=lambda sid, status: Reply(201, json.dumps(twilio_message(sid, status))),
    refused=twilio_error,
    sent_text=lambda seen: seen.form["Body"][0],
    sent_to=lambda seen: seen.form["To"][0],
    authorised=_basic,
    faults=(
        (400, 21211, FaultKind.INVALID_NUMBER),
        (400, 21212, FaultKind.SENDER_MISCONFIGURED),
        (400, 21408, FaultKind.GEO_PERMISSION),
        (400, 21606, FaultKind.SENDER_MISCONFIGURED),
        (400, 21610, FaultKind.OPTED_OUT),
        (429, 21611, FaultKind.QUEUE_OVERFLOW),
        (400, 21612, FaultKind.SENDER_MISCONFIGURED),
        (400, 21614, FaultKind.NOT_MOBILE),
        (400, 21617, FaultKind.REQUEST_INVALID),
        (400, 30007, FaultKind.CONTENT_FILTERED),
        (400, 30032, FaultKind.REGISTRATION_A2P),
        (401, 20003, FaultKind.AUTH),
        (403, 20005, FaultKind.ACCOUNT_SUSPENDED),
        (400, 39999, FaultKind.UNKNOWN),
    ),
    rate_limit=(429, 20429),
    service_sender="MG" + "b" * 32,
    account_id="AC" + "a" * 32,
    accepted_status=201,
    first_word="queued",
    names_words=True,
    segments=1,
    server_code=lambda _status: 20500,
    broken={"validity": "two minutes"},
)


def azure_item(**changes: object) -> dict[str, object]:
    return {
        "to": BEN,
        "messageId": "Outgoing_1",
        "httpStatusCode": 202,
        "repeatabilityResult": "accepted",
        "successful": True,
        "errorMessage": None,
    } | changes


def azure_answer(**changes: object) -> Reply:
    """A 202 whose one recipient is answered like this."""
    return Reply(202, json.dumps({"value": [azure_item(**changes)]}))


def azure_error(status: int, code: str | int, message: str) -> Reply:
    return Reply(status, json.dumps({"error": {"code": str(code), "message": message}}))


def azure_asked(seen: Seen) -> dict[str, Any]:
    """What was asked of Azure."""
    found: dict[str, Any] = json.loads(seen.body)
    return found


def _hmac(seen: Seen) -> bool:
    """Whether the request carries Azure's signature, by code of the tests' own (Azure, sign an HTTP request)."""
    headers = {name.lower(): value for name, value in seen.headers.items()}
    digest = base64.b64encode(hashlib.sha256(seen.body.encode()).digest()).decode()
    target = f"{seen.path}?{urlencode(seen.query, doseq=True)}"
    text = f"{seen.method}\n{target}\n{headers['x-ms-date']};{headers['host']};{digest}"
    made = base64.b64encode(hmac.new(base64.b64decode(TOKEN), text.encode(), hashlib.sha256).digest()).decode()
    return headers["x-ms-content-sha256"] == digest and headers["authorization"].endswith(f"&Signature={made}")


AZURE = Contract(
    provider=sms_provider("azure"),
    accepted=lambda message_id, _status: azure_answer(messageId=message_id),
    refused=azure_error,
    sent_text=lambda seen: str(azure_asked(seen)["message"]),
    sent_to=lambda seen: str(azure_asked(seen)["smsRecipients"][0]["to"]),
    authorised=_hmac,
    faults=(
        (400, 400, FaultKind.REQUEST_INVALID),
        (401, 401, FaultKind.AUTH),
        (403, 403, FaultKind.AUTH),
        (404, 404, FaultKind.SENDER_MISCONFIGURED),
        (405, 405, FaultKind.REQUEST_INVALID),
        (409, 409, FaultKind.REQUEST_INVALID),
        (413, 413, FaultKind.REQUEST_INVALID),
        (418, 418, FaultKind.UNKNOWN),
    ),
    rate_limit=(429, 429),
    service_sender=HARBOR_SENDER,
    account_id="imes.unitedstates.communication.azure.com",
    accepted_status=202,
    first_word="queued",
    names_words=False,
    segments=None,
    server_code=lambda status: status,
    broken={"reference": 7},
)

CONTRACTS = (TWILIO, AZURE)

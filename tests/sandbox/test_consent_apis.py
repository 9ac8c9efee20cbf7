"""The providers' consent APIs: what they take, what they refuse, and what becomes of texts afterwards."""

import base64
import hashlib
import hmac
import json
import uuid
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

from notifications.sandbox import defaults
from notifications.sandbox.azure.signing import authorization, digest_of

from .conftest import IN_SERVICE, OWN, SERVICE, TOLL_FREE
from .process import RunningSandbox
from .receiver import Receiver

PHONE = "+12065550142"
VERSION = "?api-version=2026-01-23"


def item(**fields: Any) -> dict[str, Any]:
    return {
        "contact_id": PHONE,
        "correlation_id": uuid.uuid4().hex,
        "sender_id": OWN,
        "status": "opt-in",
        "source": "website",
        "date_of_consent": "2026-11-20T10:00:00Z",
        **fields,
    }


def push(sandbox: RunningSandbox, *items: dict[str, Any], timeout: float = 20) -> list[dict[str, Any]]:
    done: Any = sandbox.twilio(timeout=timeout).accounts.v1.bulk_consents.create(items=list(items)).items
    assert [each["correlation_id"] for each in done] == [each["correlation_id"] for each in items]
    return list(done)


def is_refused(sandbox: RunningSandbox, *, sender: str = OWN) -> bool:
    try:
        sandbox.twilio().messages.create(to=PHONE, from_=sender, body="hello")
    except TwilioRestException as error:
        return bool(error.code == 21610)
    return False


def test_an_opt_in_lifts_the_block_of_a_long_code_and_an_opt_out_puts_it_back(sandbox: RunningSandbox) -> None:
    sandbox.reply(PHONE, "STOP", to=OWN)
    assert is_refused(sandbox)
    assert [each["error_code"] for each in push(sandbox, item())] == [0]
    assert not is_refused(sandbox)
    push(sandbox, item(status="opt-out", source="opt-out-message"))
    assert is_refused(sandbox)


def test_an_opt_in_does_not_lift_the_block_of_a_toll_free_number(sandbox: RunningSandbox) -> None:
    sandbox.reply(PHONE, "STOP", to=TOLL_FREE)
    sandbox.reply(PHONE, "STOP", to=OWN)
    both = push(sandbox, item(sender_id=TOLL_FREE), item())
    assert [each["error_code"] for each in both] == [0, 0], "it is taken, and nothing comes of it"
    assert is_refused(sandbox, sender=TOLL_FREE)
    assert not is_refused(sandbox)
    sandbox.reply(PHONE, "YES", to=TOLL_FREE)
    assert is_refused(sandbox, sender=TOLL_FREE)
    sandbox.reply(PHONE, "UNSTOP", to=TOLL_FREE)
    assert not is_refused(sandbox, sender=TOLL_FREE)


def test_a_service_is_one_sender(sandbox: RunningSandbox) -> None:
    sandbox.reply(PHONE, "STOP", to=IN_SERVICE)
    assert is_refused(sandbox, sender=IN_SERVICE)
    push(sandbox, item(sender_id=SERVICE))
    assert not is_refused(sandbox, sender=IN_SERVICE)


@pytest.mark.parametrize(
    "wrong",
    [
        {"contact_id": "2065550142"},
        {"correlation_id": "short"},
        {"sender_id": "+12125550199"},
        {"status": "maybe"},
        {"source": "rumour"},
        {"date_of_consent": "yesterday"},
    ],
)
def test_a_wrong_item_is_refused_and_the_others_are_taken(sandbox: RunningSandbox, wrong: dict[str, Any]) -> None:
    sandbox.reply(PHONE, "STOP", to=OWN)
    refused, taken = push(sandbox, item(**wrong), item())
    assert refused["error_code"] == 30646
    assert len(refused["error_messages"]) == 1
    assert (taken["error_code"], taken["error_messages"]) == (0, [])
    assert not is_refused(sandbox)


def test_twenty_five_items_are_the_most(sandbox: RunningSandbox) -> None:
    assert len(push(sandbox, *(item() for _ in range(25)))) == 25
    with pytest.raises(TwilioRestException) as refused:
        push(sandbox, *(item() for _ in range(26)))
    assert refused.value.status == 400
    assert sandbox.get("/optouts") == []


def test_forced_trouble_changes_nothing(sandbox: RunningSandbox) -> None:
    sandbox.reply(PHONE, "STOP", to=OWN)
    sandbox.force("consent_throttled", to=PHONE)
    with pytest.raises(TwilioRestException) as throttled:
        push(sandbox, item())
    assert (throttled.value.status, throttled.value.code) == (429, 20429)
    sandbox.force("consent_refused", to=PHONE)
    assert [each["error_code"] for each in push(sandbox, item())] == [30646]
    sandbox.force("consent_unanswered", to=PHONE)
    with pytest.raises(requests.exceptions.Timeout):
        push(sandbox, item(), timeout=1.5)
    sandbox.force(None, to=PHONE)
    assert is_refused(sandbox)


def test_advanced_opt_out_names_the_keyword_and_answers_itself(sandbox: RunningSandbox, receiver: Receiver) -> None:
    sandbox.post("/services", sid=SERVICE, advanced_opt_out=True, stop_words=["ALTO"]).raise_for_status()
    for body in ("alto", "HELP", "START", "hello"):
        sandbox.reply(PHONE, body, to=IN_SERVICE)
    assert [each.params.get("OptOutType") for each in receiver.at("/inbound")] == ["STOP", "HELP", "START", None]
    assert sandbox.reply(PHONE, "alto", to=IN_SERVICE)["provider_reply"] is not None
    assert sandbox.reply(PHONE, "alto", to=OWN)["provider_reply"] is None, "another number does not know that word"
    assert receiver.at("/inbound")[-1].params.get("OptOutType") is None
    assert sandbox.post("/services", sid="MG0", advanced_opt_out=True).status_code == 404


def azure(
    sandbox: RunningSandbox, verb: str, *, sender: str = OWN, headers: dict[str, str] | None = None, **body: Any
) -> Any:
    """A request signed as Azure's documentation says, by code of this test's own."""
    content = json.dumps({"from": sender, "recipients": [{"to": PHONE}], **body}).encode()
    host, target = sandbox.url.removeprefix("http://"), f"/sms/optouts:{verb}{VERSION}"
    date = format_datetime(datetime.now(UTC), usegmt=True)
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    text = f"POST\n{target}\n{date};{host};{digest}".encode()
    signature = base64.b64encode(
        hmac.new(base64.b64decode(defaults.AZURE_ACCESS_KEY), text, hashlib.sha256).digest()
    ).decode()
    signed = {
        "x-ms-date": date,
        "x-ms-content-sha256": digest,
        "Authorization": f"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}",
        "Content-Type": "application/json",
        **(headers or {}),
    }
    return requests.post(f"{sandbox.url}{target}", data=content, headers=signed, timeout=5)


def test_azure_keeps_an_opt_out_list_for_each_sender(sandbox: RunningSandbox) -> None:
    def is_out() -> bool:
        return bool(azure(sandbox, "check").json()["value"][0]["isOptedOut"])

    assert not is_out()
    [added] = azure(sandbox, "add").json()["value"]
    assert (added["to"], added["httpStatusCode"]) == (PHONE, 200)
    assert is_out()
    [removed] = azure(sandbox, "remove").json()["value"]
    assert removed["httpStatusCode"] == 200
    assert not is_out()


def test_azure_refuses_what_is_wrong_item_by_item_or_as_a_whole(sandbox: RunningSandbox) -> None:
    mixed = azure(sandbox, "add", recipients=[{"to": "12"}, {"to": PHONE}]).json()["value"]
    assert [each["httpStatusCode"] for each in mixed] == [400, 200]
    toll_free = azure(sandbox, "remove", sender=TOLL_FREE).json()["value"]
    assert "carrier" in toll_free[0]["errorMessage"]
    assert azure(sandbox, "add", recipients=[{"to": PHONE}] * 101).status_code == 400
    assert azure(sandbox, "add", sender="+12125550199").status_code == 404
    sandbox.force("consent_throttled", to=PHONE)
    assert azure(sandbox, "add").status_code == 429


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=AAAA"},
        {"x-ms-content-sha256": "AAAA"},
        {"x-ms-date": format_datetime(datetime.now(UTC) - timedelta(hours=1), usegmt=True)},
        {"x-ms-date": ""},
    ],
)
def test_azure_believes_no_request_that_is_not_signed(sandbox: RunningSandbox, headers: dict[str, str]) -> None:
    refused = azure(sandbox, "add", headers=headers)
    assert refused.status_code == 401
    assert refused.json()["error"]["code"] == "Denied"
    assert sandbox.get("/optouts") == []


def test_the_signature_is_the_one_of_the_published_recipe() -> None:
    """The vector was computed with the provider's own SDK."""
    body = b'{"a":1}'
    assert digest_of(body) == "AVq9f1zFei3ZS3WQ8ErYCEJzkF7jPsXOvq5iJ2qX+GI="
    header = authorization(
        base64.b64encode(b"k" * 32).decode(),
        verb="POST",
        target="/sms?api-version=2026-01-23",
        date="Tue, 26 Mar 2019 16:06:51 GMT",
        host="example.communication.azure.com",
        digest=digest_of(body),
    )
    assert header.endswith("Signature=KMWfpVFrxfzrsSiOn5h8YCgzyI6fNwggxoj8Zyoa6zI=")


def test_the_page_lists_every_address_that_is_answered(sandbox: RunningSandbox) -> None:
    paths = {row["path"] for row in sandbox.get("/surface")}
    assert {"/v1/Consents/Bulk", "/sms/optouts:add", "/sandbox/registrations"} <= paths
    assert "surface-groups" in requests.get(f"{sandbox.url}/sandbox/", timeout=5).text

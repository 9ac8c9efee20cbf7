"""A forged request is 403, changes nothing, leaves no words behind, and sounds the same whoever it claims to be."""

import json
import logging
from typing import Any

import pytest
from django.test import Client

from members.models import ConsentEvent, Suppression
from notifications.models import InboundMessage, Notification, ProviderAccount, ProviderCallback, Receipt, Sender
from tenants.scope import platform_scope
from tests.cast import BEN_NUMBER, SENDER_NUMBER, Cast
from tests.notifications.webhooks.twilio_requests import (
    ACCOUNT,
    FORM,
    TOKEN,
    again,
    message_sid,
    receipt,
    signature,
    text_from,
)

INBOUND = "/webhooks/twilio/inbound"
STOP = {"AccountSid": ACCOUNT, "MessageSid": "SM1", "From": BEN_NUMBER, "To": SENDER_NUMBER, "Body": "STOP"}
ENCODED = f"AccountSid={ACCOUNT}&MessageSid=SM1&From=%2B12065550142&To=%2B12065550100&Body=STOP"


def _post(client: Client, *, body: str = ENCODED, content_type: str = FORM, path: str = INBOUND, **headers: str) -> Any:
    return client.post(path, data=body, content_type=content_type, headers=headers)


FORGED: dict[str, Any] = {
    "no signature": _post,
    "an empty one": lambda client: _post(client, **{"X-Twilio-Signature": ""}),
    "a wrong one": lambda client: _post(client, **{"X-Twilio-Signature": "AAAA"}),
    "another key": lambda client: _post(client, **{"X-Twilio-Signature": signature(INBOUND, STOP, token="other")}),
    "another address": lambda client: _post(
        client, path=INBOUND + "?x=1", **{"X-Twilio-Signature": signature(INBOUND, STOP)}
    ),
    "another field": lambda client: _post(
        client, body=ENCODED + "&NumMedia=0", **{"X-Twilio-Signature": signature(INBOUND, STOP)}
    ),
    "an unknown account": lambda client: _post(
        client, body=ENCODED.replace(ACCOUNT, "AC" + "9" * 32), **{"X-Twilio-Signature": signature(INBOUND, STOP)}
    ),
    "no account": lambda client: _post(client, body="Body=STOP", **{"X-Twilio-Signature": signature(INBOUND, STOP)}),
    "JSON without its hash": lambda client: _post(
        client,
        body=json.dumps({"AccountSid": ACCOUNT, "Body": "STOP"}),
        content_type="application/json",
        **{"X-Twilio-Signature": signature(INBOUND, {})},
    ),
    "no body": lambda client: _post(client, body="", content_type="text/plain"),
}


@pytest.mark.parametrize("how", FORGED)
def test_a_forged_stop_is_refused_and_the_same_stop_signed_counts(
    cast: Cast, client: Client, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    caplog.set_level(logging.INFO)
    answer = FORGED[how](client)
    assert (answer.status_code, answer.content) == (403, b"The signature does not fit.")
    assert [record.name for record in caplog.records if "refused" in record.getMessage()] == ["imes.security"]
    assert BEN_NUMBER not in caplog.text
    assert TOKEN not in caplog.text
    with platform_scope():
        assert not InboundMessage.objects.exists()
        assert not ConsentEvent.objects.exists()
        kept = ProviderCallback.objects.get()
        assert kept.defect
        assert kept.payload is None
    assert _post(client, **{"X-Twilio-Signature": signature(INBOUND, STOP)}).status_code == 200
    with platform_scope():
        assert Suppression.objects.filter(number_id=BEN_NUMBER).exists()


def test_a_forged_receipt_changes_nothing_and_a_signed_one_does(cast: Cast, sent: Notification, client: Client) -> None:
    with platform_scope():
        attempt = sent.attempts.get()
    assert receipt(client, attempt, "delivered", token="guessed").status_code == 403
    assert again(sent).status == "sent"
    with platform_scope():
        assert not Receipt.objects.exists()
    assert receipt(client, attempt, "delivered").status_code == 204
    assert again(sent).status == "delivered"


def test_a_tenants_own_account_speaks_for_its_own_messages_alone(
    cast: Cast, sent: Notification, client: Client
) -> None:
    with platform_scope():
        own = ProviderAccount.objects.create(
            tenant=cast.ridge, provider="twilio", name="Ridge's", account_id="AC" + "7" * 32, secret="ridge-token"
        )
        Sender.objects.create(account=own, tenant=cast.ridge, address="+12065550177")
        attempt = sent.attempts.get()
    as_ridge = {"account": own.account_id, "token": "ridge-token"}
    assert receipt(client, attempt, "delivered", **as_ridge).status_code == 204
    assert text_from(client, "1", to="+12065550177", **as_ridge).status_code == 200
    assert again(sent).status == "sent"
    assert text_from(client, "1").status_code == 200
    assert again(sent).status == "acknowledged"


def test_what_forgers_can_leave_behind_is_bounded(cast: Cast, client: Client) -> None:
    for _ in range(70):
        _post(client)
    with platform_scope():
        assert ProviderCallback.objects.count() == 60


@pytest.mark.parametrize("path", [INBOUND, "/webhooks/twilio/status", "/webhooks/twilio/status/att_x"])
def test_every_method_but_post_is_405(db: None, client: Client, path: str) -> None:
    assert client.get(path).status_code == 405


def test_what_cannot_be_kept_in_the_database_is_left_out_of_a_genuine_text(cast: Cast, client: Client) -> None:
    assert text_from(client, "no\x00thing", sid=message_sid()).status_code == 200
    with platform_scope():
        assert InboundMessage.objects.get().body == "nothing"

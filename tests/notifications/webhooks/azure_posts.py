"""Events as Event Grid posts them, and an account, a sender and a page at Azure."""

import itertools
import json
from datetime import UTC, datetime
from typing import Any

from django.test import Client

from notifications.models import Attempt, Notification, ProviderAccount, Sender
from notifications.sandbox.defaults import AZURE_ACCESS_KEY
from notifications.webhooks.azure_key import PATH
from tenants.models import Tenant
from tenants.scope import platform_scope
from tests.cast import BEN_NUMBER
from tests.notifications.webhooks.twilio_requests import hand_over

KEY = "the-key-of-these-tests"
NUMBER = "+12065550190"
HOST = "harbor-acs.unitedstates.communication.azure.com"
GROUP = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers"
TOPIC = f"{GROUP}/Microsoft.Communication/CommunicationServices/harbor-acs"
_ids = itertools.count(1)


def message_id(direction: str = "Incoming") -> str:
    """A message's id that no other has."""
    return f"{direction}_20261120180005{next(_ids):036d}"


def azure_account(*, tenant: Tenant | None = None, host: str = HOST) -> ProviderAccount:
    with platform_scope():
        return ProviderAccount.objects.create(
            provider="azure", name="ACS", account_id=host, secret=AZURE_ACCESS_KEY, tenant=tenant
        )


def azure_sender(account: ProviderAccount, *, number: str = NUMBER) -> Sender:
    with platform_scope():
        return Sender.objects.create(account=account, address=number, tenant=account.tenant, priority=20)


def event(kind: str, data: dict[str, Any], *, topic: str = TOPIC, event_id: str = "") -> dict[str, Any]:
    return {
        "id": event_id or data.get("messageId") or message_id(),
        "topic": topic,
        "subject": "/phonenumber/12065550190",
        "data": data,
        "eventType": f"Microsoft.{kind}",
        "dataVersion": "1.0",
        "metadataVersion": "1",
        "eventTime": "2026-11-20T18:00:07Z",
    }


def report_event(
    attempt: Attempt, status: str = "Delivered", details: str = "No error.", **more: Any
) -> dict[str, Any]:
    """A delivery report about an attempt; `more` replaces properties of its data."""
    data = {
        "messageId": attempt.provider_message_id or message_id("Outgoing"),
        "from": attempt.sender_address.lstrip("+"),
        "to": attempt.number.lstrip("+"),
        "deliveryStatus": status,
        "deliveryStatusDetails": details,
        "deliveryAttempts": [],
        "receivedTimestamp": "2026-11-20T18:00:06.5000000Z",
        "tag": attempt.public_id,
    }
    return event("Communication.SMSDeliveryReportReceived", data | more)


def text_event(body: str, *, at: datetime | None = None, **more: Any) -> dict[str, Any]:
    """A text from Ben's handset, received by Azure at `at`."""
    data = {
        "messageId": message_id(),
        "from": BEN_NUMBER.lstrip("+"),
        "to": NUMBER.lstrip("+"),
        "message": body,
        "receivedTimestamp": (at or datetime.now(UTC)).isoformat(),
    }
    return event("Communication.SMSReceived", data | more)


def post(client: Client, *events: object, key: str | None = KEY, path: str = PATH, body: str = "") -> Any:
    """Post events as Event Grid does."""
    address = path if key is None else f"{path}?key={key}"
    content = body or json.dumps(list(events))
    return client.post(address, data=content, content_type="application/json; charset=utf-8")


def by_azure(row: Notification, *, sender: Sender, at: datetime) -> Attempt:
    """Let a row have gone by Azure."""
    attempt = hand_over(row, sender=sender, at=at)
    with platform_scope():
        Attempt.objects.filter(pk=attempt.pk).update(provider="azure", provider_message_id=message_id("Outgoing"))
        return Attempt.objects.get(pk=attempt.pk)

"""Requests as Twilio makes them, signed by code of our own, and pages as they stand once they were sent."""

import base64
import hashlib
import hmac
import itertools
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client

from members.models import Member
from notifications.flows.open_alert import open_alert
from notifications.models import Alert, Attempt, Flow, Notification, Sender
from tenants.models import Tenant
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, SENDER_NUMBER

ACCOUNT = "AC" + "0" * 32
TOKEN = "token-of-the-tests"
FORM = "application/x-www-form-urlencoded"
_sids = itertools.count(1)


def message_sid() -> str:
    """A message id that no other message has."""
    return f"SM{next(_sids):032x}"


def signature(path: str, params: Mapping[str, str], *, token: str = TOKEN) -> str:
    """Twilio's signature: HMAC-SHA1 over the whole address and the sorted fields."""
    text = settings.PUBLIC_URL + path + "".join(name + params[name] for name in sorted(params))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def post_signed(client: Client, path: str, params: Mapping[str, str], *, token: str = TOKEN) -> Any:
    """Post a form as Twilio does."""
    headers = {"X-Twilio-Signature": signature(path, params, token=token)}
    return client.post(path, data=urlencode(params), content_type=FORM, headers=headers)


def receipt(
    client: Client,
    attempt: Attempt,
    word: str,
    *,
    sid: str = "",
    code: str = "",
    account: str = ACCOUNT,
    token: str = TOKEN,
) -> Any:
    """Report a word about an attempt, at the address that names it."""
    params = {"AccountSid": account, "MessageSid": sid or attempt.provider_message_id, "MessageStatus": word}
    if code:
        params["ErrorCode"] = code
    return post_signed(client, f"/webhooks/twilio/status/{attempt.public_id}", params, token=token)


def text_from(
    client: Client,
    body: str,
    *,
    number: str = BEN_NUMBER,
    to: str = SENDER_NUMBER,
    sid: str = "",
    opt_out_type: str = "",
    account: str = ACCOUNT,
    token: str = TOKEN,
) -> Any:
    """Text `body` from a handset to a sender."""
    params = {"AccountSid": account, "MessageSid": sid or message_sid(), "From": number, "To": to, "Body": body}
    if opt_out_type:
        params["OptOutType"] = opt_out_type
    return post_signed(client, "/webhooks/twilio/inbound", params, token=token)


def fired(flow: Flow, *, at: datetime, **payload: str) -> Alert:
    """Fire `flow`, in its tenant's scope."""
    with tenant_scope(flow.tenant_id):
        return open_alert(flow, payload=payload, source=Alert.Source.COMMAND, actor=None, at=at)


def hand_over(row: Notification, *, sender: Sender, at: datetime, status: str = "sent", known: bool = True) -> Attempt:
    """Let a page have gone: an attempt, and a provider's word for it unless it is not `known` yet."""
    with platform_scope():
        attempt = Attempt.objects.create(
            tenant_id=row.tenant_id,
            notification=row,
            ordinal=1 + row.attempts.count(),
            channel=row.channel,
            provider="twilio",
            sender=sender,
            sender_address=sender.address,
            number=row.number,
            body_digest=b"",
            facts={},
            ruling={},
            committed_at=at,
            outcome="accepted" if known else "in_flight",
            provider_message_id=message_sid() if known else "",
            word="queued" if known else "",
        )
        row.status = status if known else "sending"
        row.handed_over_at = at if known else None
        row.save(update_fields=["status", "handed_over_at"])
    return attempt


def page(flow: Flow, *, sender: Sender, at: datetime, **payload: str) -> Notification:
    """Fire `flow` and hand over its first page."""
    alert = fired(flow, at=at, **payload)
    with platform_scope():
        row = Notification.objects.filter(alert=alert).order_by("id")[0]
    hand_over(row, sender=sender, at=at + timedelta(seconds=1))
    return row


def again(row: Notification) -> Notification:
    """The row as it stands now."""
    with platform_scope():
        return Notification.objects.select_related("alert").get(pk=row.pk)


def replies() -> list[Notification]:
    """Our own answers to texts, oldest first."""
    with platform_scope():
        return list(Notification.objects.filter(purpose="keyword_reply").order_by("id"))


def another_on(number: str, *, tenant: Tenant, name: str) -> Member:
    """A second member with the same phone, in `tenant`."""
    from tests.cast import add_member

    with tenant_scope(tenant.pk):
        return add_member(tenant, name=name, number=number)

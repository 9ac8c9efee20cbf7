"""Events as Stripe writes them, signed by its own library, and posted where Stripe posts them."""

import json
from datetime import datetime
from typing import Any

import stripe
from django.test import Client

SECRET = "whsec_of-the-tests"
CUSTOMER = "cus_Harbor17"
NEVER_KEPT = "4242 Harbour Street"


def event(ref: str, kind: str, about: dict[str, Any], *, made_at: datetime) -> dict[str, Any]:
    """One event, as its documentation has it."""
    return {
        "id": ref,
        "object": "event",
        "api_version": "2026-01-28.clover",
        "created": int(made_at.timestamp()),
        "livemode": True,
        "pending_webhooks": 1,
        "type": kind,
        "data": {"object": {"customer": CUSTOMER, "description": NEVER_KEPT, **about}},
    }


def subscription(
    ref: str, what: str, status: str, *, at: datetime, of: str = "sub_1", made_at: datetime, **more: Any
) -> dict[str, Any]:
    """`customer.subscription.created`, `.updated` or `.deleted`."""
    about = {"id": of, "object": "subscription", "status": status, "created": int(made_at.timestamp()), **more}
    return event(ref, f"customer.subscription.{what}", about, made_at=at)


def invoice(ref: str, what: str, *, at: datetime, of: str = "sub_1", **more: Any) -> dict[str, Any]:
    """`invoice.paid` or `invoice.payment_failed`, as newer versions of the API write them."""
    parent = {"type": "subscription_details", "subscription_details": {"subscription": of}}
    about = {"id": f"in_{ref}", "object": "invoice", "amount_paid": 4900, "parent": parent, **more}
    return event(ref, f"invoice.{what}", about, made_at=at)


def post(told: dict[str, Any] | str, *, secret: str = SECRET, signature: str | None = None) -> Any:
    """Post it with a signature of `secret`, or with the one that is given."""
    body = told if isinstance(told, str) else json.dumps(told)
    if signature is None:
        signature = stripe.WebhookSignature.generate_signature_header(body, secret)
    headers = {"Stripe-Signature": signature}
    client = Client(raise_request_exception=False)
    return client.post("/webhooks/stripe", data=body, content_type="application/json", headers=headers)

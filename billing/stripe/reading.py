"""Reads what one event of Stripe says of a standing, and keeps nothing else of it. Pure.

Stripe writes instants in whole seconds, so that several events of one instant are common (billing/stripe/meaning.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tenants.models.tenant import Standing

CREATED = "customer.subscription.created"
UPDATED = "customer.subscription.updated"
DELETED = "customer.subscription.deleted"
FAILED = "invoice.payment_failed"
PAID = "invoice.paid"
INVOICES = frozenset({FAILED, PAID})
SUBSCRIPTIONS = frozenset({CREATED, UPDATED, DELETED})

#: What the status of a subscription means here. One that never began (incomplete, incomplete_expired) says nothing.
STATUSES: Mapping[str, Standing] = {
    "trialing": Standing.TRIAL,
    "active": Standing.ACTIVE,
    "past_due": Standing.PAYMENT_DUE,
    "unpaid": Standing.PAST_DUE,
    "paused": Standing.SUSPENDED,
    "canceled": Standing.CANCELLED,
}
#: A trial ends here so much later than there: the word of the first payment must have time to come.
TRIAL_SLACK = timedelta(days=1)
_LONGEST = 80


class NotAnEvent(ValueError):
    """It is signed, and not an event as Stripe documents them."""


@dataclass(frozen=True, slots=True)
class Said:
    """One event: whom it is about, and which standing it means; None where it says nothing of one."""

    event_ref: str
    kind: str
    made_at: datetime
    customer_ref: str = ""
    subscription_ref: str = ""
    subscription_at: datetime | None = None
    standing: Standing | None = None
    until: datetime | None = None


def read(event: Mapping[str, Any]) -> Said:
    """What the event says.

    :raises NotAnEvent: where id, type, instant or object are missing.
    """
    made_at = _instant(event.get("created"))
    about = (event.get("data") or {}).get("object") if isinstance(event.get("data"), Mapping) else None
    event_ref, kind = _ref(event.get("id")), event.get("type")
    if not event_ref or not isinstance(kind, str) or made_at is None or not isinstance(about, Mapping):
        raise NotAnEvent
    customer_ref = _ref(about.get("customer"))
    if kind in SUBSCRIPTIONS:
        standing = Standing.CANCELLED if kind == DELETED else STATUSES.get(str(about.get("status")))
        trial_end = _instant(about.get("trial_end")) if standing is Standing.TRIAL else None
        return Said(
            event_ref,
            kind,
            made_at,
            customer_ref,
            _ref(about.get("id")),
            _instant(about.get("created")),
            standing,
            trial_end + TRIAL_SLACK if trial_end else None,
        )
    if kind in INVOICES:
        subscription_ref = _of_invoice(about)
        # The invoice of nothing with which a trial begins is no payment; one without a subscription is none of ours.
        says_nothing = not subscription_ref or (kind == PAID and about.get("amount_paid") == 0)
        means = Standing.ACTIVE if kind == PAID else Standing.PAYMENT_DUE
        return Said(
            event_ref,
            kind,
            made_at,
            customer_ref,
            subscription_ref,
            standing=None if says_nothing else means,
        )
    return Said(event_ref, kind[:_LONGEST], made_at, customer_ref)


def _of_invoice(invoice: Mapping[str, Any]) -> str:
    """The invoice's subscription, where the older and the newer versions of Stripe's API write it."""
    parent = invoice.get("parent")
    details = parent.get("subscription_details") if isinstance(parent, Mapping) else None
    newer = details.get("subscription") if isinstance(details, Mapping) else None
    return _ref(newer) or _ref(invoice.get("subscription"))


def _ref(value: object) -> str:
    """An id, which may stand there as itself or as the object that has it."""
    text = value.get("id") if isinstance(value, Mapping) else value
    return text if isinstance(text, str) and text.isascii() and len(text) <= _LONGEST else ""


def _instant(value: object) -> datetime | None:
    return datetime.fromtimestamp(value, tz=UTC) if isinstance(value, int) else None

"""Heeds events of Stripe: keeps each once, and moves the standing where something new follows from all of them.

Everything about one customer goes one after the other, so that events which come together end as if they had come in
turn. The row and the move are one transaction: what fails is sent again by Stripe.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from billing.models import StandingChange, StripeCustomer, StripeEvent
from billing.operations.standing import move_standing
from billing.standing import MoveRefused, WhyNot
from billing.stripe.meaning import Meant, meant
from billing.stripe.reading import DELETED, INVOICES, Said
from tenants.models import Standing, Tenant
from tenants.scope import platform_scope

_Outcome = StripeEvent.Outcome
_BY_HAND = StandingChange.Source.BY_HAND


def heed(said: Said, *, at: datetime) -> StripeEvent:
    """Keep the event and do what follows from it; one that came before changes nothing. Opens its scope itself."""
    with platform_scope():
        lock_customer(said.customer_ref or said.event_ref)
        known = StripeEvent.objects.filter(event_ref=said.event_ref).first()
        if known is not None:
            return known
        customer = StripeCustomer.objects.select_related("tenant").filter(customer_ref=said.customer_ref).first()
        outcome, says = _decide(said, customer, at=at)
        return StripeEvent.objects.create(
            event_ref=said.event_ref,
            kind=said.kind,
            tenant=customer.tenant if customer else None,
            made_at=said.made_at,
            customer_ref=said.customer_ref,
            subscription_ref=said.subscription_ref,
            subscription_at=said.subscription_at,
            standing=said.standing or "",
            standing_until=said.until,
            received_at=at,
            outcome=outcome,
            says=says[:200],
        )


def heed_what_was_kept(customer: StripeCustomer, *, at: datetime) -> str:
    """Do what follows from the events that came before the customer was known; in words. Needs the platform's scope."""
    found = _meant(_kept(customer.customer_ref), tenant=customer.tenant)
    if found is None:
        return "Stripe has not said anything of this customer that counts yet."
    return _apply(found, customer, at=at)[1]


def lock_customer(ref: str) -> None:
    """Let one event of the customer be heeded at a time, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"billing.stripe:{ref}"])


def _decide(said: Said, customer: StripeCustomer | None, *, at: datetime) -> tuple[StripeEvent.Outcome, str]:
    if said.standing is None:
        return _Outcome.NOT_OURS, "It says nothing of a standing."
    if customer is None:
        return _Outcome.UNKNOWN_CUSTOMER, "No tenant is linked to this customer. It counts once one is."
    found = _meant([*_kept(said.customer_ref), said], tenant=customer.tenant)
    if found is None:
        return _Outcome.OLDER, "A platform admin moved the standing after it was made."
    outcome, says = _apply(found, customer, at=at)
    if outcome is _Outcome.NO_CHANGE and found.last.event_ref != said.event_ref:
        return _Outcome.OLDER, "Something newer was heeded already, or a newer subscription counts."
    return outcome, says


def _apply(found: Meant, customer: StripeCustomer, *, at: datetime) -> tuple[StripeEvent.Outcome, str]:
    """Move the tenant to what follows; a grace or a trial that has run out meanwhile is past due at once."""
    _note(customer, found)
    to, until = found.standing, found.until
    if until is not None and until <= at:
        to, until = Standing.PAST_DUE, None
    moved = move_standing(
        customer.tenant,
        to=to,
        until=until,
        reason=_reason(found.last),
        source=StandingChange.Source.STRIPE,
        actor=None,
        at=at,
        event_ref=found.last.event_ref,
        is_new_subscription=_is_new(found, tenant=customer.tenant),
    )
    if isinstance(moved, StandingChange):
        return _Outcome.MOVED, f"{moved.get_before_display()} → {moved.get_after_display()}"
    unchanged = moved.why is WhyNot.NO_CHANGE
    if unchanged:
        return _Outcome.NO_CHANGE, "The standing agrees with it already."
    return _Outcome.REFUSED, _refused(moved, customer)


def _kept(customer_ref: str) -> list[Said]:
    rows = StripeEvent.objects.filter(customer_ref=customer_ref).exclude(standing="").order_by("made_at", "id")
    return [
        Said(
            row.event_ref,
            row.kind,
            row.made_at,
            row.customer_ref,
            row.subscription_ref,
            row.subscription_at,
            Standing(row.standing),
            row.standing_until,
        )
        for row in rows
    ]


def _meant(said: list[Said], *, tenant: Tenant) -> Meant | None:
    by_hand = StandingChange.objects.filter(tenant=tenant, source=_BY_HAND).order_by("-id")
    after = by_hand.values_list("at", flat=True).first()
    return meant(said, grace=timedelta(days=settings.STRIPE_GRACE_DAYS), after=after)


def _is_new(found: Meant, *, tenant: Tenant) -> bool:
    """Whether the subscription was made after the tenant was cancelled."""
    cancelled = StandingChange.objects.filter(tenant=tenant).order_by("-id").first()
    if cancelled is None:
        return found.has_begun
    if cancelled.source == StandingChange.Source.STRIPE:
        # The subscription that ended then says nothing any more, so this is another one.
        return True
    return found.subscription_at is not None and found.subscription_at > cancelled.at


def _note(customer: StripeCustomer, found: Meant) -> None:
    heeded = max(filter(None, [customer.heeded_until, found.last.made_at]))
    if heeded != customer.heeded_until:
        customer.heeded_until = heeded
        customer.save(update_fields=["heeded_until"])


def _reason(last: Said) -> str:
    standing = last.standing or Standing.ACTIVE
    if last.kind in INVOICES:
        return "Stripe: a payment failed" if standing is Standing.PAYMENT_DUE else "Stripe: the invoice was paid"
    words = {
        Standing.TRIAL: "is in its trial",
        Standing.ACTIVE: "is paid",
        Standing.PAYMENT_DUE: "has an invoice that is past due",
        Standing.PAST_DUE: "is unpaid",
        Standing.SUSPENDED: "is paused",
        Standing.CANCELLED: "has ended" if last.kind == DELETED else "is cancelled",
    }
    return f"Stripe: the subscription {words[standing]}"


def _refused(refused: MoveRefused, customer: StripeCustomer) -> str:
    now = customer.tenant.get_standing_display().lower()
    return f"{refused.says} A person put it to {now}: a platform admin moves it under Billing."

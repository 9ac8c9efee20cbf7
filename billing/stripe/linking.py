"""Links a tenant to its customer of Stripe, by a platform admin; what Stripe said of it before counts at once."""

import re
from dataclasses import dataclass
from datetime import datetime

from billing.models import StripeCustomer, StripeEvent
from billing.stripe.heed import heed_what_was_kept, lock_customer
from tenants.audit import Act, record
from tenants.models import Tenant, User
from tenants.scope import platform_scope

#: As Stripe writes the ids of customers.
CUSTOMER = re.compile(r"cus_[A-Za-z0-9]{3,70}")


@dataclass(frozen=True, slots=True)
class LinkRefused:
    """Nothing was linked, and in words why."""

    says: str


def link_refusal(customer_ref: str, *, tenant: Tenant) -> LinkRefused | None:
    """Why the tenant cannot be this customer; None where it can. Needs the platform's scope."""
    if not CUSTOMER.fullmatch(customer_ref):
        says = "This is no customer of Stripe. Copy its id from the customer's page there; it begins with cus_."
        return LinkRefused(says)
    other = StripeCustomer.objects.select_related("tenant").filter(customer_ref=customer_ref).first()
    if other is None:
        return None
    if other.tenant_id == tenant.pk:
        return LinkRefused(f"{tenant.name} is linked to this customer already.")
    return LinkRefused(f"{other.tenant.name} is linked to this customer. One customer is one tenant.")


def link_customer(tenant: Tenant, *, customer_ref: str, actor: User, at: datetime) -> str | LinkRefused:
    """Link the tenant, in place of a customer before; returns in words what followed. Opens its scope itself."""
    with platform_scope():
        lock_customer(customer_ref)
        Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
        refused = link_refusal(customer_ref, tenant=tenant)
        if refused is not None:
            return refused
        before = StripeCustomer.objects.filter(tenant=tenant).first()
        about = {"customer": customer_ref, "before": before.customer_ref if before else ""}
        customer = before or StripeCustomer()
        # The very object, so that the caller's follows what becomes of it.
        customer.tenant = tenant
        customer.customer_ref, customer.heeded_until = customer_ref, None
        customer.save()
        record(Act.CUSTOMER_LINKED, tenant_id=tenant.pk, actor=actor, subject=customer, at=at, data=about)
        return heed_what_was_kept(customer, at=at)


def customer_of(tenant_id: int) -> StripeCustomer | None:
    """Which customer the tenant is. Needs the platform's scope: tenants do not read it."""
    return StripeCustomer.objects.filter(tenant_id=tenant_id).first()


def newest_events(customer: StripeCustomer, *, newest: int = 10) -> list[StripeEvent]:
    """What Stripe said of the customer, newest first. Needs the platform's scope."""
    return list(StripeEvent.objects.filter(customer_ref=customer.customer_ref).order_by("-made_at", "-id")[:newest])

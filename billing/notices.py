"""What a tenant is told of its standing above every page: what it means, what to do, and by when. Costs no query."""

from collections.abc import Iterable
from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from billing.moments import in_days, moment
from billing.standing import standing_at
from tenants.access import Access
from tenants.models import Standing, Tenant
from tenants.notices import Notice

_SETTLE = "Settle it under Billing"


def standing_notice(request: HttpRequest) -> Iterable[Notice]:
    """The line about the standing of the open tenant; none while it is active, or where no tenant is open."""
    access = getattr(request, "access", None)
    if not isinstance(access, Access) or access.tenant is None or not access.reads:
        return ()
    notice = notice_of(access.tenant, at=timezone.now())
    return (notice,) if notice else ()


def notice_of(tenant: Tenant, *, at: datetime) -> Notice | None:
    """What this tenant is told at `at`."""
    standing, until = standing_at(tenant.standing, until=tenant.standing_until, at=at), tenant.standing_until
    name, link = tenant.name, reverse("admin:billing_tenantplan_change", args=[tenant.pk])
    when = f"{moment(until)} ({in_days(until, at=at)})" if until else ""
    if standing is Standing.TRIAL and not when:
        return Notice("info", f"{name} is on trial, without an end date so far. Everything works.", link, "See Billing")
    if standing is Standing.TRIAL:
        says = f"{name} is on trial until {when}. Everything works until then; after it nothing is sent."
        return Notice("info", says, link, "Go on after it: see Billing")
    if standing is Standing.PAYMENT_DUE:
        says = f"{name}: payment is due by {when}. Everything is sent until then, and nothing after it."
        return Notice("warning", says, link, _SETTLE)
    if standing is Standing.PAST_DUE:
        why = {Standing.TRIAL: "the trial has ended"}.get(Standing(tenant.standing), "the payment is past due")
        says = (
            f"{name}: {why}, so nothing is sent. Triggers are accepted, and their pages are kept as Skipped. Sending "
            "begins again as soon as the payment is settled."
        )
        return Notice("danger", says, link, _SETTLE)
    if standing is Standing.SUSPENDED:
        says = f"{name} is suspended: nothing is sent, and triggers are refused. Contact the platform's support."
        return Notice("danger", says, link, "See why under Billing")
    if standing is Standing.CANCELLED:
        says = (
            f"{name} is cancelled: nothing is sent, and triggers are refused. To begin again, ask the platform's "
            "support for a plan."
        )
        return Notice("danger", says, link, "See Billing")
    return None

"""Messages on the sandbox, of a tenant whose month is nearly used up."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from billing.metering import present_month
from billing.models import Charge, UsageMonth
from notifications.dispatch.deliver import deliver_due
from tenants.models import Tenant
from tenants.scope import platform_scope
from tests.notifications.dispatch.conftest import cast, impatient, sandbox, shared_sandbox  # noqa: F401


def limit(tenant: Tenant, **limits: int | None) -> None:
    """The limits of the tenant's present month, such as notifications=3."""
    with platform_scope():
        month = present_month(tenant.pk, zone=tenant.time_zone, at=timezone.now())
        UsageMonth.objects.filter(pk=month).update(**{f"{kind}_limit": most for kind, most in limits.items()})


def deliver(*, seconds: float = 0) -> None:
    """One round of a worker, as if it were so much later."""
    deliver_due(clock=lambda: later(seconds), owner="worker-1", for_seconds=10)


def later(seconds: float) -> datetime:
    return timezone.now() + timedelta(seconds=seconds)


def month_of(tenant: Tenant) -> dict[str, Any]:
    """Reserved and used of each kind, in pairs."""
    with platform_scope():
        month = UsageMonth.objects.get(tenant=tenant)
    return {
        kind: (getattr(month, f"{kind}_reserved"), getattr(month, f"{kind}_used"))
        for kind in ("notifications", "segments")
    }


def charge_of(notification_id: int) -> str:
    """The state of its charge and why it was given back; empty where it was never charged."""
    with platform_scope():
        found = Charge.objects.filter(notification_id=notification_id).first()
    return f"{found.state} {found.why_released}".strip() if found else ""

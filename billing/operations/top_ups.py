"""More for one month than the plan has, added by a platform admin; gone when the month starts anew."""

from datetime import datetime

from billing.metering import limits_anew, present_month
from billing.models import TopUp
from tenants.audit import Act, record
from tenants.models import Tenant, User
from tenants.scope import platform_scope


class NothingAdded(ValueError):
    """A top-up that adds nothing, or takes something away."""


def top_up(
    tenant: Tenant, *, notifications: int, segments: int, calls: int, reason: str, actor: User | None, at: datetime
) -> TopUp:
    """Raise the limits of the tenant's present month by this much; what has no limit stays without one.

    Opens the platform's scope itself.

    :raises NothingAdded: when all three are 0, or one is negative.
    """
    added = {"notifications": notifications, "segments": segments, "calls": calls}
    if min(added.values()) < 0 or not any(added.values()):
        raise NothingAdded
    with platform_scope():
        month_id = present_month(tenant.pk, zone=tenant.time_zone, at=at)
        row = TopUp.objects.create(tenant=tenant, month_id=month_id, **added, reason=reason, actor=actor, at=at)
        limits_anew(month_id)
        record(Act.TOPPED_UP, tenant_id=tenant.pk, actor=actor, subject=row, at=at, data={**added, "reason": reason})
    return row

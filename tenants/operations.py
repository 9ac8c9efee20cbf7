"""Writes of the tenants app: each does one thing, audits it, and leaves the rest to the caller's transaction."""

from datetime import datetime

from tenants.audit import Act, record
from tenants.models import Standing, Tenant, User


def change_standing(
    tenant: Tenant, *, standing: Standing, until: datetime | None, reason: str, actor: User | None, at: datetime
) -> Tenant:
    """Move `tenant` to `standing`; the next ruling and the next trigger already follow it."""
    before = {"standing": tenant.standing, "until": tenant.standing_until}
    tenant.standing = standing
    tenant.standing_until = until
    tenant.save(update_fields=["standing", "standing_until"])
    record(
        Act.STANDING_CHANGED,
        tenant_id=tenant.pk,
        actor=actor,
        subject=tenant,
        at=at,
        data={"before": before, "after": {"standing": standing, "until": until}, "reason": reason},
    )
    return tenant

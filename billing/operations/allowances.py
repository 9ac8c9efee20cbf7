"""Sets what users may send by hand in a day; audited line by line, with what it was and what it is.

Many are set together or not at all: a line that somebody else changed meanwhile is told and not written over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from billing.allowance import Daily, Kind
from billing.models import Allowance
from billing.queries.allowances import allowance_in, has_sms_limits
from tenants.audit import Act, record
from tenants.models import Tenant, User
from tenants.scope import platform_scope


@dataclass(frozen=True, slots=True)
class AllowanceChange:
    """What one user's allowance is to be; `seen` is what it was when somebody decided so, None where that is moot."""

    user: User
    to: Daily
    seen: Daily | None = None


@dataclass(frozen=True, slots=True)
class Overtaken:
    """Somebody changed this line first: what they made of it, who, and when."""

    user: User
    now: Daily
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LimitsMissing:
    """The tenant's plan does not have SMS Limits: nobody can send by hand, and nothing is set."""


def set_allowance(
    tenant: Tenant, *, user: User, kind: Kind, daily: int | None, actor: User | None, at: datetime
) -> LimitsMissing | None:
    """Set one user's daily allowance, whatever it was. Opens the platform's scope itself."""
    done = set_allowances(tenant, changes=[AllowanceChange(user, Daily(kind, daily))], actor=actor, at=at)
    return done if isinstance(done, LimitsMissing) else None


def set_allowances(
    tenant: Tenant, *, changes: Sequence[AllowanceChange], actor: User | None, at: datetime
) -> LimitsMissing | list[Overtaken]:
    """Set all of these, or none where any was overtaken, and return those that were.

    Opens the platform's scope itself. Lines are locked in the order of their ids; what is being reserved against one
    goes by what it was or by what it is.
    """
    with platform_scope():
        if not has_sms_limits(tenant.pk):
            return LimitsMissing()
        rows = _locked(tenant, [change.user.pk for change in changes])
        overtaken = [
            Overtaken(change.user, stands, str(row.changed_by or "Somebody"), row.changed_at)
            for change in changes
            if (row := rows[change.user.pk]) and (stands := allowance_in(row)) not in (change.seen or stands, change.to)
        ]
        if overtaken:
            return overtaken
        for change in changes:
            _set(rows[change.user.pk], change, actor=actor, at=at)
    return []


def _locked(tenant: Tenant, user_ids: list[int]) -> dict[int, Allowance]:
    missing = [Allowance(tenant=tenant, user_id=user_id) for user_id in sorted(user_ids)]
    Allowance.objects.bulk_create(missing, ignore_conflicts=True)
    rows = Allowance.objects.select_for_update(of=("self",)).select_related("changed_by")
    return {row.user_id: row for row in rows.filter(tenant=tenant, user_id__in=user_ids).order_by("pk")}


def _set(row: Allowance, change: AllowanceChange, *, actor: User | None, at: datetime) -> None:
    before = allowance_in(row)
    if before == change.to:
        return
    row.kind, row.daily = change.to.kind, change.to.daily
    row.changed_at, row.changed_by = at, actor
    row.save(update_fields=["kind", "daily", "changed_at", "changed_by"])
    about = {"user": str(change.user), "before": before.says, "after": change.to.says}
    record(Act.ALLOWANCE_CHANGED, tenant_id=row.tenant_id, actor=actor, subject=change.user, at=at, data=about)

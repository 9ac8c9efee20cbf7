"""What a tenant's plan allows in a month, before any top-up."""

from collections.abc import Iterable
from dataclasses import dataclass

from billing.models import Plan, Subscription


@dataclass(frozen=True, slots=True)
class Limits:
    """What a month allows, top-ups included; None is no limit."""

    notifications: int | None
    segments: int | None
    calls: int | None


def plan_limits(tenant_ids: Iterable[int]) -> dict[int, tuple[str, Limits]]:
    """The plan's name and limits of each tenant; one without a plan has an empty name and the default plan's limits."""
    wanted = set(tenant_ids)
    current = Subscription.objects.filter(tenant_id__in=wanted, ended_at__isnull=True).select_related("plan")
    found = {each.tenant_id: (each.plan.name, _limits_of(each.plan)) for each in current}
    if missing := wanted - set(found):
        default = Plan.objects.filter(is_default=True).first()
        limits = _limits_of(default) if default else Limits(None, None, None)
        found |= dict.fromkeys(missing, ("", limits))
    return found


def _limits_of(plan: Plan) -> Limits:
    return Limits(plan.monthly_notifications, plan.monthly_segments, plan.monthly_calls)

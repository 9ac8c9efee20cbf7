"""How many active members a tenant's plan allows."""

from django.db.models import Exists, OuterRef, Q

from billing.models import Plan, Subscription


def member_limit(tenant_id: int) -> tuple[str, int | None]:
    """The plan's name and its limit, None for no limit; a tenant without a plan is under the default one. One query."""
    own = Exists(Subscription.objects.filter(plan=OuterRef("pk"), tenant_id=tenant_id, ended_at__isnull=True))
    plan = Plan.objects.annotate(is_own=own).filter(Q(is_own=True) | Q(is_default=True)).order_by("-is_own").first()
    return (plan.name, plan.member_limit) if plan else ("", None)

"""Which pages come with a tenant's plan."""

from billing.models import Plan, Subscription


def has_test_calling(tenant_id: int) -> bool:
    """Whether the tenant's plan has Test Calling; without a plan of its own, the default plan decides."""
    current = Subscription.objects.filter(tenant_id=tenant_id, ended_at__isnull=True).select_related("plan").first()
    plan = current.plan if current else Plan.objects.filter(is_default=True).first()
    return plan is not None and plan.has_test_calling

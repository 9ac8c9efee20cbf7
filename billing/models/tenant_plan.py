"""A tenant as billing sees it: with its plan and its seats."""

from tenants.models import Tenant


class TenantPlan(Tenant):
    """The same rows as the tenants', under pages of their own."""

    class Meta:
        proxy = True
        verbose_name = "billing of a tenant"
        verbose_name_plural = "billing"

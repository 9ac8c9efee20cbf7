"""The nouns of the billing app: how much a tenant may use."""

from billing.models.plan import Plan, Subscription
from billing.models.seat import Seat
from billing.models.tenant_plan import TenantPlan

__all__ = ["Plan", "Seat", "Subscription", "TenantPlan"]

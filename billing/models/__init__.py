"""The nouns of the billing app: how much a tenant may use."""

from billing.models.allowance import Allowance, AllowanceDay
from billing.models.plan import Plan, Subscription
from billing.models.seat import Seat
from billing.models.standing import StandingChange, StripeCustomer, StripeEvent
from billing.models.tenant_plan import TenantPlan
from billing.models.usage import Charge, QuotaNotice, TopUp, UsageDay, UsageMonth

__all__ = [
    "Allowance",
    "AllowanceDay",
    "Charge",
    "Plan",
    "QuotaNotice",
    "Seat",
    "StandingChange",
    "StripeCustomer",
    "StripeEvent",
    "Subscription",
    "TenantPlan",
    "TopUp",
    "UsageDay",
    "UsageMonth",
]

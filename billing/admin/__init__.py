"""The pages of the billing app."""

from billing.admin import plan, sms_limits, tenant_plan, usage  # noqa: F401  registers them

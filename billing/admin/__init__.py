"""The pages of the billing app."""

from billing.admin import plan, tenant_plan  # noqa: F401  registers them

"""Registers the billing app: how much may be sent."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "billing"
    verbose_name = "Billing"

    def ready(self) -> None:
        from billing.notices import standing_notice
        from billing.quota_notice import quota_notice
        from billing.stripe import checks  # noqa: F401  registers it
        from tenants.notices import install

        install(standing_notice)
        install(quota_notice)

"""Registers the tenants app (whose things are, and who did what) and the portal's own admin site."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class TenantsConfig(AppConfig):
    name = "tenants"
    verbose_name = "Tenants"

    def ready(self) -> None:
        from tenants import checks, signing  # noqa: F401  registers the system checks
        from tenants.chains import Chain, register
        from tenants.models import AuditDetail, AuditEntry

        register(Chain("audit", lines=AuditEntry, side=AuditDetail, side_key="entry_id"))


class PortalAdminConfig(AdminConfig):
    """Django's admin with the portal's site in place of its own."""

    default_site = "tenants.site.PortalSite"

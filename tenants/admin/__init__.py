"""Django's admin as the portal: its site, the hardened base of every model's pages, and the tenants app's own pages."""

from django.contrib import admin
from django.contrib.auth import admin as _registers_group  # noqa: F401
from django.contrib.auth.models import Group

from tenants.admin import audit, tenant, user  # noqa: F401  registers their pages

# Roles decide here, and Django's own groups are closed to every login.
admin.site.unregister(Group)

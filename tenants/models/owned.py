"""The base of every row that belongs to one tenant: its key, and the manager that fails closed."""

from django.db import models

from tenants.models.tenant import Tenant
from tenants.scope import TenantManager


class OwnedModel(models.Model):
    """A row of one tenant. Subclasses put themselves under `protect` (tenants/rls.py) in their migration."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", editable=False)

    objects = TenantManager()

    class Meta:
        abstract = True

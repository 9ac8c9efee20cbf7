"""System checks of the tenants app; the database's own are in imes/database/checks.py."""

from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register

from tenants.models import OwnedModel
from tenants.scope import TenantManager


@register()
def owned_models_are_scoped(**kwargs: Any) -> list[CheckMessage]:
    """Refuse a model of a tenant whose default manager would show every tenant's rows."""
    return [
        Error(
            f"{model._meta.label} belongs to a tenant, but its default manager is not scoped.",
            hint="Set objects = TenantManager() as its first manager.",
            obj=model,
            id="tenants.E001",
        )
        for model in apps.get_models()
        if issubclass(model, OwnedModel) and not isinstance(model._default_manager, TenantManager)
    ]

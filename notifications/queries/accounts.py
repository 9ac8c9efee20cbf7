"""Which account a question about a number is asked through, and whose events of calls can be believed."""

import logging

from django.db.models import F

from imes.kernel.vault import VaultCannotOpen, VaultHasNoKey
from notifications.models import ProviderAccount

logger = logging.getLogger(__name__)


def asking_account(provider: str, *, tenant_id: int) -> ProviderAccount | None:
    """The platform's account, or the tenant's own where there is none, with its secret; None where none can be used.

    Needs the platform's scope.
    """
    rows = ProviderAccount.objects.filter(provider=provider).order_by(F("tenant_id").asc(nulls_first=True), "pk")
    for pk, owner in rows.values_list("pk", "tenant_id"):
        if owner not in (None, tenant_id):
            continue
        try:
            return ProviderAccount.objects.get(pk=pk)
        except (VaultCannotOpen, VaultHasNoKey):
            logger.error("the secret of an account of %s cannot be read: is its key among FIELD_KEYS?", provider)
    return None


def azure_callers() -> list[ProviderAccount]:
    """The accounts at Azure whose events of calls can be proved, without their secrets; needs the platform's scope."""
    rows = ProviderAccount.objects.filter(provider="azure").exclude(resource_id="").defer("secret")
    return list(rows.order_by("pk"))

"""Who posts to the address for Azure's events: nothing signs an event, so that the key in the address is all there is.

The platform's key speaks for every account. Whoever owns a resource at Azure can read the address that its events go
to: a tenant's own resource gets an address with a key of its own, which speaks for that account alone.
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

from notifications.models import ProviderAccount

PATH = "/webhooks/azure/events"


@dataclass(frozen=True, slots=True)
class Door:
    """The accounts that a request with this key may speak for."""

    accounts: tuple[ProviderAccount, ...]


def door_of(key: str, *, account_ref: str) -> Door | None:
    """The door that the key opens, and None where it opens none; needs the platform's scope.

    Every key is compared in constant time, also after one has fitted.
    """
    accounts = ProviderAccount.objects.filter(provider="azure").defer("secret")
    if not account_ref:
        return Door(tuple(accounts)) if _fits(key, settings.AZURE_EVENTS_KEYS) else None
    keys = [key_of(account_ref, platform_key=each) for each in settings.AZURE_EVENTS_KEYS]
    if not _fits(key, keys):
        return None
    found = tuple(accounts.filter(public_id=account_ref, tenant__isnull=False))
    return Door(found) if found else None


def key_of(account_ref: str, *, platform_key: str) -> str:
    """The key of one account's own address, which the platform's key makes and which does not give that one away."""
    return hmac.new(platform_key.encode(), f"azure-events:{account_ref}".encode(), hashlib.sha256).hexdigest()


def address_of(account: ProviderAccount, *, platform_key: str) -> str:
    """Where the events of this account's resource are to go, with the key."""
    if account.tenant_id is None:
        return f"{settings.PUBLIC_URL}{PATH}?key={platform_key}"
    key = key_of(account.public_id, platform_key=platform_key)
    return f"{settings.PUBLIC_URL}{PATH}/{account.public_id}?key={key}"


def _fits(given: str, keys: Iterable[str]) -> bool:
    mine = hashlib.sha256(given.encode("utf-8", "replace")).digest()
    fits = [hmac.compare_digest(mine, hashlib.sha256(key.encode()).digest()) for key in keys if key]
    return any(fits)

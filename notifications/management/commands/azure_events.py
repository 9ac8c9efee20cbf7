"""Says to which address each resource at Azure is to post its events, with the key that opens it: for the terminal."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from notifications.models import ProviderAccount
from notifications.webhooks.azure_key import address_of
from tenants.scope import platform_scope


class Command(BaseCommand):
    help = "Print the addresses for Event Grid, one an account at Azure. They hold a secret: enter them and keep them."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.AZURE_EVENTS_KEYS:
            raise CommandError("AZURE_EVENTS_KEY is not set, so that no events are taken in (docs/configuration.md).")
        with platform_scope():
            accounts = ProviderAccount.objects.filter(provider="azure").select_related("tenant").defer("secret")
            for account in accounts.order_by("tenant__name", "name"):
                whose = account.tenant.name if account.tenant else "the platform"
                address = address_of(account, platform_key=settings.AZURE_EVENTS_KEYS[0])
                self.stdout.write(f"{account.name}, of {whose} ({account.account_id}):\n  {address}")

"""System checks of the notifications app: settings that would make messages silently not go."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register


@register(deploy=True)
def public_url_is_public(**kwargs: Any) -> list[CheckMessage]:
    """Warn where providers could not reach the webhooks: receipts and replies would be missing."""
    if settings.PUBLIC_URL.startswith("https://"):
        return []
    return [
        Warning(
            f"PUBLIC_URL is {settings.PUBLIC_URL}: providers cannot post receipts and replies there.",
            hint="Set PUBLIC_URL to the https:// address under which the portal is reached from outside.",
            id="notifications.W001",
        )
    ]

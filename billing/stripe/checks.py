"""A system check: whoever sets STRIPE_WEBHOOK_SECRET needs the library that verifies the signatures."""

from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register()
def stripe_library_is_there(**kwargs: Any) -> list[CheckMessage]:
    """Refuse the setting without the library: every event of Stripe would be turned away."""
    if not settings.STRIPE_WEBHOOK_SECRET or find_spec("stripe") is not None:
        return []
    return [
        Error(
            "STRIPE_WEBHOOK_SECRET is set, but the library that verifies Stripe's signatures is not installed.",
            hint="pip install -r requirements-stripe.txt, or take the setting away.",
            id="billing.E001",
        )
    ]

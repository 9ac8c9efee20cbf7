"""Asks the provider what a sender can do and where its texts go, and keeps the answer with its time; audited.

It changes nothing at the provider: what is wrong there is mended in the provider's console.
"""

from datetime import datetime

from notifications.core.sender_state import SenderSeen
from notifications.models import Sender
from notifications.operations.registrations import NotFetched, ask_twilio
from notifications.providers.twilio_numbers import look_at_sender
from notifications.queries.sender_state import provider_of
from tenants.audit import Act, record
from tenants.models import User


def ask_about_sender(sender: Sender, *, actor: User, at: datetime) -> SenderSeen | NotFetched:
    """Ask once and keep the answer; without one, what was known stays. Needs a scope that may write the sender."""
    if provider_of(sender) != "twilio":
        return NotFetched("Only Twilio shows this to the portal; texts to an Azure number come by Event Grid.")
    seen = ask_twilio(
        sender,
        ask=lambda credentials, timeout: look_at_sender(sender.address, credentials=credentials, timeout=timeout),
    )
    if isinstance(seen, NotFetched):
        return seen
    sender.provider_says, sender.provider_said_at = seen.as_json(), at
    sender.save(update_fields=["provider_says", "provider_said_at"])
    found = {"numbers": len(seen.numbers), "service": seen.service.ref if seen.service else ""}
    record(Act.SENDER_ASKED_ABOUT, tenant_id=sender.tenant_id, actor=actor, subject=sender, at=at, data=found)
    return seen

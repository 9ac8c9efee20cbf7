"""What a provider of calls is asked for: the number, how long it may ring, what is said first, where to report."""

from datetime import datetime, timedelta

from django.conf import settings

from notifications.models import Attempt, Notification, Sender
from notifications.providers.base import CallRequest
from notifications.providers.twilio_twiml import twiml
from notifications.queries.spoken import spoken_of


def script_of(row: Notification, *, sender: Sender, attempt_id: str) -> str:
    """What the call says until somebody presses a key, or until a machine is told from a person.

    With Twilio it goes along with the request, so that the person hears what is wrong even where our webhooks cannot be
    reached. Azure is told what to say once somebody has answered: there it only stands for what will be said.
    """
    first = spoken_of(row, sender=sender).first()
    if sender.provider == "twilio":
        return twiml(first, keys_to=keys_to(sender.provider, attempt_id))
    return "\n".join(first.says)


def keys_to(provider: str, attempt_id: str) -> str:
    """Where the keys of this attempt's call are posted to."""
    return f"{settings.PUBLIC_URL}/webhooks/{provider}/keys/{attempt_id}"


def call_request(attempt: Attempt, *, script: str, expires_at: datetime | None, now: datetime) -> CallRequest:
    """The request of this attempt; it rings no longer than the message is valid."""
    rings = timedelta(seconds=settings.CALL_RING_SECONDS)
    return CallRequest(
        to=attempt.number,
        sender=attempt.sender_address,
        script=script,
        events=f"{settings.PUBLIC_URL}/webhooks/{attempt.provider}/call/{attempt.public_id}",
        ring_for=rings if expires_at is None else min(rings, max(expires_at - now, timedelta(0))),
        reference=attempt.public_id,
        first_sent_at=attempt.committed_at,
        speech_endpoint=attempt.sender.account.speech_endpoint if attempt.sender else "",
    )

"""What a provider is asked for: the request of an attempt, and the credentials of its sender."""

from datetime import datetime

from django.conf import settings

from notifications.models import Attempt, Sender
from notifications.providers.base import Credentials, SmsRequest


def sms_request(attempt: Attempt, *, body: str, expires_at: datetime | None, now: datetime) -> SmsRequest:
    """The request of this attempt; the provider may keep it no longer than the message is valid."""
    return SmsRequest(
        to=attempt.number,
        body=body,
        sender=attempt.sender_address,
        status_callback=f"{settings.PUBLIC_URL}/webhooks/{attempt.provider}/status/{attempt.public_id}",
        validity=None if expires_at is None else expires_at - now,
        reference=attempt.public_id,
    )


def credentials_of(sender: Sender) -> Credentials:
    """The credentials of the account that a sender belongs to."""
    account = sender.account
    return Credentials(account_sid=account.account_id, auth_token=account.secret, base_url=settings.TWILIO_BASE_URL)

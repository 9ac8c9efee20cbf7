"""One message on its way to a provider: all that the call needs, so that the calling thread needs no database."""

from dataclasses import dataclass, field
from datetime import datetime

from notifications.providers.base import Answer, CallRequest, Credentials, EmailRequest, SmsRequest


@dataclass(frozen=True, slots=True)
class Intent:
    """What was committed as an attempt and is to be handed over now."""

    notification_id: int
    attempt_id: int
    ordinal: int
    provider: str
    channel: str
    request: SmsRequest | CallRequest | EmailRequest
    #: None for what the mail server takes.
    credentials: Credentials | None = field(repr=False)
    expires_at: datetime | None
    lease_until: datetime
    """From then on another worker may ask what became of it, so that nothing may leave any more."""
    is_trial: bool = False
    """It tries a half-open route, which is its own until the lease ends."""
    is_counted: bool = False
    """Something counts against its route, so that a good answer is written down too."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the provider answered, and when the answer was known."""

    intent: Intent
    answer: Answer
    at: datetime
    too_late: bool = False
    """The lease was over, or nearly, before the provider was called: it was not called."""

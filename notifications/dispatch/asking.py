"""When the provider is asked what became of a message, and which of its messages is ours. Pure."""

import hashlib
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from notifications.core.secret_digits import without_code
from notifications.providers.base import Snapshot

#: Pauses between the moment an outcome became unknown and each question.
ASKS = (timedelta(seconds=5), timedelta(seconds=20), timedelta(seconds=60))
#: The provider did not answer the question: it is asked again after this, and the question is not counted.
ASK_AGAIN = timedelta(seconds=30)
#: Clocks differ: how much earlier than our commit the provider may say that it made the message.
CLOCKS_DIFFER = timedelta(minutes=2)
#: An accepted message without a last word is asked about at these ages, and then left alone.
UNHEARD = (timedelta(seconds=60), timedelta(minutes=10))


def next_ask_at(asked: int, *, unknown_at: datetime) -> datetime | None:
    """When to ask the next time after `asked` questions; None when it was asked often enough."""
    return unknown_at + ASKS[asked] if asked < len(ASKS) else None


def digest_of(body: str) -> bytes:
    """What an attempt keeps of the exact text that it sent; of one that carries a code, without its digits."""
    return hashlib.sha256(body.encode("utf-8", "surrogatepass")).digest()


def ours(
    snapshots: Iterable[Snapshot], *, sender: str, to: str, body_digest: bytes, not_among: Collection[str]
) -> Snapshot | None:
    """The message that our request made: same sender or service, same number, the very same text.

    `not_among` are the ids of messages that belong to other attempts; of several the oldest is taken.
    """
    fitting = [
        found
        for found in snapshots
        if found.to == to
        and sender in (found.sender, found.messaging_service_sid)
        and body_digest in (digest_of(found.body), digest_of(without_code(found.body)))
        and found.provider_message_id not in not_among
    ]
    return min(fitting, key=lambda found: (found.created_at is None, found.created_at), default=None)

"""What lies beside a row in its facts: what the provider says of a sender, and what last arrived at the number."""

from dataclasses import dataclass
from datetime import datetime

from notifications.core.sender_state import SenderSeen


@dataclass(frozen=True, slots=True)
class SenderStateFact:
    """What the provider said of the sender when it was last asked, and when the last text from a handset came to it.

    `wanted` is where texts to it have to be posted; empty where the provider has one feed for all its numbers.
    """

    seen: SenderSeen | None = None
    said_at: datetime | None = None
    wanted: str = ""
    last_text_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ArrivalFact:
    """The newest message of this tenant that is known to have arrived at the row's number on its channel."""

    row_ref: str
    at: datetime
    word: str

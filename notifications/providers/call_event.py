"""What a provider tells of a call, in our words, whichever provider it is."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CallEvent:
    """What one request says. `key` is the key that was pressed, empty where none was; `fault_code` why nobody answered.

    `seconds`: how long the call lasted, once it is over. `happened_at` is the provider's time, to the second.
    """

    provider_call_id: str
    word: str
    word_known: bool
    answered_by: str
    sip_code: int | None
    fault_code: str
    seconds: int | None
    key: str
    happened_at: datetime | None

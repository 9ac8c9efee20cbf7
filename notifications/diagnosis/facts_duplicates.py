"""What a diagnosis may know of doubles: every request with the same text to the same phone, and what wrote each one.

Of another tenant's messages nothing is known here, not even that there were any.
"""

from dataclasses import dataclass
from datetime import datetime

from notifications.core.states import Channel


@dataclass(frozen=True, slots=True)
class FiringFact:
    """What fired the alert of a message: a machine's request to the flow's webhook, or a person by hand."""

    alert_ref: str
    at: datetime
    flow_pk: int
    flow_name: str
    source: str
    by: str = ""
    request_ref: str = ""
    has_key: bool = False
    address: str = ""


@dataclass(frozen=True, slots=True)
class RequestFact:
    """One attempt, as the request that it was, with the message that it carried; steps and rounds count from 1."""

    row_ref: str
    row_pk: int
    attempt_ref: str
    channel: Channel
    provider: str
    sender_address: str
    committed_at: datetime
    outcome: str
    provider_message_id: str = ""
    word: str = ""
    member_ref: str = ""
    who: str = ""
    sent_by: str = ""
    resend_of: str = ""
    step: int | None = None
    place: int | None = None
    round: int | None = None
    firing: FiringFact | None = None


@dataclass(frozen=True, slots=True)
class RecordFact:
    """One message of those that went out twice lately, by the provider's ID under which its support finds it."""

    attempt_ref: str
    number: str
    provider: str
    sender_address: str
    provider_message_id: str
    at: datetime
    word: str


@dataclass(frozen=True, slots=True)
class DuplicatesFact:
    """The row's own last request; those of other rows with its text; what went out twice in the tenant lately."""

    own: RequestFact | None = None
    copies: tuple[RequestFact, ...] = ()
    lately: tuple[RecordFact, ...] = ()
    lately_since: datetime | None = None

"""What lies beside a row as facts: the provider's word on a sender, and the last arrival at the number."""

from notifications.diagnosis.facts_beside import ArrivalFact, SenderStateFact
from notifications.models import Attempt, Sender
from notifications.queries.sender_state import inbound_url, seen_of


def sender_state_fact(sender: Sender) -> SenderStateFact:
    """Of a sender that was read with `last_text_at`."""
    return SenderStateFact(
        seen=seen_of(sender),
        said_at=sender.provider_said_at,
        wanted=inbound_url() if sender.provider == "twilio" else "",
        last_text_at=getattr(sender, "last_text_at", None),
    )


def arrival_fact(attempt: Attempt | None) -> ArrivalFact | None:
    if attempt is None:
        return None
    return ArrivalFact(attempt.notification.public_id, attempt.committed_at, attempt.word)

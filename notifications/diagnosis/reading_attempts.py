"""Attempts and their receipts as facts, without what a reader need not know: no text, no trace."""

from notifications.diagnosis.facts import AttemptFact, ReceiptFact
from notifications.models import Attempt, Receipt


def attempt_fact(attempt: Attempt) -> AttemptFact:
    """One attempt with its receipts in the order in which they came."""
    elapsed = (attempt.trace or {}).get("elapsed_ms")
    return AttemptFact(
        public_id=attempt.public_id,
        ordinal=attempt.ordinal,
        provider=attempt.provider,
        sender_address=attempt.sender_address,
        number=attempt.number,
        committed_at=attempt.committed_at,
        outcome=attempt.outcome,
        answered_at=attempt.answered_at,
        provider_message_id=attempt.provider_message_id,
        http_status=attempt.http_status,
        fault_code=attempt.fault_code,
        fault_text=attempt.fault_text,
        exception_class=attempt.exception_class,
        word=attempt.word,
        has_conflict=attempt.has_conflict,
        asked_at=attempt.asked_at,
        asked_times=attempt.asked_times,
        request_ms=elapsed if isinstance(elapsed, int) else None,
        sip_code=attempt.sip_code,
        answered_by=attempt.answered_by,
        seconds=attempt.seconds,
        keys=attempt.keys,
        receipts=tuple(_receipt(one) for one in sorted(attempt.receipts.all(), key=lambda one: one.received_at)),
    )


def _receipt(receipt: Receipt) -> ReceiptFact:
    return ReceiptFact(
        word=receipt.word,
        fault_code=receipt.fault_code,
        door=receipt.door,
        received_at=receipt.received_at,
        provider_at=receipt.provider_at,
        times=receipt.times,
    )

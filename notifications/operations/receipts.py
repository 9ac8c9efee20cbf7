"""Joins one word of a provider to its attempt and notification, and says aloud when nobody here knows the word."""

import logging
from datetime import datetime

from notifications.core.receipts import UnknownStatus, read_word
from notifications.dispatch.join import Door, Report, join_reports

logger = logging.getLogger(__name__)


def join_receipt(
    attempt_id: int,
    *,
    word: str,
    fault_code: str | None,
    door: Door,
    at: datetime,
    provider_at: datetime | None = None,
    callback_id: int | None = None,
    provider_message_id: str = "",
) -> None:
    """Keep the word as a receipt and raise what is known; late, doubled and reordered words change nothing.

    A word that is on no list is kept and changes nothing. Opens the platform's scope itself.
    """
    say_unknown(word, attempt_id=attempt_id)
    join_reports(
        [
            Report(
                attempt_id=attempt_id,
                word=word,
                fault_code=fault_code or "",
                door=door,
                at=at,
                provider_at=provider_at,
                callback_id=callback_id,
                provider_message_id=provider_message_id,
            )
        ]
    )


def say_unknown(word: str, *, attempt_id: int) -> None:
    """Log a word that is on no list of ours."""
    if isinstance(read_word(word), UnknownStatus):
        logger.error("a provider reported a status that is on no list: %r (attempt %s)", word[:24], attempt_id)

"""Joins what a provider reported of a message to the attempt that it names, whichever provider it is."""

import logging
from datetime import datetime

from notifications.models import InboundMessage, ProviderAccount, ProviderCallback
from notifications.operations.receipts import join_receipt
from notifications.queries.inbound import attempt_named, attempt_with, may_report

logger = logging.getLogger(__name__)


def join_reported(
    callback: ProviderCallback,
    *,
    account: ProviderAccount,
    message_id: str,
    word: str,
    fault_code: str | None,
    provider_at: datetime | None,
) -> bool:
    """Join one report of a kept request; False where it belongs to nothing known yet. Needs the platform's scope."""
    provider = account.provider
    attempt = attempt_named(callback.attempt_public_id) or attempt_with(message_id, provider=provider)
    if attempt is None:
        # Providers also report on their own answers to keywords, and on messages that others sent from the account.
        return InboundMessage.objects.filter(provider=provider, provider_message_id=message_id).exists()
    if attempt.provider != provider or not may_report(account, attempt, message_id=message_id):
        logger.error("callback %s does not belong to attempt %s", callback.pk, attempt.public_id)
        return True
    join_receipt(
        attempt.pk,
        word=word,
        fault_code=fault_code,
        door="callback",
        at=callback.received_at,
        provider_at=provider_at,
        callback_id=callback.pk,
        provider_message_id=message_id,
    )
    return True

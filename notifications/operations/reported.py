"""Joins what a provider reported of a message to the attempt that it names, whichever provider it is."""

import logging
from datetime import datetime

from notifications.core.receipts import UnknownStatus, read_word
from notifications.dispatch.join import Report, join_reports
from notifications.models import Attempt, InboundMessage, ProviderAccount, ProviderCallback
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
    report = report_of(
        callback,
        attempt,
        account=account,
        message_id=message_id,
        word=word,
        fault_code=fault_code,
        provider_at=provider_at,
    )
    if report is not None:
        join_reports([report])
    return True


def report_of(
    callback: ProviderCallback,
    attempt: Attempt,
    *,
    account: ProviderAccount,
    message_id: str,
    word: str,
    fault_code: str | None,
    provider_at: datetime | None,
) -> Report | None:
    """What a kept request reports of this attempt; None, and logged, where its account may not speak of it.

    A word that is on no list is logged too; it is kept, and changes nothing.
    """
    if attempt.provider != account.provider or not may_report(account, attempt, message_id=message_id):
        logger.error("callback %s does not belong to attempt %s", callback.pk, attempt.public_id)
        return None
    if isinstance(read_word(word), UnknownStatus):
        logger.error("a provider reported a status that is on no list: %r (attempt %s)", word[:24], attempt.pk)
    return Report(
        attempt_id=attempt.pk,
        word=word,
        fault_code=fault_code or "",
        door="callback",
        at=callback.received_at,
        provider_at=provider_at,
        callback_id=callback.pk,
        provider_message_id=message_id,
    )

"""Takes in what Azure tells of a call: how far it is, how it ended, and which key was pressed; each event once."""

import logging
from datetime import datetime

from django.db import connection

from notifications.core.receipts import DeliveryWord
from notifications.models import Attempt, ProviderAccount, ProviderCallback, Receipt
from notifications.operations.calls import take_in_event
from notifications.providers.azure_call_events import (
    NOT_PRESSED,
    NOT_SAID,
    AzureCallEvent,
    call_event,
    nothing_said,
    read_call_event,
)
from notifications.queries.inbound import attempt_named, attempt_with
from tenants.scope import platform_scope

logger = logging.getLogger(__name__)

#: The prompt or its voice failed, so that the person heard nothing (Call Automation, error codes).
MUTE = frozenset({8511, 8535, 8536, 8565, 8567, 8582})
#: The scene that names who calls and what is wrong.
_FIRST = 1


def keep_once(callback: ProviderCallback) -> bool:
    """Keep an event; False where it came before. Of two deliveries at one time, one waits for the other.

    Opens the platform's scope.
    """
    with platform_scope():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [callback.idempotency_token])
        came = ProviderCallback.objects.filter(
            provider=callback.provider,
            provider_message_id=callback.provider_message_id,
            idempotency_token=callback.idempotency_token,
            defect="",
        )
        if came.exists():
            return False
        callback.save()
        return True


def join_azure_call(callback: ProviderCallback, *, account: ProviderAccount, at: datetime) -> bool:
    """Take in one event; False while no attempt is known that it can be about.

    Needs the platform's scope and a transaction.
    """
    event = read_call_event(callback.payload)
    if event is None:
        logger.error("callback %s is no event of a call", callback.pk)
        return True
    attempt = attempt_named(callback.attempt_public_id) or attempt_with(event.call_id, provider=account.provider)
    if attempt is None:
        return False
    answered_at = _answered_at(attempt)
    is_mute = answered_at is not None and attempt.word == DeliveryWord.FAILED.value
    told = call_event(event, answered_at=answered_at, mute_because=attempt.fault_code if is_mute else "")
    if told is None and was_mute(event):
        told = nothing_said(event, event.fault_code)
    if told is None:
        return True
    return take_in_event(callback, told, attempt=attempt, account=account, at=at)


def was_mute(event: AzureCallEvent) -> bool:
    """Whether an event says that not even the first scene could be said."""
    return event.kind in (NOT_PRESSED, NOT_SAID) and event.sub_code in MUTE and event.turn == _FIRST


def _answered_at(attempt: Attempt) -> datetime | None:
    """When somebody answered the attempt's call, by the provider's clock where it said so."""
    receipt = Receipt.objects.filter(attempt=attempt, word=DeliveryWord.IN_PROGRESS.value).first()
    return None if receipt is None else receipt.provider_at or receipt.received_at

"""Keeps and joins Twilio's receipts many at a time: those that come while others are written go together.

A firing of thousands brings twice as many receipts within seconds. One transaction costs a dozen statements, however
many receipts it takes in, and each request is still answered after its receipt is kept and joined.
"""

import logging
from collections.abc import Sequence

from django.db import connection, transaction

from notifications.dispatch.join import Report, join_reports
from notifications.models import ProviderCallback
from notifications.operations.callbacks import keep_and_join, parameters, twilio_receipt
from notifications.operations.reported import report_of
from notifications.queries.inbound import accounts_named, attempts_named
from notifications.wake import wake_webhooks
from tenants.bulk import insert_many
from tenants.scope import platform_scope
from tenants.together import Together

logger = logging.getLogger(__name__)

_PROVIDER = "twilio"
_MOST = 100
#: Seconds in which more receipts are waited for while many come: pages leave first, and a batch costs as much as ten.
_GATHER = 0.05


def keep_receipt(callback: ProviderCallback) -> None:
    """Keep a genuine receipt and join it; what cannot be joined at once is kept, and joined by the sweep.

    Twilio does not repeat a receipt that we failed on, so it is kept by itself where that fails for many together.
    """
    if not _receipts.do(callback):
        keep_and_join(callback, at=callback.received_at)


def _keep_all(callbacks: Sequence[ProviderCallback]) -> None:
    """One transaction for all: kept in any case, joined where that succeeds."""
    with platform_scope():
        insert_many(callbacks)
        try:
            with transaction.atomic():
                joined = _join_all(callbacks)
        except Exception:
            if connection.needs_rollback:
                # The connection was lost: nothing is kept, and the end of the transaction would not say so.
                raise
            logger.exception("%s callbacks are kept and could not be joined", len(callbacks))
            joined = 0
        if joined < len(callbacks):
            # Each by itself: the one that cannot be joined holds up no other.
            wake_webhooks()


def _join_all(callbacks: Sequence[ProviderCallback]) -> int:
    """Join those that name their attempt; the others are for the sweep. Returns how many need nothing more."""
    accounts = accounts_named({each.account_id for each in callbacks}, provider=_PROVIDER)
    attempts = attempts_named({each.attempt_public_id for each in callbacks})
    reports: list[Report] = []
    done: list[int] = []
    for callback in callbacks:
        account, attempt = accounts.get(callback.account_id), attempts.get(callback.attempt_public_id)
        read = twilio_receipt(callback, parameters(callback))
        if account is None or attempt is None:
            continue
        done.append(callback.pk)
        if read is None:
            continue
        report = report_of(
            callback,
            attempt,
            account=account,
            message_id=read.provider_message_id,
            word=read.word,
            fault_code=read.error_code,
            provider_at=read.provider_time,
        )
        if report is not None:
            reports.append(report)
    join_reports(reports)
    at = max(callback.received_at for callback in callbacks)
    ProviderCallback.objects.filter(pk__in=done).update(joined_at=at)
    return len(done)


_receipts = Together(_keep_all, most=_MOST, gather=_GATHER)

"""Keeps providers' requests as they came, and joins them: receipts and events of calls to their attempts, texts to what
they ask for.

A request that could not be joined at once stays kept and is tried again by the sweep. Whether a request is genuine is
proved before it comes here.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import connection, transaction

from notifications.models import ProviderAccount, ProviderCallback
from notifications.operations.azure_calls import join_azure_call
from notifications.operations.azure_events import join_event
from notifications.operations.calls import join_call
from notifications.operations.inbound import Text, take_in
from notifications.operations.reported import join_reported
from notifications.providers.twilio_reports import ReceiptReport, Untranslatable, inbound_text, receipt_report
from notifications.queries.inbound import account_named, refused_since
from notifications.wake import wake_webhooks
from tenants.scope import platform_scope

logger = logging.getLogger(__name__)

#: A receipt may come before our own answer is known; one that finds no attempt for this long never will.
GIVE_UP_AFTER = timedelta(minutes=10)
# Anybody may post a forged request: what is kept of them is bounded.
_MOST_REFUSED_A_MINUTE = 60


def keep_refused(callback: ProviderCallback, *, at: datetime) -> None:
    """Keep that a request was refused and why, without its payload; opens the platform's scope."""
    with platform_scope():
        if refused_since(at - timedelta(minutes=1)) < _MOST_REFUSED_A_MINUTE:
            callback.payload, callback.joined_at = None, at
            callback.save()


def keep_and_join(callback: ProviderCallback, *, at: datetime) -> bool:
    """Keep a genuine request and do what it says; False when that failed, and the sweep will try again.

    Kept in any case, and joined before the provider is answered. Opens the platform's scope.

    :raises django.db.Error: when the database is gone, and nothing is kept.
    """
    with platform_scope():
        callback.save()
        try:
            with transaction.atomic():
                _join(callback, at=at)
        except Exception:
            if connection.needs_rollback:
                # The connection was lost: the end of the transaction would pass over it, and the provider be thanked.
                raise
            logger.exception("callback %s is kept and could not be joined", callback.pk)
            wake_webhooks()
            return False
    return True


def join_unjoined(*, at: datetime, limit: int = 100) -> int:
    """Join what is kept and not joined yet, oldest first; returns how many were. For the worker.

    A request that cannot be joined is left for the next time, and given up after ten minutes, which is logged.
    """
    with platform_scope():
        waiting = ProviderCallback.objects.filter(joined_at__isnull=True, defect="").order_by("received_at")
        keys = list(waiting.values_list("pk", flat=True)[:limit])
    return sum(_join_one(key, at=at) for key in keys)


def _join_one(key: int, *, at: datetime) -> bool:
    """Join one in a transaction of its own: the locks of many would pile up in the order in which they arrived."""
    with platform_scope():
        rows = ProviderCallback.objects.select_for_update(skip_locked=True)
        callback = rows.filter(pk=key, joined_at__isnull=True).first()
        if callback is None:
            return False
        try:
            with transaction.atomic():
                return _join(callback, at=at)
        except Exception:
            logger.exception("callback %s could not be joined", callback.pk)
            _give_up_if_old(callback, at=at)
            return False


def _join(callback: ProviderCallback, *, at: datetime) -> bool:
    account = account_named(callback.account_id, provider=callback.provider)
    params = parameters(callback)
    if account is None:
        known = True
        logger.error("callback %s names an account that is gone", callback.pk)
    elif callback.provider == "azure" and callback.kind == ProviderCallback.Kind.CALL:
        known = join_azure_call(callback, account=account, at=at)
    elif callback.provider == "azure":
        known = join_event(callback, account=account, at=at)
    elif callback.kind == ProviderCallback.Kind.INBOUND:
        known = _join_text(callback, params, account=account, at=at)
    elif callback.kind == ProviderCallback.Kind.CALL:
        known = join_call(callback, params, account=account, at=at)
    else:
        known = _join_receipt(callback, params, account=account, at=at)
    if not known:
        _give_up_if_old(callback, at=at)
        return False
    ProviderCallback.objects.filter(pk=callback.pk).update(joined_at=at)
    return True


def _join_text(
    callback: ProviderCallback, params: Mapping[str, str], *, account: ProviderAccount, at: datetime
) -> bool:
    read = inbound_text(params)
    if isinstance(read, Untranslatable):
        logger.error("callback %s lacks %s", callback.pk, ", ".join(read.missing))
        return True
    take_in(
        Text(
            account=account,
            provider_message_id=read.provider_message_id,
            number=read.sender,
            to_address=read.to,
            service_id=read.messaging_service_sid,
            body=read.body,
            provider_word=read.opt_out_type,
            received_at=callback.received_at,
        ),
        at=at,
    )
    return True


def _join_receipt(
    callback: ProviderCallback, params: Mapping[str, str], *, account: ProviderAccount, at: datetime
) -> bool:
    report = twilio_receipt(callback, params)
    if report is None:
        return True
    return join_reported(
        callback,
        account=account,
        message_id=report.provider_message_id,
        word=report.word,
        fault_code=report.error_code,
        provider_at=report.provider_time,
    )


def twilio_receipt(callback: ProviderCallback, params: Mapping[str, str]) -> ReceiptReport | None:
    """What a kept receipt of Twilio says; None, and logged, where it says nothing that could be joined."""
    report = receipt_report(params)
    if isinstance(report, Untranslatable):
        logger.error("callback %s lacks %s", callback.pk, ", ".join(report.missing))
        return None
    return report


def parameters(callback: ProviderCallback) -> dict[str, str]:
    """The fields of a kept request, each with one value."""
    return {name: _last(value) for name, value in (callback.payload or {}).items()}


def _give_up_if_old(callback: ProviderCallback, *, at: datetime) -> None:
    if callback.received_at <= at - GIVE_UP_AFTER:
        logger.error("callback %s is kept and given up: it belongs to nothing known", callback.pk)
        ProviderCallback.objects.filter(pk=callback.pk).update(joined_at=at)


def _last(value: object) -> str:
    """One value of a field, as a form's reader takes it when it stands several times."""
    found = value[-1] if isinstance(value, list) and value else value
    return found if isinstance(found, str) else ""

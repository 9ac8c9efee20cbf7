"""Wakes the workers after the transaction that made work for them.

A wake-up carries nothing, since what is due is a row; one that is lost is made good by the next tick.
"""

import logging
from functools import partial

from celery import current_app
from django.db import transaction

logger = logging.getLogger(__name__)

DISPATCH_TASK = "notifications.dispatch"
RECONCILE_TASK = "notifications.reconcile"
WEBHOOK_TASK = "notifications.join_callbacks"
ESCALATION_TASK = "notifications.escalate"
LOOKING_BACK_TASK = "notifications.look_back"
TELLING_TASK = "notifications.tell_admins"
CONSENT_TASK = "notifications.tell_providers"


def wake_dispatch() -> None:
    """Ask a worker to look for due rows, once this transaction has committed."""
    transaction.on_commit(partial(_send, DISPATCH_TASK, "urgent"))


def wake_escalation() -> None:
    """Ask a worker to fire what is due of escalations, once this transaction has committed."""
    transaction.on_commit(partial(_send, ESCALATION_TASK, "urgent"))


def wake_looking_back() -> None:
    """Ask a worker to look at steps that were waited for in vain, once this transaction has committed."""
    transaction.on_commit(partial(_send, LOOKING_BACK_TASK, "bulk"))


def wake_telling() -> None:
    """Ask a worker to tell admins of steps that reached nobody, once this transaction has committed."""
    transaction.on_commit(partial(_send, TELLING_TASK, "bulk"))


def wake_reconcile() -> None:
    """Ask a worker to find out what became of messages in doubt, once this transaction has committed."""
    transaction.on_commit(partial(_send, RECONCILE_TASK, "bulk"))


def wake_webhooks() -> None:
    """Ask a worker to join receipts that are kept but not joined yet, once this transaction has committed."""
    transaction.on_commit(partial(_send, WEBHOOK_TASK, "webhooks"))


def wake_consents() -> None:
    """Ask a worker to tell providers of consents and opt-outs that are due, once this transaction has committed."""
    transaction.on_commit(partial(_send, CONSENT_TASK, "bulk"))


def _send(task: str, queue: str) -> None:
    try:
        current_app.send_task(task, queue=queue, expires=30, retry=False)
    except Exception as error:
        # The row is committed and the tick will find it: a broker that is down must not fail the request.
        logger.warning("wake-up %s could not be sent: %s", task, type(error).__name__)

"""What the workers run: thin doors from the queue into dispatch and operations. A task is a wake-up, no more.

Whatever they do is found in rows, so a task that is lost, doubled or late changes nothing but the hour.
"""

import logging
import os
import socket
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from imes.kernel.signing import NotASigningKey
from notifications.dispatch import heartbeat
from notifications.dispatch.asking import UNHEARD
from notifications.dispatch.breakers import let_clock_move
from notifications.dispatch.deliver import deliver_due
from notifications.dispatch.expire import expire
from notifications.dispatch.opted_out import learn_missed, missed
from notifications.dispatch.reconcile import reconcile
from notifications.flows.advance import advance_due
from notifications.flows.nobody import tell_admins
from notifications.operations.breakers import make_routes
from notifications.operations.callbacks import GIVE_UP_AFTER, join_unjoined
from notifications.operations.consent_pushing import is_push_due, push_due
from notifications.operations.lines import look_up_due
from notifications.operations.usage import keep_up
from notifications.queries import due
from notifications.queries.escalations import is_escalation_due, is_late_due, is_untold
from notifications.wake import (
    wake_consents,
    wake_dispatch,
    wake_escalation,
    wake_looking_back,
    wake_reconcile,
    wake_telling,
    wake_webhooks,
)
from tenants.chains import chains
from tenants.scope import platform_scope
from tenants.seals import seal_settled

logger = logging.getLogger(__name__)

#: One round claims for this long; the tick, which may wait behind it in the same process, is then not missed.
ROUND_SECONDS = 15.0
#: A webhook that is not joined after this time was forgotten by its wake-up.
_JOINED_WITHIN = timedelta(seconds=5)
_OLDEST_UNHEARD = timedelta(days=1)


def _owner() -> str:
    return f"{socket.gethostname()[:40]}-{os.getpid()}"


@shared_task(name="notifications.dispatch")
def dispatch() -> None:
    """Hand over whatever is due."""
    deliver_due(clock=timezone.now, owner=_owner(), for_seconds=ROUND_SECONDS)


@shared_task(name="notifications.escalate")
def escalate() -> None:
    """Fire the steps of escalations that are due."""
    advance_due(clock=timezone.now)


@shared_task(name="notifications.look_back")
def look_back() -> None:
    """Find steps of the last hours that turned out to have reached nobody, when they were not waited for any more."""
    advance_due(clock=timezone.now, late=True)


@shared_task(name="notifications.tell_admins")
def tell() -> None:
    """Tell admins of steps that reached nobody."""
    tell_admins(clock=timezone.now)


@shared_task(name="notifications.keep_usage")
def keep_usage() -> None:
    """Settle what was charged and left behind, and tell tenants how much of their limits is used."""
    keep_up(at=timezone.now())


@shared_task(name="notifications.look_up_lines")
def look_up_lines() -> None:
    """Ask the provider what kind of lines new numbers are."""
    look_up_due(clock=timezone.now)


@shared_task(name="notifications.reconcile")
def ask_providers() -> None:
    """Ask what became of messages whose outcome is unknown."""
    reconcile(clock=timezone.now, owner=_owner())


@shared_task(name="notifications.join_callbacks")
def join_callbacks() -> None:
    """Join the receipts that webhooks left for later."""
    join_unjoined(at=timezone.now())


@shared_task(name="notifications.tell_providers")
def tell_providers() -> None:
    """Tell providers of consents and opt-outs, and learn from attempts that met an opt-out and were left behind."""
    learn_missed(at=timezone.now())
    push_due(clock=timezone.now)


@shared_task(name="notifications.tick")
def tick() -> None:
    """Say that beat is alive, and wake whoever has work that a lost wake-up left lying."""
    now = timezone.now()
    heartbeat.seen_alive(heartbeat.BEAT, at=now, since=now)
    expire(now=now)
    let_clock_move(now=now)
    with platform_scope():
        if due.is_due(now=now):
            wake_dispatch()
        if is_escalation_due(now=now):
            wake_escalation()
        if is_untold(now=now):
            wake_telling()
        if now.second % 30 == 0 and is_late_due(now=now):
            wake_looking_back()
        unheard = (
            due.is_unheard_of(asked=asked, before=now - age, after=now - _OLDEST_UNHEARD)
            for asked, age in enumerate(UNHEARD)
        )
        if due.is_in_doubt(now=now) or any(unheard):
            wake_reconcile()
        # One that still belongs to nothing known after a minute is looked at twice a minute, until it is given up.
        oldest = now - (GIVE_UP_AFTER * 2 if now.second % 30 == 0 else timedelta(minutes=1))
        if due.is_unjoined(after=oldest, before=now - _JOINED_WITHIN):
            wake_webhooks()
        if is_push_due(now=now) or (now.second % 30 == 0 and missed(at=now)):
            wake_consents()
    if now.second == 0:
        heartbeat.forget_the_dead(at=now)
        # An account that came past the admin, as from a restored copy, gets its routes as well.
        make_routes(at=now)


@shared_task(name="notifications.seal")
def seal() -> None:
    """Seal what settled in the consent ledger and the audit log since the last round."""
    for chain in chains():
        try:
            seal_settled(chain, at=timezone.now())
        except NotASigningKey as refused:
            logger.error("%s is not sealed: EVIDENCE_SIGNING_KEY cannot be used, %s", chain.name, refused)

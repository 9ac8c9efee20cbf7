"""Leads a call through Azure on: decides what follows from an event, and asks Azure for it.

The event is kept and joined beforehand, and what follows is read from what stands then. The request to Azure runs
outside every transaction and holds no lock; where it fails, nothing that a person pressed is lost, and the call is
ended instead of being left in silence.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from imes.kernel.vault import VaultCannotOpen, VaultHasNoKey
from notifications.core.spoken import Scene
from notifications.dispatch.requests import account_credentials
from notifications.models import Attempt, ProviderAccount, ProviderCallback
from notifications.operations.calls import scene_after, take_in_event
from notifications.providers.azure_call_events import (
    CONNECTED,
    NOT_PRESSED,
    NOT_SAID,
    PRESSED,
    SAID,
    SILENCE,
    AzureCallEvent,
    context_of,
    nothing_said,
    read_call_event,
)
from notifications.providers.azure_call_line import Done, Line, NotDone, hang_up, say
from notifications.queries.inbound import account_named, may_report
from notifications.queries.spoken import spoken_of
from tenants.scope import platform_scope

logger = logging.getLogger(__name__)

#: A person waits on the line for each of these requests.
_LONGEST_REQUEST = timedelta(seconds=5)
#: The call is over already: nothing is wrong, and the event of its end is on its way.
_OVER = frozenset({"404", "8522", "8528", "8543"})
#: Azure's code of a prompt that could not be played, where it gives none.
_NOT_PLAYED = "8511"


@dataclass(frozen=True, slots=True)
class Step:
    """What is asked of Azure next: a scene, or without one that the call ends."""

    line: Line
    scene: Scene | None
    context: str


def lead_on(callback: ProviderCallback, *, is_taken_in: bool, at: datetime) -> None:
    """Do what follows from a kept event; opens the platform's scope before and after the request, and never around it.

    :param is_taken_in: False when what the event says could not be kept, so that a key has to be pressed again.
    """
    event = read_call_event(callback.payload)
    step = None if event is None else next_step(callback, event, is_taken_in=is_taken_in)
    if event is None or step is None:
        return
    timeout = min(timedelta(seconds=settings.PROVIDER_TIMEOUT), _LONGEST_REQUEST)
    scene = step.scene
    if scene is None:
        _asked(lambda: hang_up(line=step.line, timeout=timeout), step)
        return
    said = _asked(lambda: say(scene, line=step.line, context=step.context, timeout=timeout), step)
    if isinstance(said, Done) or said.code in _OVER:
        return
    if event.kind == CONNECTED:
        _report_mute(callback, event, code=said.code or _NOT_PLAYED, at=at)
    _asked(lambda: hang_up(line=step.line, timeout=timeout), step)


def next_step(callback: ProviderCallback, event: AzureCallEvent, *, is_taken_in: bool) -> Step | None:
    """What follows from an event, by what stands now; None where nothing does, or the call is none of ours."""
    with platform_scope():
        rows = Attempt.objects.select_related("sender", "notification__tenant", "notification__member")
        attempt = rows.filter(public_id=callback.attempt_public_id).first()
        account = _account(callback)
        # Who may not report on a call is told nothing of it, and leads nothing.
        if attempt is None or account is None or not may_report(account, attempt, message_id=event.call_id):
            return None
        line = Line(event.call_id, attempt.number, account_credentials(account))
        if event.kind in (SAID, NOT_SAID) or (event.kind == NOT_PRESSED and event.sub_code != SILENCE):
            return Step(line, None, "")
        scene = _scene(attempt, event, is_taken_in=is_taken_in)
        return None if scene is None else Step(line, scene, context_of(attempt.public_id, turn=_turn(scene)))


def _scene(attempt: Attempt, event: AzureCallEvent, *, is_taken_in: bool) -> Scene | None:
    row = attempt.notification
    spoken = spoken_of(row, sender=attempt.sender)
    if event.kind == CONNECTED:
        return spoken.first()
    if event.kind == NOT_PRESSED:
        return spoken.after_silence(turn=event.turn)
    if event.kind == PRESSED:
        return scene_after(event.key, row=row, spoken=spoken, turn=event.turn, is_taken_in=is_taken_in)
    return None


def _turn(scene: Scene) -> int:
    """Last words wait for nothing, and are told apart by it when they have been said."""
    return scene.turn if scene.waits else 0


def _account(callback: ProviderCallback) -> ProviderAccount | None:
    try:
        return account_named(callback.account_id, provider=callback.provider)
    except (VaultCannotOpen, VaultHasNoKey):
        logger.error("the secret of an account at Azure cannot be read: is its key still among FIELD_KEYS?")
        return None


def _asked(request: Callable[[], Done | NotDone], step: Step) -> Done | NotDone:
    """Ask, and once more where the same answer is not certain: a prompt that is heard twice is better than none."""
    found = request()
    if isinstance(found, NotDone) and not found.is_final:
        found = request()
    if isinstance(found, NotDone):
        logger.warning("Azure did not do what was asked on call %s: %s %s", step.line.call_id, found.code, found.says)
    return found


def _report_mute(callback: ProviderCallback, event: AzureCallEvent, *, code: str, at: datetime) -> None:
    """Somebody answered and hears nothing: the call has failed, so that the escalation goes on at once."""
    with platform_scope(), transaction.atomic():
        attempt = Attempt.objects.select_related("sender").filter(public_id=callback.attempt_public_id).first()
        account = _account(callback)
        if attempt is not None and account is not None:
            take_in_event(callback, nothing_said(event, code), attempt=attempt, account=account, at=at)

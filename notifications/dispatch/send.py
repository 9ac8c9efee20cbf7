"""Hands messages to providers, many at a time, outside every transaction; its threads never see the database.

It claims nothing about an outcome: whatever is not an answer is an unknown outcome, which is asked about later.
"""

import os
import queue
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings

from notifications.core.clock_type import Clock
from notifications.dispatch.intent import Intent, Outcome
from notifications.providers import mail
from notifications.providers.base import Answer, CallRequest, EmailRequest, NeverLeft, OutcomeUnknown
from notifications.providers.registry import UnknownProvider, sms_provider, voice_provider
from notifications.providers.trace import Trace


@dataclass(frozen=True, slots=True)
class Hands:
    """The threads of one process, and the answers they have brought back.

    They outlive a round that ended early, as when the database was lost: its answers then come to the next one.
    """

    pool: ThreadPoolExecutor
    answers: "queue.SimpleQueue[Outcome]"
    awaited: dict[int, float] = field(default_factory=dict)
    """The attempts whose answers were not taken yet, each with the moment at which it is waited for no longer."""

    @property
    def in_flight(self) -> int:
        """How many answers are still to be taken, whichever round they belong to."""
        now = time.monotonic()
        return sum(until > now for until in self.awaited.values())

    def give(self, intents: Sequence[Intent], *, clock: Clock) -> None:
        """Start handing these over; returns at once."""
        until = time.monotonic() + settings.DISPATCH_LEASE_SECONDS
        for intent in intents:
            self.awaited[intent.attempt_id] = until
            self.pool.submit(self._hand_over, intent, clock)

    def take(self, *, wait: float, gather: float, most: int) -> list[Outcome]:
        """Return answers: the first within `wait` seconds, and what comes within `gather` seconds after it."""
        found: list[Outcome] = []
        deadline = time.monotonic() + wait
        while len(found) < most:
            try:
                found.append(self.answers.get(timeout=max(0.0, deadline - time.monotonic())))
            except queue.Empty:
                break
            self.awaited.pop(found[-1].intent.attempt_id, None)
            if len(found) == 1:
                deadline = time.monotonic() + gather
        return found

    def _hand_over(self, intent: Intent, clock: Clock) -> None:
        if clock() >= last_moment(intent):
            late = NeverLeft("HeldUpPastLease", "", Trace("POST", ""), unreachable=False)
            self.answers.put(Outcome(intent, late, clock(), too_late=True))
            return
        answer = answered(intent)
        self.answers.put(Outcome(intent, answer, clock()))


def hands() -> Hands:
    """The hands of this process: made at the first use after a fork, and kept, with their open connections."""
    mine = _hands_by_process.get(os.getpid())
    if mine is None:
        pool = ThreadPoolExecutor(settings.DISPATCH_IN_FLIGHT, thread_name_prefix="hand")
        _hands_by_process.clear()
        mine = _hands_by_process[os.getpid()] = Hands(pool, queue.SimpleQueue())
    return mine


_hands_by_process: dict[int, Hands] = {}


def last_moment(intent: Intent) -> datetime:
    """When a call may begin at the latest: a process that was stopped, or its whole machine, must not send late.

    The call has its whole timeout before the lease ends; a lease shorter than two timeouts is halved.
    """
    margin = min(settings.PROVIDER_TIMEOUT, settings.DISPATCH_LEASE_SECONDS / 2)
    return intent.lease_until - timedelta(seconds=margin)


def answered(intent: Intent) -> Answer:
    """Call the provider once, with a timeout, and return what is known then; never raises."""
    timeout = timedelta(seconds=settings.PROVIDER_TIMEOUT)
    if isinstance(intent.request, EmailRequest):
        return _mailed(intent.request, timeout=timeout)
    if intent.credentials is None:
        return NeverLeft("NoCredentials", "", Trace("POST", ""), unreachable=False)
    try:
        if isinstance(intent.request, CallRequest):
            return voice_provider(intent.provider).place_call(
                intent.request, credentials=intent.credentials, timeout=timeout
            )
        return sms_provider(intent.provider).send_sms(intent.request, credentials=intent.credentials, timeout=timeout)
    except UnknownProvider as error:
        return NeverLeft(type(error).__name__, str(error), Trace("POST", ""), unreachable=False)
    except Exception as error:
        # A provider promises not to raise; where it does all the same, the request may have left.
        return OutcomeUnknown(type(error).__name__, "", Trace("POST", ""))


def _mailed(request: EmailRequest, *, timeout: timedelta) -> Answer:
    try:
        return mail.send_email(request, timeout=timeout)
    except Exception as error:
        return OutcomeUnknown(type(error).__name__, "", Trace("SMTP", ""))

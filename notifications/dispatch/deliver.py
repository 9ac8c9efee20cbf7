"""One round of a worker: claim, rule and commit, hand over, write down; again while anything is due.

A rolling window: while calls are in flight the next rows are claimed, so that a slow provider holds up no one else.
"""

import time
from datetime import timedelta

from django.conf import settings

from notifications.core.clock_type import Clock
from notifications.dispatch.claim import FIRST_CLAIM, claim_due
from notifications.dispatch.intend import intend
from notifications.dispatch.record import record
from notifications.dispatch.send import hands

BATCH = 100
#: A claim that is not followed by a commit within this time is free again.
CLAIM_LEASE = timedelta(seconds=15)
#: Answers are written down in batches of this many, or of what comes within this many seconds.
_MOST_ANSWERS = 100
_GATHER = 0.03
#: While calls are in flight, how often it is asked whether something new is due.
_LOOK_AGAIN = 0.1


def deliver_due(*, clock: Clock, owner: str, for_seconds: float) -> int:
    """Deliver what is due; return how many messages were handed over or tried.

    It claims for at most `for_seconds` and then waits for the answers of what is in flight, which all have a timeout.
    """
    lease = timedelta(seconds=settings.DISPATCH_LEASE_SECONDS)
    window = 2 * settings.DISPATCH_IN_FLIGHT
    working = hands()
    stop_at = time.monotonic() + for_seconds
    look_at = 0.0
    tried = 0
    limit = FIRST_CLAIM
    while True:
        room = window - working.in_flight
        has_room = room >= min(limit, window // 2)
        claimed = []
        if has_room and look_at <= time.monotonic() < stop_at:
            claimed = claim_due(now=clock(), limit=min(limit, room), owner=owner, lease=CLAIM_LEASE)
            look_at = time.monotonic() + (0.0 if claimed else _LOOK_AGAIN)
            limit = BATCH
        if claimed:
            intents = intend(claimed, clock=clock, owner=owner, lease=lease)
            working.give(intents, clock=clock)
            tried += len(intents)
        elif not working.in_flight:
            return tried
        if in_flight := working.in_flight:
            wait = 0.0 if claimed and window - in_flight >= min(limit, window // 2) else _LOOK_AGAIN
            outcomes = working.take(wait=wait, gather=_GATHER if in_flight > 1 else 0.0, most=_MOST_ANSWERS)
            record(outcomes)

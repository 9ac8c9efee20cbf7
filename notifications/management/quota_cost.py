"""Measures what reserving quota adds to the dispatch of one message: batches that count beside batches that do not.

Everything happens in one transaction that is rolled back, and nothing is handed to a provider.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.utils import timezone

from billing.models import UsageMonth
from billing.operations import present_month
from members.models import Member
from notifications.core.states import Purpose
from notifications.dispatch.intend import intend
from notifications.models import Notification
from tenants.scope import platform_scope

BATCH = 50
_LEASE = timedelta(seconds=60)
_OWNER = "bench"
_PLENTY = 10**9


class _RollBack(Exception):
    """Ends the transaction in which everything was measured."""


def milliseconds_a_message(member: Member, *, number: str, rounds: int) -> dict[str, list[float]]:
    """For each way of counting, what ruling and committing one message took in each round, in milliseconds."""
    found: dict[str, list[float]] = {"not counted": [], "counted, no limit": [], "counted, with a limit": []}
    with _rolled_back():
        month = present_month(member.tenant_id, zone=member.tenant.time_zone, at=timezone.now())
        for _ in range(rounds + 1):
            for name, times in found.items():
                most = _PLENTY if name.endswith("a limit") else None
                UsageMonth.objects.filter(pk=month).update(notifications_limit=most, segments_limit=most)
                times.append(_took(member, number=number, counts=name != "not counted"))
    # The first round warms up plans and caches.
    return {name: times[1:] for name, times in found.items()}


def _took(member: Member, *, number: str, counts: bool) -> float:
    took = 0.0
    # Each batch by itself: confirmations that wait would hold up what counts.
    with _rolled_back():
        ids = _rows(member, number=number, counts=counts)
        begun = time.perf_counter()
        intents = intend(ids, clock=timezone.now, owner=_OWNER, lease=_LEASE)
        took = time.perf_counter() - begun
        if len(intents) != BATCH:
            raise NotLetGo
    return took / BATCH * 1000


class NotLetGo(RuntimeError):
    """The member cannot be reached by SMS now, so that there is nothing to measure."""


def _rows(member: Member, *, number: str, counts: bool) -> list[int]:
    purpose = Purpose.DIRECT_MESSAGE if counts else Purpose.CONSENT_CONFIRMATION
    now = timezone.now()
    rows = Notification.objects.bulk_create(
        Notification(
            tenant_id=member.tenant_id,
            member=member,
            number=number,
            purpose=purpose.value,
            channel="sms",
            body="A message of the length that most have, to see what it costs to count it.",
            lease_owner=_OWNER,
            lease_until=now + _LEASE,
            expires_at=now + timedelta(minutes=5),
        )
        for _ in range(BATCH)
    )
    return [row.pk for row in rows]


@contextmanager
def _rolled_back() -> Iterator[None]:
    try:
        with platform_scope():
            yield
            raise _RollBack
    except _RollBack:
        pass

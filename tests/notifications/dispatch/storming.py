"""What stories about storms share: many alerts at once, a worker that is taken step by step, and what is said."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from members.consent.keywords import read_reply
from notifications.diagnosis.reading import read_facts
from notifications.diagnosis.report import report
from notifications.dispatch.claim import claim_due
from notifications.dispatch.deliver import deliver_due
from notifications.dispatch.intend import intend
from notifications.dispatch.intent import Intent, Outcome
from notifications.dispatch.record import record
from notifications.models import Flow, Notification
from notifications.operations.acking import take_acknowledgement
from notifications.providers.base import NeverLeft
from notifications.providers.trace import Trace
from tenants.scope import platform_scope
from tests.cast import BEN_NUMBER, Cast
from tests.notifications.escalating import Clock, fires

LEASE = timedelta(seconds=45)
NO_TRACE = Trace("POST", "")


def deliver(clock: Clock) -> int:
    return deliver_due(clock=clock, owner="worker-1", for_seconds=5)


def storm(flow: Flow, clock: Clock, *, alerts: int) -> list[Notification]:
    """So many alerts at once; their pages, oldest first."""
    keys = [fires(flow, at=clock.now).pk for _ in range(alerts)]
    return pages(keys)


def pages(alert_ids: Iterable[int]) -> list[Notification]:
    with platform_scope():
        rows = Notification.objects.filter(alert__in=list(alert_ids)).select_related("member", "alert", "merged_into")
        return list(rows.order_by("pk"))


def fresh(rows: Iterable[Notification]) -> list[Notification]:
    return pages([row.alert_id or 0 for row in rows])


def intended(clock: Clock, *, owner: str = "worker-1") -> list[Intent]:
    """A worker commits what it is about to hand over, and has not done so yet."""
    claimed = claim_due(now=clock(), limit=100, owner=owner, lease=LEASE)
    return intend(claimed, clock=clock, owner=owner, lease=LEASE)


def never_left(intents: Iterable[Intent], clock: Clock) -> None:
    answer = NeverLeft("ConnectionError", "", NO_TRACE, unreachable=True)
    record([Outcome(intent, answer, clock()) for intent in intents])


def says_one(cast: Cast, clock: Clock, text: str = "1") -> str:
    with platform_scope():
        return take_acknowledgement(
            read_reply(text, opt_out_type=None), number=BEN_NUMBER, only_tenant_id=None, at=clock()
        ).says


def told(row: Notification, clock: Clock) -> dict[str, Any]:
    """The diagnosis of a row by code, and its first sentence under an empty one."""
    found = report(read_facts([row.pk], now=clock.now, zone="UTC")[row.pk])
    return {"": found.headline, **{finding.code: finding for finding in found.findings}}

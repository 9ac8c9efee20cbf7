"""Rows that really came to stand as they stand: fired, ruled by the gates, handed to the sandbox; then diagnosed."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.utils import timezone

from members.models import Member
from notifications.diagnosis.facts import Facts
from notifications.diagnosis.reading import read_facts
from notifications.diagnosis.report import Report, report
from notifications.dispatch.deliver import deliver_due
from notifications.dispatch.heartbeat import BEAT, seen_alive
from notifications.dispatch.join import Report as Word
from notifications.dispatch.join import join_reports
from notifications.flows.open_alert import open_alert
from notifications.models import Alert, Notification
from tenants.scope import platform_scope, tenant_scope
from tests.cast import Cast, add_flow
from tests.notifications.dispatch.conftest import cast, sandbox, shared_sandbox  # noqa: F401

Fires = Callable[..., list[Notification]]


@pytest.fixture
def fire(cast: Cast) -> Fires:  # noqa: F811
    """Fire a flow of Harbor's that pages these members; returns the rows in the members' order."""

    def fired(*members: Member) -> list[Notification]:
        with tenant_scope(cast.harbor.pk):
            flow = add_flow(cast.harbor, name=f"Flow {timezone.now():%H%M%S%f}", members=list(members))
            alert = open_alert(
                flow, payload={"service": "pump"}, source=Alert.Source.COMMAND, actor=None, at=timezone.now()
            )
            return list(alert.notifications.order_by("pk"))

    return fired


def deliver() -> None:
    """One round of a worker, which says that it is alive."""
    deliver_due(clock=timezone.now, owner="worker-1", for_seconds=10)
    pulse_now()


def pulse_now() -> None:
    for name in ("worker:test", BEAT):
        seen_alive(name, at=timezone.now(), since=timezone.now())


def receive(row: Notification, word: str, *, code: str = "") -> None:
    """Join one word of the provider about the row's last attempt, as its webhook would."""
    with platform_scope():
        attempt = row.attempts.latest("ordinal")
        join_reports([Word(attempt_id=attempt.pk, word=word, fault_code=code, door="callback", at=timezone.now())])


def facts_of(row: Notification, *, now: datetime | None = None) -> Facts:
    return read_facts([row.pk], now=now or timezone.now(), zone="UTC")[row.pk]


def diagnosed(row: Notification, *, now: datetime | None = None) -> Report:
    return report(facts_of(row, now=now))


def code_of(row: Notification, *, now: datetime | None = None) -> str:
    """The cause's code, or nothing."""
    found = diagnosed(row, now=now)
    return found.cause.code if found.cause else ""

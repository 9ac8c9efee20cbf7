"""What is tried again by itself is what the catalogue calls retryable, in all of it, and never past the validity."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from notifications.core.faults import Fault, catalogue, fault
from notifications.dispatch.claim import claim_due
from notifications.dispatch.intend import intend
from notifications.dispatch.intent import Intent, Outcome
from notifications.dispatch.opted_out import is_opt_out
from notifications.dispatch.record import record
from notifications.models import Notification
from notifications.providers.base import CallRequest, Refused
from notifications.providers.trace import Trace
from tenants.scope import platform_scope
from tests.cast import Cast
from tests.notifications.dispatch.conftest import message
from tests.notifications.escalating import Clock

LEASE = timedelta(seconds=45)
pytestmark = pytest.mark.usefixtures("sandbox")


def known(provider: str, *, channel: str) -> list[Fault]:
    """Each code once, as it is read for a message on this channel; what may have left is asked about and no refusal."""
    found = {one.code: fault(provider, one.code, channel=channel) for one in catalogue(provider)}
    return [one for one in found.values() if not one.ambiguous]


def refused(faults: list[Fault], cast: Cast, *, valid_for: timedelta, clock: Clock) -> list[tuple[Intent, Fault]]:
    """A message for each fault, attempted and refused with it, all in one batch."""
    for one in faults:
        message(cast.ben, at=clock.now, body=f"{one.label}", expires_at=clock.now + valid_for)
    claimed = claim_due(now=clock.now, limit=len(faults), owner="worker", lease=LEASE)
    intents = [
        replace(intent, provider=one.provider)
        for intent, one in zip(intend(claimed, clock=clock, owner="worker", lease=LEASE), faults, strict=True)
    ]
    answers = [Refused(400, one.code, one.says, Trace("POST", "")) for one in faults]
    record([Outcome(intent, answer, clock.now) for intent, answer in zip(intents, answers, strict=True)])
    return list(zip(intents, faults, strict=True))


def rows_of(pairs: list[tuple[Intent, Fault]]) -> list[tuple[Notification, Fault]]:
    with platform_scope():
        rows = Notification.objects.in_bulk([intent.notification_id for intent, _ in pairs])
    return [(rows[intent.notification_id], one) for intent, one in pairs]


@pytest.mark.parametrize("provider", ["twilio", "azure", "mail"])
def test_exactly_what_the_catalogue_calls_retryable_is_tried_again(cast: Cast, settings: Any, provider: str) -> None:
    settings.RECIPIENT_TEXTS_A_MINUTE = 0
    clock, faults = Clock(), known(provider, channel="sms")
    pairs = refused(faults, cast, valid_for=timedelta(minutes=30), clock=clock)
    found = rows_of(pairs)
    assert {one.code for row, one in found if row.status == "held"} == {one.code for one in faults if one.retryable}
    assert {row.status for row, _ in found} <= {"held", "failed"}
    assert not any(one.retryable for one in faults if is_opt_out(provider, one.code or ""))
    held = [row for row, _ in found if row.status == "held"]
    waits = [(row.due_at - clock.now).total_seconds() for row in held]
    if provider == "twilio":
        # So many faults open its breaker, and what waited for it is ruled again at once: by another, or to wait for it.
        return
    # One second, and half a second more at most; no two of a few come back at the same instant.
    assert [wait for wait in waits if not 1 <= wait <= 1.5] == []
    assert len(set(waits)) == len(waits) > 1
    assert all(row.expires_at and row.due_at < row.expires_at for row in held)


def test_nothing_is_tried_again_after_its_validity(cast: Cast, settings: Any) -> None:
    settings.RECIPIENT_TEXTS_A_MINUTE = 0
    faults = [one for one in known("twilio", channel="sms") if one.retryable]
    found = rows_of(refused(faults, cast, valid_for=timedelta(seconds=1), clock=Clock()))
    assert {row.status for row, _ in found} == {"failed"}


def test_the_provider_is_told_how_long_each_message_is_valid(cast: Cast) -> None:
    clock = Clock()
    message(cast.ben, at=clock.now, expires_at=clock.now + timedelta(seconds=90))
    clock.passes(timedelta(seconds=30))
    claimed = claim_due(now=clock.now, limit=1, owner="worker", lease=LEASE)
    (intent,) = intend(claimed, clock=clock, owner="worker", lease=LEASE)
    assert not isinstance(intent.request, CallRequest)
    assert getattr(intent.request, "validity", None) == timedelta(seconds=60)

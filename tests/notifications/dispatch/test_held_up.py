"""A worker that was stopped for longer than its lease sends nothing when it goes on, and spoils nobody's row."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from members.models import Member
from notifications.core.clock_type import Clock
from notifications.dispatch.claim import claim_due
from notifications.dispatch.deliver import deliver_due
from notifications.dispatch.intend import intend
from notifications.dispatch.reconcile import let_lapse
from notifications.dispatch.record import record
from notifications.dispatch.send import hands
from notifications.models import Notification
from tests.cast import Cast
from tests.notifications.dispatch.conftest import again, attempts, message
from tests.sandbox.process import RunningSandbox

Texts = Callable[[Member], list[dict[str, Any]]]
LEASE = timedelta(seconds=45)
pytestmark = pytest.mark.usefixtures("impatient")


def _at(moment: datetime) -> Clock:
    return lambda: moment


def _handed_over(row: Notification, *, committed: datetime, called: datetime, sweep: bool = False) -> None:
    """Commit the attempt at one moment, and begin its call at another; `sweep`: another worker looks in between."""
    claimed = claim_due(now=committed, limit=10, owner="worker-1", lease=LEASE)
    intents = intend(claimed, clock=_at(committed), owner="worker-1", lease=LEASE)
    assert [intent.notification_id for intent in intents] == [row.pk]
    if sweep:
        assert let_lapse(now=called) == 1
    hands().give(intents, clock=_at(called))
    outcomes = hands().take(wait=5.0, gather=0.0, most=1)
    assert len(outcomes) == 1
    record(outcomes)


@pytest.mark.parametrize(("held_up", "sent"), [(43, True), (44.7, False), (46, False), (3600, False)])
def test_a_call_begins_only_while_its_timeout_fits_into_the_lease(
    *, cast: Cast, sandbox: RunningSandbox, texts: Texts, held_up: float, sent: bool
) -> None:
    row = message(cast.ben, expires_at=timezone.now() + timedelta(hours=2))
    now = timezone.now()
    _handed_over(row, committed=now, called=now + timedelta(seconds=held_up))
    assert len(texts(cast.ben)) == sent
    assert (again(row).status, again(row).reason) == (("sent", "") if sent else ("held", "RETRY-3"))
    assert [attempt.outcome for attempt in attempts(row)] == ["accepted" if sent else "never_left"]


def test_what_was_held_up_goes_out_once_with_the_next_round(cast: Cast, sandbox: RunningSandbox, texts: Texts) -> None:
    row = message(cast.ben)
    now = timezone.now()
    _handed_over(row, committed=now, called=now + LEASE)
    deliver_due(clock=_at(now + LEASE + timedelta(seconds=5)), owner="worker-2", for_seconds=5)
    assert again(row).status == "sent"
    assert len(texts(cast.ben)) == 1


def test_a_row_that_was_given_up_meanwhile_is_left_to_those_who_ask_about_it(
    cast: Cast, sandbox: RunningSandbox, texts: Texts
) -> None:
    row = message(cast.ben)
    now = timezone.now()
    _handed_over(row, committed=now, called=now + timedelta(seconds=46), sweep=True)
    assert texts(cast.ben) == []
    assert (again(row).status, again(row).reason) == ("unconfirmed", "UNCONFIRMED-1")
    assert [(a.outcome, a.exception_class) for a in attempts(row)] == [("unknown", "LeaseLapsed")]

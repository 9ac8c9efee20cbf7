"""The opt-in confirmation goes before any other text, and holds nothing up beyond its own end."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.core.states import NotificationStatus
from notifications.queries.gate_facts import read_gate_facts
from tests.cast import Cast
from tests.notifications.dispatch.conftest import message


@pytest.mark.parametrize("status", [NotificationStatus.QUEUED, NotificationStatus.HELD, NotificationStatus.SENDING])
def test_a_confirmation_that_has_run_out_holds_nothing_up(cast: Cast, status: NotificationStatus) -> None:
    now = timezone.now()
    ends = now + timedelta(minutes=10)
    message(cast.ben, purpose="consent_confirmation", status=status.value, expires_at=ends)
    text = message(cast.ben)
    waits = {at: read_gate_facts([text.pk], now=at)[text.pk].confirmation_waits for at in (now, ends)}
    assert waits == {now: True, ends: False}

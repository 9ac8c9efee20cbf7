"""A message that was committed before the STOP may cross it, and its diagnosis says so; no other one claims it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from notifications.dispatch.claim import claim_due
from notifications.dispatch.intend import intend
from notifications.models import Attempt, Notification
from tenants.scope import platform_scope
from tests.cast import Cast
from tests.members.stories import stops
from tests.notifications.dispatch.conftest import again, message

CROSSED = "It crossed this message on its way"
LEASE = timedelta(seconds=45)


def committed(cast: Cast, *, ago: timedelta, took: timedelta | None) -> Notification:
    """A message that a worker committed this long ago, with an answer after so long, or none yet."""
    row = message(cast.ben)
    claimed = claim_due(now=timezone.now(), limit=10, owner="worker-1", lease=LEASE)
    assert len(intend(claimed, clock=timezone.now, owner="worker-1", lease=LEASE)) == 1
    at = timezone.now() - ago
    answered_at = None if took is None else at + took
    with platform_scope():
        Attempt.objects.filter(notification=row).update(
            committed_at=at, answered_at=answered_at, outcome="in_flight" if took is None else "accepted"
        )
        if took is not None:
            Notification.objects.filter(pk=row.pk).update(status="sent", handed_over_at=answered_at)
    return row


def diagnosis(row: Notification, cast: Cast) -> str:
    client = Client()
    client.force_login(cast.ana)
    return client.get(reverse("admin:notifications_notification_do_diagnose", args=[row.pk])).content.decode()


@pytest.mark.case("O6")
@pytest.mark.parametrize(
    ("ago", "took", "stopped_ago", "is_crossed"),
    [
        (timedelta(seconds=8), timedelta(seconds=6), timedelta(seconds=4), True),
        (timedelta(seconds=8), None, timedelta(seconds=4), True),
        # The STOP came in first, and had to wait for the commit.
        (timedelta(seconds=8), timedelta(seconds=6), timedelta(seconds=9), True),
        (timedelta(seconds=8), timedelta(seconds=1), timedelta(seconds=4), False),
        (timedelta(hours=2), timedelta(seconds=1), timedelta(hours=1), False),
    ],
)
def test_a_message_that_was_in_flight_when_the_stop_came_is_shown_as_crossed(
    *, cast: Cast, ago: timedelta, took: timedelta | None, stopped_ago: timedelta, is_crossed: bool
) -> None:
    row = committed(cast, ago=ago, took=took)
    assert CROSSED not in diagnosis(row, cast)
    stops(at=timezone.now(), received_at=timezone.now() - stopped_ago)
    shown = diagnosis(row, cast)
    assert "opted out of every message on this platform" in shown
    assert (CROSSED in shown) is is_crossed
    # One that was ruled after the STOP never went, and crossed nothing.
    following = message(cast.ben)
    claimed = claim_due(now=timezone.now(), limit=10, owner="worker-1", lease=LEASE)
    assert intend(claimed, clock=timezone.now, owner="worker-1", lease=LEASE) == []
    assert again(following).reason == "CONSENT-3"
    assert CROSSED not in diagnosis(following, cast)

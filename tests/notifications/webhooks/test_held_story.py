"""The story of a message that was held and then went: the ruling that held it is not told at the time it went."""

from datetime import timedelta

from django.utils import timezone

from notifications.models import Attempt, Notification
from notifications.queries.timeline import timeline
from tenants.scope import platform_scope
from tests.cast import Cast
from tests.notifications.webhooks.twilio_requests import fired, hand_over


def test_a_ruling_that_was_overruled_is_not_told_when_it_went(cast: Cast) -> None:
    at = timezone.now()
    alert = fired(cast.flow, at=at - timedelta(minutes=1), service="Pump 3")
    with platform_scope():
        row = Notification.objects.get(alert=alert)
        Notification.objects.filter(pk=row.pk).update(ruling={"verdict": "hold"}, ruled_at=at - timedelta(seconds=9))
        row.refresh_from_db()
        assert "Ruled: held" in [moment.title for moment in timeline(row)]
    attempt = hand_over(row, sender=cast.sender, at=at, status="sent")
    with platform_scope():
        committed_at = Attempt.objects.get(pk=attempt.pk).committed_at
        Notification.objects.filter(pk=row.pk).update(ruled_at=committed_at)
        told = [moment.title for moment in timeline(Notification.objects.get(pk=row.pk))]
    assert "Attempt 1: ruled go, handed to Twilio" in told
    assert "Ruled: held" not in told

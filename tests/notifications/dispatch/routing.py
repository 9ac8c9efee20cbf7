"""How stories about routes look at breakers and attempts, and the clock that they move."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from notifications.core.breaker import FIRST_PAUSE
from notifications.dispatch.deliver import deliver_due
from notifications.models import Breaker, BreakerChange, Notification
from tenants.scope import platform_scope
from tests.notifications.dispatch.conftest import again, attempts


@dataclass
class Clock:
    """A clock that the test moves."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return timezone.now() + self.ahead

    def move(self, by: timedelta) -> None:
        self.ahead += by


def deliver(clock: Clock) -> int:
    return deliver_due(clock=clock, owner="worker", for_seconds=0.3)


def state(row: Notification) -> tuple[str, str]:
    row = again(row)
    return row.status, row.reason


def providers(row: Notification) -> list[str]:
    return [attempt.provider for attempt in attempts(row)]


def breaker(provider: str = "twilio") -> Breaker:
    with platform_scope():
        return Breaker.objects.get(provider=provider, channel="sms")


def changes(provider: str = "twilio") -> list[tuple[str, str, str]]:
    with platform_scope():
        found = BreakerChange.objects.filter(provider=provider).order_by("id")
        return [(one.before, one.after, one.source) for one in found]


def open_breaker(provider: str = "twilio", *, at: datetime) -> None:
    with platform_scope():
        Breaker.objects.create(
            provider=provider,
            channel="sms",
            state="open",
            since=at,
            counted_since=at,
            openings=1,
            open_until=at + FIRST_PAUSE,
        )

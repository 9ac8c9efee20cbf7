"""The cast, and a page to Ben that was handed over a minute ago."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.models import Notification
from tests.cast import Cast, make_cast
from tests.notifications.webhooks.twilio_requests import page


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def sent(cast: Cast) -> Notification:
    return page(cast.flow, sender=cast.sender, at=timezone.now() - timedelta(minutes=1), service="Pump 3")

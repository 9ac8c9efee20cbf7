"""A suspended tenant receives no webhooks: each is refused, fires nothing, and the refusal can be seen."""

import html
import re

import pytest
from django.utils import timezone

from billing.models import StandingChange
from billing.operations import move_standing
from notifications.models import Alert, Notification
from tenants.models import Standing
from tenants.scope import tenant_scope
from tests.admin.parts import signed_in
from tests.cast import Cast
from tests.notifications.hooks.conftest import Post


def move(cast: Cast, to: Standing) -> None:
    moved = move_standing(
        cast.harbor,
        to=to,
        until=None,
        reason="invoice 17",
        source=StandingChange.Source.BY_HAND,
        actor=cast.pat,
        at=timezone.now(),
    )
    assert isinstance(moved, StandingChange)


def fired(cast: Cast) -> tuple[int, int]:
    with tenant_scope(cast.harbor.pk):
        return Alert.objects.count(), Notification.objects.count()


@pytest.mark.row(34)
@pytest.mark.parametrize(
    ("standing", "code", "says"),
    [
        (Standing.SUSPENDED, "TRIGGER-3", "The organisation is suspended, so nobody was paged."),
        (Standing.CANCELLED, "TRIGGER-4", "The organisation's subscription is cancelled, so nobody was paged."),
    ],
)
def test_a_closed_tenants_triggers_are_refused_and_listed_with_the_reason(
    cast: Cast, post: Post, standing: Standing, code: str, says: str
) -> None:
    move(cast, standing)
    answer = post({"service": "db"})
    assert answer.status_code == 402
    assert answer.json()["error"]["code"] == code
    assert answer.json()["error"]["says"] == says
    assert fired(cast) == (0, 0)
    page = html.unescape(signed_in(cast.ana).get("/admin/notifications/trigger/").content.decode())
    shown = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert says in shown
    assert "402" in shown
    move(cast, Standing.ACTIVE)
    assert post({"service": "db"}).status_code == 202
    assert fired(cast) == (1, 1)


def test_a_tenant_that_is_past_due_has_its_triggers_accepted(cast: Cast, post: Post) -> None:
    move(cast, Standing.PAST_DUE)
    assert post({"service": "db"}).status_code == 202
    assert fired(cast) == (1, 1)

"""A tenant that is past due, suspended or cancelled sends nothing at all, and every row says so; Billing shows it."""

import html
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from billing.models import StandingChange
from billing.operations import move_standing
from members.models import Member
from notifications.dispatch.deliver import deliver_due
from notifications.models import Alert, AlertStep, Notification
from tenants.models import Standing
from tenants.scope import tenant_scope
from tests.admin.parts import signed_in
from tests.cast import Cast
from tests.consenting import agree
from tests.notifications.dispatch.conftest import again, attempts, message

Texts = Callable[[Member], list[dict[str, Any]]]


def move(cast: Cast, to: Standing, *, until: datetime | None = None) -> None:
    moved = move_standing(
        cast.harbor,
        to=to,
        until=until,
        reason="invoice 17",
        source=StandingChange.Source.BY_HAND,
        actor=cast.pat,
        at=timezone.now() - timedelta(days=1),
    )
    assert isinstance(moved, StandingChange)


def deliver() -> None:
    deliver_due(clock=timezone.now, owner="worker-1", for_seconds=10)


def everything(cast: Cast) -> list[Notification]:
    """One of everything that a tenant may send to Ben, due at once."""
    with tenant_scope(cast.harbor.pk):
        alert = Alert.objects.create(
            tenant=cast.harbor, flow=cast.flow, flow_snapshot={}, text="down", source="test", opened_at=timezone.now()
        )
        step = AlertStep.objects.create(tenant=cast.harbor, alert=alert, position=0)
    page: dict[str, Any] = {"purpose": "page", "alert": alert, "alert_step": step}
    return [
        message(cast.ben, **page),
        message(cast.ben, channel="voice", **page),
        message(cast.ben, channel="email", number="", address="ben@harbor.example", **page),
        message(cast.ben, purpose="direct_message"),
        message(cast.ben, purpose="test"),
        message(cast.ben, purpose="consent_confirmation"),
        message(cast.ben, purpose="verification_code"),
    ]


def text_of(cast: Cast, path: str) -> str:
    page = html.unescape(signed_in(cast.ana).get(path).content.decode())
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.mark.row(33)
@pytest.mark.parametrize(
    ("standing", "code", "says"),
    [
        (Standing.PAST_DUE, "TENANT-1", "Past due"),
        (Standing.SUSPENDED, "TENANT-2", "Suspended"),
        (Standing.CANCELLED, "TENANT-3", "Cancelled"),
    ],
)
def test_nothing_goes_out_every_row_is_kept_with_the_reason_and_billing_shows_the_standing(
    cast: Cast, texts: Texts, standing: Standing, code: str, says: str
) -> None:
    agree(cast.ben, tenant=cast.harbor, channel="voice")
    rows = everything(cast)
    move(cast, standing)
    deliver()
    kept = [again(row) for row in rows]
    assert [(row.purpose, row.channel, row.status, row.reason) for row in kept] == [
        (row.purpose, row.channel, "skipped", code) for row in rows
    ]
    assert not any([texts(cast.ben), mail.outbox, *(attempts(row) for row in rows)])
    shown = text_of(cast, f"/admin/notifications/notification/{rows[0].pk}/change/")
    assert kept[0].reason_text in shown
    assert says.lower() in kept[0].reason_text.lower()
    billing = text_of(cast, f"/admin/billing/tenantplan/{cast.harbor.pk}/change/")
    assert re.search(rf"Standing {says} ", billing)
    move(cast, Standing.ACTIVE)
    after = message(cast.ben, purpose="test")
    deliver()
    assert again(after).status == "sent"
    assert [text["body"] for text in texts(cast.ben)] == ["The pump is down"]
    assert re.search("Standing Active ", text_of(cast, f"/admin/billing/tenantplan/{cast.harbor.pk}/change/"))


def test_a_grace_lets_everything_go_until_the_instant_at_which_it_ends(cast: Cast, texts: Texts) -> None:
    ends = timezone.now() + timedelta(hours=1)
    move(cast, Standing.PAYMENT_DUE, until=ends)
    before = message(cast.ben, purpose="test")
    after = message(cast.ben, purpose="test", at=ends, expires_at=ends + timedelta(hours=1))
    deliver()
    # Nothing has moved the standing meanwhile: the ruling knows by itself.
    deliver_due(clock=lambda: ends, owner="worker-1", for_seconds=5)
    assert [(again(row).status, again(row).reason) for row in (before, after)] == [
        ("sent", ""),
        ("skipped", "TENANT-1"),
    ]
    assert len(texts(cast.ben)) == 1

"""A page that goes by e-mail: sent after every gate, acknowledged by its link, and only by the button there."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from notifications.core.reasons import Reason
from notifications.dispatch.deliver import deliver_due
from notifications.models import Alert, Attempt, Notification, Step
from notifications.operations.alerts import fire
from notifications.queries.ack_links import ack_link
from tenants.scope import platform_scope, tenant_scope
from tests.cast import Cast, make_cast
from tests.notifications.mail.server import Mailbox


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """Everybody; the flow pages Ben by e-mail."""
    cast = make_cast()
    with tenant_scope(cast.harbor.pk):
        Step.objects.filter(flow=cast.flow).update(channels=["email"])
    return cast


def paged(cast: Cast, *, at: datetime | None = None) -> Notification:
    """Ben's page, handed over."""
    with tenant_scope(cast.harbor.pk):
        alert = fire(cast.flow, payload={"service": "Pump <1>"}, actor=None, at=at or timezone.now())
        assert isinstance(alert, Alert)
    deliver_due(clock=timezone.now, owner="w1", for_seconds=5)
    with platform_scope():
        return Notification.objects.get(alert=alert)


def path_of(row: Notification) -> str:
    return re.sub(r"^https?://[^/]+", "", ack_link(row.public_id))


def test_it_goes_without_consent_for_texts_and_says_who_pages_and_why(cast: Cast, mailbox: Mailbox) -> None:
    row = paged(cast)
    assert (row.status, row.address) == ("sent", "ben@harbor.example")
    with platform_scope():
        attempt = Attempt.objects.get(notification=row)
    assert (attempt.provider, attempt.outcome, attempt.sender_id) == ("mail", "accepted", None)
    (letter,) = mailbox.letters
    body = letter.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert letter["To"] == "ben@harbor.example"
    assert letter["Subject"] == "Harbor: Pump <1> is down"
    assert "Harbor pages Ben" in text
    assert ack_link(row.public_id).split("/ack/")[0] in text
    assert row.public_id in text


def test_opening_the_link_shows_the_page_and_the_button_alone_acknowledges_it(cast: Cast, mailbox: Mailbox) -> None:
    row = paged(cast)
    browser = Client(enforce_csrf_checks=True)
    shown = browser.get(path_of(row))
    assert (shown.status_code, "Pump &lt;1&gt; is down" in shown.content.decode()) == (200, True)
    with platform_scope():
        row.refresh_from_db()
    assert row.status == "sent"
    done = browser.post(path_of(row))
    assert "Acknowledged" in done.content.decode()
    with platform_scope():
        row = Notification.objects.select_related("alert").get(pk=row.pk)
    assert (row.status, row.acknowledged_via) == ("acknowledged", "link")
    assert row.alert is not None
    assert row.alert.acknowledged_by_id == cast.ben.pk
    again = browser.get(path_of(row)).content.decode()
    assert "Ben closed this alert" in again
    assert "<button" not in again


def test_a_link_that_is_not_ours_opens_nothing_and_an_old_one_says_so(
    cast: Cast, mailbox: Mailbox, time_machine: Any
) -> None:
    row = paged(cast)
    path = path_of(row)
    assert Client().get(path[:-1] + ("A" if path[-1] != "A" else "B")).status_code == 404
    assert Client().post("/ack/nonsense").status_code == 404
    time_machine.move_to(timezone.now() + timedelta(days=8))
    assert Client().post(path).status_code == 410
    with platform_scope():
        row.refresh_from_db()
    assert row.status == "sent"


def test_a_member_without_an_address_is_skipped_and_the_row_says_so(cast: Cast, mailbox: Mailbox) -> None:
    with tenant_scope(cast.harbor.pk):
        cast.ben.email = ""
        cast.ben.save()
    row = paged(cast)
    assert (row.status, row.reason) == ("skipped", Reason.ADDRESS_MISSING.value)
    assert mailbox.letters == []


def test_a_refused_letter_fails_in_words_and_a_broken_line_is_never_sent_twice(cast: Cast, mailbox: Mailbox) -> None:
    with tenant_scope(cast.harbor.pk):
        cast.ben.email = "gone@harbor.example"
        cast.ben.save()
    row = paged(cast)
    assert (row.status, row.reason) == ("failed", "MAIL-550")
    assert "does not exist" in row.reason_text
    with tenant_scope(cast.harbor.pk):
        cast.ben.email = "cut@harbor.example"
        cast.ben.save()
    assert paged(cast).status == "unconfirmed"
    assert mailbox.letters == []

"""From an accepted invite to the first page on the sandbox: what goes in which order, what not, and what is left."""

import io
import json
import re
from contextlib import suppress
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members.models import Member
from notifications.dispatch.deliver import deliver_due
from notifications.models import Alert, Attempt, Notification
from notifications.operations.alerts import fire
from tenants.scope import platform_scope, tenant_scope
from tests.cast import SENDER_NUMBER, Cast, add_flow
from tests.members.invited import NEW_NUMBER, Page
from tests.sandbox.process import eventually
from tests.scenarios.conftest import Story

#: A number whose last digits make the sandbox's carrier call it a landline.
SAYS_LANDLINE = "+12065553006"


def deliver(*, after: float = 0) -> None:
    """A worker's round, so many seconds from now."""
    deliver_due(clock=lambda: timezone.now() + timedelta(seconds=after), owner="worker-1", for_seconds=5)


def accepts(story: Story, *channels: str, number: str = NEW_NUMBER) -> Page:
    page = Page(Client(), story.cast)
    page.send(number=number, **page.ticks(*channels))
    return page


def code_on_handset(story: Story, number: str = NEW_NUMBER) -> str:
    """The digits as the phone shows them."""
    digits = re.search(r"\b\d{6}\b", story.texts(number)[0]["body"])
    assert digits is not None
    return digits[0]


def fires(cast: Cast, member: Member, *, name: str, channels: list[str] | None = None) -> list[Notification]:
    """Fire a flow of this one member, let a worker do its round, and return the rows."""
    with tenant_scope(cast.harbor.pk):
        flow = add_flow(cast.harbor, name=name, members=[member])
        flow.steps.update(channels=channels or ["sms"])
        alert = fire(flow, payload={"service": name}, actor=None, at=timezone.now())
    assert isinstance(alert, Alert)
    deliver()
    with platform_scope():
        return list(Notification.objects.filter(alert=alert).order_by("pk"))


def diagnosis_page(story: Story, row: Notification) -> str:
    client = Client()
    client.force_login(story.cast.ana)
    return client.get(reverse("admin:notifications_notification_do_diagnose", args=[row.pk])).content.decode()


def kept_anywhere(owner: psycopg.Connection[Any], digits: str) -> list[str]:
    """Every table that holds these digits in some column; part of a longer number or of a second is none."""
    pattern = rf"(^|[^0-9A-Za-z.]){digits}($|[^0-9A-Za-z])"
    return [
        table
        for table in connection.introspection.table_names()
        if owner.execute(f'SELECT 1 FROM "{table}" t WHERE t::text ~ %s LIMIT 1', [pattern]).fetchone()  # noqa: S608
    ]


@pytest.mark.row(15)
@pytest.mark.case("I5")
def test_code_then_confirmation_then_page_each_once(story: Story) -> None:
    page = accepts(story, "sms", "voice")
    deliver()
    assert len(story.texts(NEW_NUMBER)) == 1
    (waiting,) = fires(story.cast, page.member(), name="Before the proof")
    assert (waiting.status, waiting.reason) == ("skipped", "CONSENT-6")
    page.enter(code_on_handset(story))
    with platform_scope():
        # The page overtakes the confirmation in the queue, and waits for it all the same.
        Notification.objects.filter(purpose="consent_confirmation").update(due_at=timezone.now() + timedelta(seconds=1))
    (row,) = fires(story.cast, page.member(), name="After the proof")
    assert (row.status, row.reason) == ("held", "CONSENT-7")
    assert len(story.texts(NEW_NUMBER)) == 1
    for seconds in (2, 6, 10):
        deliver(after=seconds)
    code, confirmation, first_page = (text["body"] for text in story.texts(NEW_NUMBER))
    assert "is your code" in code
    for words in ("Harbor", "IMES", "recurring", "frequency", "rates may apply", "HELP", "STOP"):
        assert words in confirmation
    assert "After the proof is down" in first_page
    with platform_scope():
        assert Notification.objects.get(pk=row.pk).status in {"sent", "delivered"}
        attempt = Attempt.objects.get(notification=row)
        assert attempt.consent_event_public_id, "what allowed it is on the attempt"


def test_the_digits_of_a_code_are_left_nowhere(
    story: Story, owner_connection: psycopg.Connection[Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    page = accepts(story, "sms")
    with platform_scope():
        row = Notification.objects.get(purpose="verification_code")
    assert row.sealed_body
    deliver()
    digits = code_on_handset(story)
    assert kept_anywhere(owner_connection, "12345678901234567890") == []
    assert kept_anywhere(owner_connection, digits) == [], "while the code still counts"
    page.enter(digits)
    deliver(after=1)
    eventually(lambda: len(story.texts(NEW_NUMBER)) == 2)
    assert kept_anywhere(owner_connection, digits) == []
    with platform_scope():
        row.refresh_from_db()
        assert row.sealed_body == ""
        attempt = Attempt.objects.get(notification=row)
    plain = re.compile(rf"(?<![0-9A-Za-z.]){digits}(?![0-9A-Za-z])")
    told = [row.body, row.reason_text, json.dumps(attempt.trace), diagnosis_page(story, row), story.web.log("web")]
    client = Client()
    client.force_login(story.cast.ana)
    told.append(client.get(reverse("admin:notifications_notification_change", args=[row.pk])).content.decode())
    for form in ("--json", "--facts"):
        out = io.StringIO()
        with suppress(SystemExit):
            call_command("diagnose", row.public_id, form, stdout=out)
        assert row.public_id in out.getvalue()
        told.append(out.getvalue())
    told.append(caplog.text)
    assert not any(plain.search(text) for text in told)


def test_neither_digest_nor_trace_gives_a_code_away(story: Story) -> None:
    accepts(story, "sms")
    deliver()
    with platform_scope():
        first = Attempt.objects.get()
    other = Page(Client(), story.cast, email="otto@harbor.example", name="Otto")
    other.send(name="Otto", number="+18605558314", **other.ticks("sms"))
    deliver()
    with platform_scope():
        second = Attempt.objects.exclude(pk=first.pk).get()
    assert code_on_handset(story) != code_on_handset(story, "+18605558314")
    assert bytes(first.body_digest) == bytes(second.body_digest)
    assert first.trace is not None
    assert second.trace is not None
    assert first.trace["request_fields"]["Body"] == second.trace["request_fields"]["Body"]


def test_a_stop_between_asking_and_sending_keeps_the_code_from_going(story: Story) -> None:
    accepts(story, "sms")
    assert story.sandbox.reply(NEW_NUMBER, "STOP", to=SENDER_NUMBER)["webhook"]["status"] == 200
    deliver()
    with platform_scope():
        row = Notification.objects.get(purpose="verification_code")
        assert (row.status, row.reason, row.sealed_body) == ("skipped", "CONSENT-3", "")
        assert not row.attempts.exists(), "no provider was called"


def test_a_code_that_the_carrier_refuses_is_told_on_the_page_and_leaves_nothing(story: Story) -> None:
    page = accepts(story, "sms", number=SAYS_LANDLINE)
    deliver()
    eventually(lambda: page.client.get("/invite/number/state").json()["news"] == "lost")
    assert "landline" in page.client.get("/invite/number").content.decode().lower()
    with platform_scope():
        row = Notification.objects.get(purpose="verification_code")
    assert (row.status, row.sealed_body) == ("failed", "")


@pytest.mark.row(16)
@pytest.mark.case("I1")
def test_unticked_is_never_consented_which_is_not_opted_out_and_has_other_advice(story: Story) -> None:
    page = accepts(story, "voice")
    deliver()
    page.enter(code_on_handset(story))
    before = len(story.texts(NEW_NUMBER))
    by_sms, by_voice = sorted(
        fires(story.cast, page.member(), name="Unticked", channels=["sms", "voice"]), key=lambda row: row.channel
    )
    assert (by_sms.channel, by_sms.status, by_sms.reason) == ("sms", "skipped", "CONSENT-4")
    gates = {gate["gate"]: gate["opening"] for gate in (by_voice.ruling or {})["gates"]}
    assert gates["consent"] == "open", "the channel that was agreed to is used"
    with platform_scope():
        assert not by_sms.attempts.exists(), "no provider was called"
    assert len(story.texts(NEW_NUMBER)) == before
    unticked = diagnosis_page(story, by_sms)
    assert "left the SMS box unticked" in unticked
    assert "START" not in unticked
    assert story.sandbox.reply(NEW_NUMBER, "STOP", to=SENDER_NUMBER)["webhook"]["status"] == 200
    (stopped,) = fires(story.cast, page.member(), name="Opted out")
    assert (stopped.status, stopped.reason) == ("skipped", "CONSENT-3")
    opted_out = diagnosis_page(story, stopped)
    assert "texts START to" in opted_out
    client = Client()
    client.force_login(story.cast.ana)
    listed = client.get(reverse("admin:members_member_changelist")).content.decode()
    assert "Opted out" in listed


@pytest.mark.row(16)
def test_the_list_of_members_tells_never_consented_from_opted_out(story: Story) -> None:
    accepts(story)
    page = Page(Client(), story.cast)
    page.send(number=NEW_NUMBER)
    client = Client()
    client.force_login(story.cast.ana)
    listed = client.get(reverse("admin:members_member_changelist"), {"q": "Nora"}).content.decode()
    assert "Never consented" in listed
    assert "Opted out</" not in listed.split("<tbody")[-1]

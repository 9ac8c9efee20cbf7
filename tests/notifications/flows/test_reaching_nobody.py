"""A step that reached nobody is told to the tenant's admins by one e-mail, which is tried again until it went."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from members.models import Member
from notifications.flows.advance import advance_due
from notifications.flows.nobody import tell_admins
from notifications.models import Alert, AlertStep, Notification, Step
from notifications.queries.escalations import is_untold
from tenants.models import Membership
from tenants.scope import platform_scope
from tests.cast import Cast, add_member
from tests.notifications.escalating import MINUTE, Clock, dies, fires, flow_of, paged, runs_for, steps

SETTLED = timedelta(seconds=6)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def dan(harbor: Cast) -> Member:
    return add_member(harbor.harbor, name="Dan", number="+12065557001")


def _untold(clock: Clock) -> bool:
    with platform_scope():
        return is_untold(now=clock.now)


def _reaches_nobody(cast: Cast, dan: Member, clock: Clock) -> Alert:
    """Two steps that reached nobody in the same second, and one that did."""
    eve = add_member(cast.harbor, name="Eve", number="+12065557002")
    alert = fires(flow_of(cast.harbor, [cast.ben], [dan], [eve], repeats=1), at=clock.now)
    dies(alert, "Ben")
    advance_due(clock=clock)
    dies(alert, "Dan", status="failed", reason="TWILIO-21610")
    advance_due(clock=clock)
    assert paged(alert) == [(0, "Ben"), (0, "Dan"), (0, "Eve")]
    return alert


def test_once_the_dust_settled_one_e_mail_says_who_why_and_what_mends_it(
    harbor: Cast, dan: Member, clock: Clock
) -> None:
    alert = _reaches_nobody(harbor, dan, clock)
    assert not _untold(clock)
    assert tell_admins(clock=clock) == 0
    clock.passes(SETTLED)
    assert _untold(clock)
    assert tell_admins(clock=clock) == 1
    (letter,) = mail.outbox
    assert letter.to == ["ana@harbor.example"]
    assert letter.subject == "Harbor: nobody could be reached by Crane down"
    text = str(letter.body)
    for part in (
        "Step 1 of 3 reached nobody.",
        "- Ben, SMS: Not at this hour.",
        "Widen the windows of their schedule",
        "Step 2 of 3 reached nobody.",
        "- Dan, SMS:",
        "START",
        "The escalation went on without waiting for them. All of it starts again, once at most",
        f"/admin/notifications/alert/{alert.pk}/change/",
    ):
        assert part in text
    assert "+1206" not in text
    assert not _untold(clock)
    assert tell_admins(clock=clock) == 0


def test_what_was_told_of_one_round_is_not_told_of_the_next(harbor: Cast, dan: Member, clock: Clock) -> None:
    alert = fires(flow_of(harbor.harbor, [harbor.ben], [dan], repeats=1), at=clock.now)
    dies(alert, "Ben")
    runs_for(clock, SETTLED)
    assert tell_admins(clock=clock) == 1
    runs_for(clock, 5 * MINUTE, every=MINUTE)
    dies(alert, "Ben")
    runs_for(clock, SETTLED)
    assert steps(alert)[2] == (1, 0, 0, "nobody")
    assert tell_admins(clock=clock) == 0
    assert not AlertStep.objects.filter(outcome="nobody", told_at__isnull=True).exists()


def test_in_turn_it_is_told_only_where_no_place_reached_anybody(harbor: Cast, dan: Member, clock: Clock) -> None:
    flow = flow_of(harbor.harbor, [harbor.ben, dan])
    Step.objects.filter(flow=flow).update(mode=Step.Mode.IN_TURN)
    alert = fires(flow, at=clock.now)
    dies(alert, "Ben")
    runs_for(clock, SETTLED)
    assert paged(alert) == [(0, "Ben"), (1, "Dan")]
    assert Notification.objects.get(member=harbor.ben).tried_next == "Dan"
    assert tell_admins(clock=clock) == 0
    dies(alert, "Dan")
    runs_for(clock, SETTLED)
    assert tell_admins(clock=clock) == 1
    text = str(mail.outbox[0].body)
    assert "The alert reached nobody." in text
    assert "- Ben, SMS" in text
    assert "- Dan, SMS" in text
    assert "somebody has to be told in another way" in text


def test_a_mail_server_that_is_down_is_tried_again_and_holds_nothing_as_told(
    harbor: Cast, dan: Member, clock: Clock, settings: Any
) -> None:
    _reaches_nobody(harbor, dan, clock)
    clock.passes(SETTLED)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert tell_admins(clock=clock) == 0
    assert AlertStep.objects.filter(outcome="nobody", told_at__isnull=True).count() == 2
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    clock.passes(timedelta(seconds=30 - clock.now.second))
    assert _untold(clock)
    assert tell_admins(clock=clock) == 1
    assert len(mail.outbox) == 1


def test_what_was_delivered_after_all_is_not_told(harbor: Cast, dan: Member, clock: Clock) -> None:
    alert = fires(flow_of(harbor.harbor, [harbor.ben], [dan]), at=clock.now)
    dies(alert, "Ben", status="failed", reason="TWILIO-30003")
    advance_due(clock=clock)
    dies(alert, "Ben", status="delivered")
    clock.passes(SETTLED)
    assert tell_admins(clock=clock) == 0
    assert steps(alert)[0] == (0, 0, 0, "paged")
    assert not _untold(clock)


def test_a_tenant_without_an_admin_is_loud_in_the_log(
    harbor: Cast, dan: Member, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    _reaches_nobody(harbor, dan, clock)
    with platform_scope():
        Membership.objects.filter(user=harbor.ana).delete()
    clock.passes(SETTLED)
    tell_admins(clock=clock)
    assert "has no admin to tell" in caplog.text
    assert mail.outbox == []

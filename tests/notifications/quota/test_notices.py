"""Admins are mailed once at 80 %, once at 100 %, and once with what did not go; a mail server that fails is retried."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from billing.models import Plan, QuotaNotice
from billing.operations import reserve, top_up
from notifications.operations.quota_mail import MOST_TEXTS, mail_notices
from notifications.operations.usage import keep_up
from tenants.models import Membership, Role, User
from tenants.scope import platform_scope
from tests.billing.charged import want
from tests.billing.test_metering_at_once import at_once
from tests.cast import Cast
from tests.notifications.dispatch.conftest import message
from tests.notifications.quota.conftest import deliver, limit

pytestmark = pytest.mark.django_db


@pytest.fixture
def used(cast: Cast) -> Callable[[int], None]:
    """Reserve for so many messages of Harbor's."""
    numbers = iter(range(10**6, 2 * 10**6))

    def reserved(count: int) -> None:
        with platform_scope():
            reserve([want(cast.harbor, next(numbers)) for _ in range(count)], at=timezone.now())

    return reserved


def rounds(*, minutes: int = 0) -> list[Any]:
    """Two rounds of the worker, so that what the first noticed is gathered; the mails that went."""
    mail.outbox.clear()
    at = timezone.now() + timedelta(minutes=minutes)
    keep_up(at=at)
    keep_up(at=at + timedelta(seconds=15))
    return list(mail.outbox)


def test_each_part_of_a_limit_is_told_once_and_again_after_a_top_up(cast: Cast, used: Callable[[int], None]) -> None:
    limit(cast.harbor, notifications=10)
    used(7)
    assert rounds() == []
    used(1)
    (nearly,) = rounds()
    assert nearly.to == ["ana@harbor.example"]
    assert nearly.subject == "Harbor: 80 % of the monthly limit of notifications is used"
    assert "8 of 10 notifications are used or under way." in nearly.body
    assert "Nothing is held up yet" in nearly.alternatives[0][0]
    assert f"/admin/billing/tenantplan/{cast.harbor.pk}/change/" in nearly.body
    used(1)
    assert rounds() == []
    used(1)
    (used_up,) = rounds()
    assert used_up.subject == "Harbor: The monthly limit of notifications is used up"
    assert rounds() == []
    with platform_scope():
        Plan.objects.filter(is_default=True).update(monthly_notifications=10)
    top_up(cast.harbor, notifications=10, segments=0, calls=0, reason="storm", actor=cast.pat, at=timezone.now())
    used(10)
    (again,) = rounds()
    assert "20 of 20 notifications" in again.body


def test_what_did_not_go_is_in_the_mail_with_its_text_and_its_recipient(cast: Cast) -> None:
    limit(cast.harbor, notifications=0)
    for number in range(MOST_TEXTS + 2):
        message(cast.ben, body=f"Pump {number:03} is down, {{not}} a <template>")
    deliver()
    (told,) = rounds()
    assert told.subject == "Harbor: 52 messages did not go: the monthly limit of notifications is reached"
    text, (html, kind) = told.body, told.alternatives[0]
    assert "SMS to Ben (ntf_" in text
    assert "Pump 000 is down, {not} a <template>" in text
    assert ("Pump 049" in text, "Pump 050" in text, "And 2 more, which are in the log." in text) == (True, False, True)
    assert "status__exact=quota_exceeded" in text
    assert (kind, "a &lt;template&gt;" in html, "<template>" in html) == ("text/html", True, False)
    message(cast.ben, body="One more")
    deliver()
    assert rounds(minutes=1) == []


def test_only_admins_who_can_sign_in_are_told(cast: Cast, used: Callable[[int], None]) -> None:
    with platform_scope():
        gone = User.objects.create_user("gone@harbor.example", "x" * 12, is_active=False)
        second = User.objects.create_user("second@harbor.example", "x" * 12)
        for user in (gone, second):
            Membership.objects.create(tenant=cast.harbor, user=user, role=Role.ADMIN)
    limit(cast.harbor, notifications=1)
    used(1)
    (told,) = rounds()
    assert told.to == ["ana@harbor.example", "second@harbor.example"]


def test_a_mail_server_that_fails_is_tried_again(cast: Cast, used: Callable[[int], None], settings: Any) -> None:
    limit(cast.harbor, notifications=1)
    used(1)
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = (
        "django.core.mail.backends.smtp.EmailBackend",
        "127.0.0.1",
        9,
    )
    rounds()
    with platform_scope():
        assert set(QuotaNotice.objects.values_list("sent_at", flat=True)) == {None}
    settings.EMAIL_BACKEND = working
    assert len(rounds(minutes=1)) == 1
    with platform_scope():
        assert QuotaNotice.objects.filter(sent_at__isnull=True).count() == 0


def test_a_letter_that_cannot_be_made_keeps_no_other_tenant_from_being_told(
    cast: Cast, used: Callable[[int], None]
) -> None:
    limit(cast.harbor, notifications=1)
    limit(cast.ridge, notifications=1)
    used(1)
    with platform_scope():
        reserve([want(cast.ridge, 1)], at=timezone.now())
        # Two addresses in one are none.
        User.objects.filter(email="ana@harbor.example").update(email="ana@harbor.example\n,x")
    (told,) = rounds()
    assert told.subject.startswith("Ridge: ")
    with platform_scope():
        assert QuotaNotice.objects.filter(tenant=cast.harbor, sent_at__isnull=True).exists()


def test_workers_at_once_mail_it_once(cast: Cast, used: Callable[[int], None]) -> None:
    limit(cast.harbor, notifications=1)
    used(1)
    keep_up(at=timezone.now())
    mail.outbox.clear()
    later = timezone.now() + timedelta(seconds=15)
    assert sum(at_once(lambda _: mail_notices(at=later), workers=6)) == 1
    assert len(mail.outbox) == 1

"""A tenant's month is used up: the row, its page, the diagnosis, the mail, and how it goes after a top-up."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from billing.models import Plan
from billing.operations import reserve, top_up
from notifications.models import Notification
from notifications.operations.resend import Resent, resend
from notifications.operations.usage import keep_up
from tenants.scope import platform_scope
from tests.billing.charged import want
from tests.cast import Cast
from tests.notifications.diagnosis.conftest import Fires, fire  # noqa: F401
from tests.notifications.dispatch.conftest import again
from tests.notifications.quota.conftest import charge_of, deliver, later
from tests.sandbox.process import RunningSandbox


def spoken(client: Client, path: str) -> str:
    page = client.get(path, follow=True).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.mark.row(26)
def test_a_page_over_the_limit_says_so_is_mailed_and_goes_after_a_top_up(
    cast: Cast,
    fire: Fires,  # noqa: F811
    sandbox: RunningSandbox,
) -> None:
    with platform_scope():
        Plan.objects.filter(is_default=True).update(monthly_notifications=1001)
        reserve([want(cast.harbor, 10**6 + number) for number in range(1000)], at=timezone.now())
    ana = Client()
    ana.force_login(cast.ana)
    (first,) = fire(cast.ben)
    (row,) = fire(cast.ben)
    deliver()
    row = again(row)
    assert (again(first).status, row.status, row.reason) == ("sent", "quota_exceeded", "QUOTA-1")
    said = (
        "The monthly limit of 1,001 notifications is reached: 1,001 are used, and this message needs 1. It starts anew"
    )
    assert said in row.reason_text
    reset = re.search(r"anew on (1 \w+ \d{4})", row.reason_text)
    assert reset is not None

    log = spoken(ana, "/admin/notifications/notification/")
    assert "Quota exceeded" in log
    story = f"/admin/notifications/notification/{row.pk}/change/"
    assert f"{said} on {reset[1]}. Open Billing" in spoken(ana, story)
    diagnosis = f"/admin/notifications/notification/{row.pk}/do/diagnose/"
    answer = spoken(ana, diagnosis)
    assert f"{row} Quota exceeded SMS to" in answer
    for part in ("limit of 1,001 notifications was reached", "1,001 of 1,001 used", reset[1], "Open Billing"):
        assert part in answer
    assert f"/admin/billing/tenantplan/{cast.harbor.pk}/change/" in ana.get(diagnosis).content.decode()
    billing = spoken(ana, f"/admin/billing/tenantplan/{cast.harbor.pk}/change/")
    assert "1,001 of 1,001" in billing
    assert "limit of notifications is used up" in billing

    mail.outbox.clear()
    for seconds in (0, 15):
        keep_up(at=later(seconds))
    (told,) = mail.outbox
    assert (told.to, row.body in told.body, "to Ben" in told.body) == (["ana@harbor.example"], True, True)
    assert reset[1] in told.body

    top_up(cast.harbor, notifications=1, segments=0, calls=0, reason="storm", actor=cast.pat, at=timezone.now())
    assert "1,001 of 1,002 used" in spoken(ana, diagnosis)
    sent = resend([row], actor=cast.ana, once="once", at=timezone.now())
    assert isinstance(sent, Resent)
    deliver()
    with platform_scope():
        second = Notification.objects.get(resend_of=row)
    assert (second.status, charge_of(second.pk), again(row).status) == ("sent", "settled", "quota_exceeded")

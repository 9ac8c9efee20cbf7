"""Ana sends by hand, and what goes follows the column of SMS Limits; told by the row, the page and the diagnosis."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.models import Allowance, Plan
from notifications.dispatch.deliver import deliver_due
from notifications.models import Notification
from notifications.operations.direct import Sent, send_direct
from tenants.scope import platform_scope, tenant_scope
from tests.admin.parts import signed_in
from tests.billing.limits_page import opened, read
from tests.cast import BEN_NUMBER, Cast
from tests.sandbox.process import RunningSandbox


class Story:
    """Harbor, where nobody has an allowance yet; Ana writes to Ben."""

    def __init__(self, cast: Cast, sandbox: RunningSandbox) -> None:
        self.cast, self.sandbox = cast, sandbox
        self.ana: Client = signed_in(cast.ana)
        self.sent = 0
        with platform_scope():
            Allowance.objects.filter(tenant=cast.harbor).delete()

    def sends(self) -> Notification:
        """Ana sends one message by hand, a worker does its round, and this is the row."""
        self.sent += 1
        done = send_direct(
            [self.cast.ben], text=f"Gate {self.sent}", actor=self.cast.ana, once=f"once-{self.sent}", at=timezone.now()
        )
        assert isinstance(done, Sent)
        deliver_due(clock=timezone.now, owner="worker-1", for_seconds=5)
        with tenant_scope(self.cast.harbor.pk):
            return Notification.objects.get(pk=done.rows[0].pk)

    def allows(self, typed: str) -> None:
        """Ana enters her own allowance in the list's column and presses Save."""
        assert "Saved: Ana" in opened(self.ana).save({self.cast.ana: typed}).text

    @property
    def texts(self) -> list[str]:
        """What Ben's handset got of hers."""
        found = self.sandbox.get("/messages", to=BEN_NUMBER)
        return [which for text in found for which in re.findall(r"Gate (\d)", text["body"])]

    def why(self, row: Notification) -> tuple[str, str]:
        return row.status, row.reason

    def diagnosis(self, row: Notification) -> str:
        page = reverse("admin:notifications_notification_do_diagnose", args=[row.pk])
        return self.ana.get(page).content.decode()


@pytest.fixture
def story(cast: Cast, sandbox: RunningSandbox) -> Story:
    return Story(cast, sandbox)


@pytest.mark.row(42, 43)
def test_blank_zero_and_used_up_stop_her_each_by_its_own_name_and_a_number_or_unlimited_does_not(story: Story) -> None:
    blank = story.sends()
    assert story.why(blank) == ("skipped", "ALLOWANCE-1")
    assert "blank, which means that they cannot send" in blank.reason_text
    page = story.diagnosis(blank)
    assert "The daily allowance of Ana was blank, which means cannot send, and not unlimited." in read(page)
    assert reverse("admin:billing_allowance_changelist") in page
    assert "Blank and 0 both mean: cannot send." in opened(story.ana).text
    story.allows("0")
    zero = story.sends()
    assert story.why(zero) == ("skipped", "ALLOWANCE-2")
    assert "The daily allowance of Ana was 0, which means cannot send." in read(story.diagnosis(zero))
    story.allows("1")
    went, used_up = story.sends(), story.sends()
    assert went.status in {"sent", "delivered"}
    assert story.why(used_up) == ("skipped", "ALLOWANCE-3")
    assert "1 of 1" in used_up.reason_text
    assert "Ana had used up the daily allowance: 1 of 1." in read(story.diagnosis(used_up))
    assert "Used up: 1 of 1" in opened(story.ana).text
    story.allows("*")
    assert story.sends().status in {"sent", "delivered"}
    assert story.texts == ["3", "5"]
    # What was blank then is told as it was, and that it was mended.
    assert "This has been mended since" in read(story.diagnosis(blank))


@pytest.mark.row(44, 45)
def test_without_the_module_nobody_sends_or_edits_and_with_it_an_administrator_does_both(story: Story) -> None:
    story.allows("5")
    with platform_scope():
        Plan.objects.filter(is_default=True).update(has_sms_limits=False)
    row = story.sends()
    assert story.why(row) == ("skipped", "ALLOWANCE-4")
    told = read(story.diagnosis(row))
    assert "Module not enabled: the plan of Harbor does not have SMS Limits" in told
    assert re.search(r"SMS Limits:? module not enabled", told)
    page = opened(story.ana)
    assert "Module not enabled." in page.text
    assert page.fields == {}
    with platform_scope():
        Plan.objects.filter(is_default=True).update(has_sms_limits=True)
    # The second condition: a viewer reads the list and cannot edit it, though the module is there.
    page = opened(signed_in(story.cast.vic))
    assert "You are not an administrator of Harbor" in page.text
    assert page.fields == {}
    story.allows("6")
    row = story.sends()
    assert row.status in {"sent", "delivered"}
    assert re.search(r"SMS Limits:? enabled", read(story.diagnosis(row)))
    assert story.texts == ["2"]

"""Billing and SMS Limits in a real browser: usable by keyboard and by eye, wide, narrow, light and dark."""

from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import Portal
from tests.browser.test_accessible import LOOKS, TAGS, Checked

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

PASSWORD = "harbor-demo-2026"
USED = """
from django.utils import timezone
from billing.metering import present_month
from billing.models import UsageDay, UsageMonth
from billing.months import month_at
from tenants.models import Tenant
from tenants.scope import platform_scope
now = timezone.now()
with platform_scope():
    harbor = Tenant.objects.get(slug="harbor")
    month = present_month(harbor.pk, zone=harbor.time_zone, at=now)
    UsageMonth.objects.filter(pk=month).update(notifications_used=410, notifications_reserved=2, segments_used=820)
    today = month_at(now, zone=harbor.time_zone).today
    UsageDay.objects.update_or_create(tenant=harbor, day=today, channel="sms", defaults={"notifications": 450})
    UsageDay.objects.update_or_create(tenant=harbor, day=today, channel="voice", defaults={"notifications": 10})
"""


def look(checked: Checked, name: str) -> None:
    """As `Checked.look`, over what is ours inside the admin's frame."""
    page = checked.page
    for scheme, size in LOOKS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(size)  # type: ignore[arg-type]
        found = checked.axe.run(page, context=".pt-page", options={"runOnly": TAGS}).response
        told = [f"{rule['id']} ({scheme}): {node['target']}" for rule in found["violations"] for node in rule["nodes"]]
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        told += [f"it scrolls sideways by {wider} ({scheme})"] if wider > 0 else []
        if told or not found["passes"]:
            checked.found[f"{name}, {scheme}"] = told


def test_a_tenant_admin_reads_billing_and_sets_allowances(portal: Portal, chromium: "Browser") -> None:
    portal.shell(USED)
    checked = Checked(chromium.new_context().new_page())
    page = checked.page
    page.goto(f"{portal.url}/admin/login/?next=/admin/billing/tenantplan/")
    page.get_by_label("Email").fill("ana@harbor.example")
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Usage by day").wait_for()
    page.get_by_role("img", name="Notifications by day and channel").wait_for()
    page.get_by_text("The same as a table").click()
    page.get_by_role("cell", name="450").first.wait_for()
    look(checked, "billing")
    page.goto(f"{portal.url}/admin/billing/allowance/")
    field = page.get_by_label("Daily allowance of Ana Reyes")
    unlimited = page.get_by_role("row", name="Ana Reyes").get_by_label("Unlimited")
    assert field.input_value() == "50"
    # Ticking the box empties the field, and unticking it brings the number back.
    unlimited.check()
    assert (field.input_value(), field.get_attribute("placeholder")) == ("", "unlimited")
    unlimited.uncheck()
    assert field.input_value() == "50"
    look(checked, "SMS limits")
    field.fill("fifty")
    field.press("Enter")
    page.get_by_text("Nothing was saved yet").wait_for()
    assert field.input_value() == "fifty"
    look(checked, "SMS limits, with a line to mend")
    field.fill("40")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved: Ana Reyes 40 a day.").wait_for()
    assert checked.found == {}

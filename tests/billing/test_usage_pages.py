"""Usage on its pages: a tenant's Billing, the list of all tenants, a top-up in two steps, and the file of a month."""

import csv
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing.metering import present_month
from billing.models import Plan, StandingChange, TopUp, UsageDay, UsageMonth
from billing.operations import move_standing, subscribe
from tenants.models import AuditDetail, AuditEntry, Standing, Tenant
from tenants.scope import platform_scope
from tests.admin.parts import signed_in
from tests.billing.limits_page import read
from tests.cast import Cast, make_cast

NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
USAGE = "/admin/billing/usagemonth/"


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    """Harbor has plan Team and used 403 of its 500 notifications by the 20th; Ridge has no limits and used nothing."""
    with time_machine.travel(NOW, tick=False):
        cast = make_cast()
        with platform_scope():
            team = Plan.objects.create(
                name="Team", monthly_notifications=500, monthly_segments=1000, monthly_calls=100, member_limit=25
            )
            subscribe(cast.harbor, plan=team, actor=cast.pat, at=NOW)
            used(cast.harbor)
        yield cast


def used(tenant: Tenant) -> None:
    month = present_month(tenant.pk, zone=tenant.time_zone, at=NOW)
    UsageMonth.objects.filter(pk=month).update(notifications_used=400, notifications_reserved=3, segments_used=610)
    UsageMonth.objects.create(
        tenant=tenant, starts_on=date(2026, 10, 1), resets_on=date(2026, 11, 1), notifications_used=77
    )
    UsageDay.objects.create(tenant=tenant, day=date(2026, 11, 9), channel="sms", notifications=390, segments=600)
    UsageDay.objects.create(tenant=tenant, day=date(2026, 11, 19), channel="voice", notifications=10, calls=10)
    UsageDay.objects.create(tenant=tenant, day=date(2026, 10, 3), channel="sms", notifications=77, segments=80)


def door(cast: Cast, action: str = "") -> str:
    page = f"/admin/billing/tenantplan/{cast.harbor.pk}/"
    return f"{page}do/{action}/" if action else f"{page}change/"


def shown(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return read(answer.content.decode())


def test_the_billing_page_tells_standing_month_pace_days_and_history(cast: Cast) -> None:
    until = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
    move_standing(
        cast.harbor,
        to=Standing.PAYMENT_DUE,
        until=until,
        reason="invoice 7 is open",
        source=StandingChange.Source.BY_HAND,
        actor=cast.pat,
        at=NOW,
    )
    client = signed_in(cast.vic)
    page = shown(client, door(cast))
    assert "Payment due until 25 Nov 2026, 12:00 UTC (in 5 days)" in page
    assert "Everything is sent until the end of the grace" in page
    assert "Pay the open invoice before the grace ends" in page
    assert "Plan Team Since 20 Nov 2026" in page
    assert "Team members 1 of 25" in page
    assert "This month: November 2026" in page
    assert "It starts anew on 1 December, midnight in UTC" in page
    assert re.search(
        r"Notifications 403 of 500 .*?Used 400 Under way 3 Left 97 At this pace 610 of 500: runs out", page
    )
    assert re.search(r"SMS segments 610 of 1,000", page)
    assert "390 by SMS and 10 by voice on 2 days; most on 9 November, 390." in page
    assert "9 Nov 2026 390 600 0" in page
    assert re.search(r"October 2026 77 80 0 CSV|October 2026 77 0 0 CSV", page)
    assert "Standing moved from Active to Payment due until 25 Nov 2026, 12:00 UTC, by Pat: invoice 7 is open" in page
    assert "Plan Team began" in page
    assert "Top up" not in page
    html = client.get(door(cast)).content.decode()
    (drawing,) = re.findall(r'<svg class="bl-days".*?</svg>', html, re.DOTALL)
    assert 'role="img" aria-labelledby="chart-title chart-desc"' in drawing
    assert drawing.count('class="bl-sms"') == 2
    assert " style=" not in drawing


def test_a_move_by_stripe_names_it_once(cast: Cast) -> None:
    moved = {"until": None, "source": StandingChange.Source.STRIPE, "actor": None, "at": NOW}
    move_standing(cast.harbor, to=Standing.PAST_DUE, reason="Stripe: the subscription is unpaid", **moved)  # type: ignore[arg-type]
    said = "Standing moved from Active to Past due, by Stripe: the subscription is unpaid"
    assert said in shown(signed_in(cast.ana), door(cast))


def test_an_unused_month_says_so(cast: Cast) -> None:
    page = shown(signed_in(cast.cleo), f"/admin/billing/tenantplan/{cast.ridge.pk}/change/")
    assert "None yet. The first SMS seat that is given begins plan Standard, whose limits hold already." in page
    assert "0 without limit" in page
    assert "Nothing has gone out this month yet" in page
    assert "This is the first month" in page


def test_a_top_up_shows_what_the_limits_become_and_then_adds_it_once(cast: Cast) -> None:
    pat, path = signed_in(cast.pat), door(cast, "top-up")
    assert signed_in(cast.ana).get(path).status_code == 404
    assert "Enter how much to add" in read(pat.post(path, {"reason": "a storm"}).content.decode())
    typed = {"notifications": "250", "segments": "", "calls": "0", "reason": "a storm"}
    page = pat.post(path, typed).content.decode()
    assert "Notifications 500 250 750 347" in read(page)
    assert "SMS segments 1,000 0 1,000 390" in read(page)
    with platform_scope():
        assert not TopUp.objects.exists()
    (seen,) = re.findall(r'name="seen" value="([^"]+)"', page)
    confirmed = {**typed, "seen": seen, "confirmed": "1"}
    assert pat.post(path, confirmed).status_code == 302
    again = read(pat.post(path, confirmed).content.decode())
    assert "The limits changed after this page was opened" in again
    assert "Notifications 750 250 1,000" in again
    with platform_scope():
        (row,) = TopUp.objects.all()
        assert (row.tenant_id, row.notifications, row.segments, row.calls) == (cast.harbor.pk, 250, 0, 0)
    page = shown(signed_in(cast.ana), door(cast))
    assert "403 of 750" in page
    assert "250 notifications for November 2026: a storm 20 Nov 2026, 20:00 UTC by Pat" in page


def test_one_is_said_as_one_and_a_limit_that_is_reached_stands_beside_the_standing(cast: Cast) -> None:
    ana = signed_in(cast.ana)
    assert "Whatever the standing" not in shown(ana, door(cast))
    with platform_scope():
        month = UsageMonth.objects.get(tenant=cast.harbor, starts_on=date(2026, 11, 1))
        TopUp.objects.create(
            tenant=cast.harbor, month=month, notifications=1, calls=1, actor=cast.pat, at=NOW, reason="a storm"
        )
        UsageMonth.objects.filter(pk=month.pk).update(notifications_used=497)
    page = shown(ana, door(cast))
    assert "1 notification, 1 call for November 2026: a storm" in page
    assert "Whatever the standing: a limit of this month is reached (Notifications). See This month" in page


def test_a_plan_without_limits_has_nothing_to_add_to(cast: Cast) -> None:
    path = f"/admin/billing/tenantplan/{cast.ridge.pk}/do/top-up/"
    pat = signed_in(cast.pat)
    assert "has no monthly limits: there is nothing to add to" in shown(pat, path)
    pat.post(path, {"notifications": "5", "reason": "x", "seen": "", "confirmed": "1"})
    with platform_scope():
        assert not TopUp.objects.exists()


def test_the_file_of_a_month_has_its_days_and_its_download_is_audited(cast: Cast) -> None:
    with platform_scope():
        Tenant.objects.filter(pk=cast.harbor.pk).update(name="=Harbor")
    client, path = signed_in(cast.vic), door(cast, "usage-csv")
    assert "November 2026 October 2026" in shown(client, path)
    assert signed_in(cast.cleo).post(path, {"month": "2026-11"}).status_code == 404
    assert "Select a valid choice" in read(client.post(path, {"month": "2020-01"}).content.decode())
    answer = client.post(path, {"month": "2026-11"})
    assert answer.streaming
    assert answer["Content-Disposition"] == 'attachment; filename="usage-harbor-2026-11.csv"'
    lines = list(csv.reader(answer.getvalue().decode().splitlines()))
    assert lines[1:] == [
        ["'=Harbor", "2026-11-09", "sms", "390", "600", "0"],
        ["'=Harbor", "2026-11-19", "voice", "10", "0", "10"],
    ]
    with platform_scope():
        entry = AuditEntry.objects.get(code="billing.usage_exported")
        assert (entry.actor_id, entry.tenant_id) == (cast.vic.pk, cast.harbor.pk)
        assert AuditDetail.objects.get(entry=entry).data == {"month": "2026-11", "lines": 2}


def test_the_platform_sees_all_tenants_the_fullest_first_and_narrows_them(cast: Cast) -> None:
    for nobody in (cast.ana, cast.vic):
        assert signed_in(nobody).get(USAGE).status_code == 404
    sam = signed_in(cast.sam)
    page = shown(sam, USAGE)
    assert "2 tenants" in page
    assert re.search(r"Harbor Active Team 403 of 500 610 of 1,000 0 of 100 80 % Notifications: At this pace", page)
    assert page.index("Harbor Active") < page.index("Ridge Active")
    found = {query: re.findall(r"(Harbor|Ridge) Active", shown(sam, f"{USAGE}?{query}")) for query in QUERIES}
    assert found == QUERIES
    assert f"/admin/billing/tenantplan/{cast.harbor.pk}/change/" in sam.get(USAGE).content.decode()


QUERIES = {
    "q=ridg": ["Ridge"],
    "shown=soon": ["Harbor"],
    "shown=tight": ["Harbor"],
    "shown=reached": [],
    "shown=unlimited": ["Ridge"],
    "plan=Team": ["Harbor"],
    "standing=suspended": [],
    "standing=active&page=x": ["Harbor", "Ridge"],
}


def test_the_list_costs_the_same_for_two_tenants_and_for_forty(cast: Cast) -> None:
    sam = signed_in(cast.sam)

    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert sam.get(USAGE).status_code == 200
        return len(seen)

    few = cost()
    with platform_scope():
        for place in range(40):
            tenant = Tenant.objects.create(name=f"T {place}", slug=f"t-{place}", standing=Standing.ACTIVE)
            present_month(tenant.pk, zone="UTC", at=NOW)
    assert cost() == few
    assert few <= 20

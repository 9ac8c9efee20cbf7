"""The page that moves a standing, and the line about it above every page."""

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.notices import notice_of
from billing.stripe.linking import customer_of
from tenants import notices
from tenants.models import Standing, Tenant
from tenants.notices import Notice
from tenants.scope import platform_scope
from tests.admin.parts import signed_in
from tests.cast import Cast, make_cast

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def pat(cast: Cast) -> Client:
    return signed_in(cast.pat)


def action(cast: Cast, name: str) -> str:
    return f"/admin/billing/tenantplan/{cast.harbor.pk}/do/{name}/"


def words(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.unescape(response.content.decode())))


def has(cast: Cast, standing: Standing, *, until: datetime | None = None) -> None:
    with platform_scope():
        Tenant.objects.filter(pk=cast.harbor.pk).update(standing=standing, standing_until=until)


def stands(cast: Cast) -> str:
    with platform_scope():
        return Tenant.objects.get(pk=cast.harbor.pk).standing


def test_the_form_offers_the_moves_that_there_are_and_no_other(cast: Cast, pat: Client) -> None:
    def offered() -> list[str]:
        return re.findall(r'<option value="(\w+)"', pat.get(action(cast, "move-standing")).content.decode())

    assert offered() == ["trial", "payment_due", "past_due", "suspended", "cancelled"]
    has(cast, Standing.CANCELLED)
    assert offered() == ["trial", "active"]
    refused = pat.post(action(cast, "move-standing"), {"standing": "past_due", "reason": "x"})
    assert "Select a valid choice" in words(refused)
    assert stands(cast) == "cancelled"


def test_what_does_not_fit_is_said_at_its_field_and_what_fits_is_kept(cast: Cast, pat: Client) -> None:
    page = action(cast, "move-standing")
    asked = {"standing": "payment_due", "reason": "invoice 17"}
    assert "Say until when: payment due is a grace, which ends." in words(pat.post(page, asked))
    past = {**asked, "until_0": "2020-01-01", "until_1": "12:00"}
    assert "This is over already. Choose a later time, or past due." in words(pat.post(page, past))
    ending = {**asked, "until_0": "2999-01-01", "until_1": "12:00"}
    assert "Leave it empty: suspended has no end." in words(pat.post(page, {**ending, "standing": "suspended"}))
    assert stands(cast) == "active"
    done = words(pat.post(page, ending, follow=True))
    assert "From now on the standing of Harbor is payment due (until 1 Jan 2999, 12:00 UTC)." in done
    assert stands(cast) == "payment_due"
    history = words(signed_in(cast.ana).get(f"/admin/billing/tenantplan/{cast.harbor.pk}/change/"))
    assert "invoice 17" in history


def test_a_customer_of_stripe_is_linked_by_its_id_and_by_nothing_else(cast: Cast, pat: Client) -> None:
    page = action(cast, "link-customer")
    assert "No webhook of Stripe is set up yet" in words(pat.get(page))
    for wrong in ("", "harbor", "sub_123", "cus_", "cus_12 34"):
        assert pat.post(page, {"customer": wrong}).status_code == 200
    assert "it begins with cus_" in words(pat.post(page, {"customer": "sub_123"}))
    done = pat.post(page, {"customer": " cus_Harbor17 "}, follow=True)
    assert "Harbor is cus_Harbor17 at Stripe." in words(done)
    with platform_scope():
        linked = customer_of(cast.harbor.pk)
    assert linked is not None
    assert linked.customer_ref == "cus_Harbor17"


@pytest.mark.parametrize(
    ("standing", "days", "tone", "says"),
    [
        (Standing.ACTIVE, None, None, ""),
        (Standing.TRIAL, None, "info", "Harbor is on trial, without an end date so far."),
        (
            Standing.TRIAL,
            5,
            "info",
            "until 25 Nov 2026, 18:00 UTC (in 5 days). Everything works until then; after it no",
        ),
        (Standing.TRIAL, -1, "danger", "Harbor: the trial has ended, so nothing is sent. Triggers are accepted"),
        (Standing.PAYMENT_DUE, 1, "warning", "payment is due by 21 Nov 2026, 18:00 UTC (tomorrow). Everything is sent"),
        (Standing.PAYMENT_DUE, 0, "danger", "the payment is past due, so nothing is sent"),
        (Standing.PAST_DUE, None, "danger", "nothing is sent. Triggers are accepted, and their pages are kept as Skip"),
        (Standing.SUSPENDED, None, "danger", "Harbor is suspended: nothing is sent, and triggers are refused."),
        (Standing.CANCELLED, None, "danger", "Harbor is cancelled: nothing is sent, and triggers are refused."),
    ],
)
def test_each_standing_says_what_it_means_and_by_when(
    cast: Cast, standing: Standing, days: int | None, tone: str | None, says: str
) -> None:
    cast.harbor.standing = standing
    cast.harbor.standing_until = None if days is None else NOW + timedelta(days=days)
    found = notice_of(cast.harbor, at=NOW)
    assert (found.tone if found else None) == tone
    assert says in (found.text if found else "")
    assert found is None or found.link == f"/admin/billing/tenantplan/{cast.harbor.pk}/change/"


PAGES = (
    "/admin/",
    "/admin/members/member/",
    "/admin/members/invite/import/",
    "/admin/tenant/",
    "/admin/password_change/",
)
GRACE = "Harbor: payment is due by"


def test_the_line_stands_above_every_page_of_those_who_read_and_nowhere_else(cast: Cast) -> None:
    has(cast, Standing.PAYMENT_DUE, until=timezone.now() + timedelta(days=3))
    member = f"/admin/members/member/{cast.ben.pk}/change/"
    tenant = f"/admin/tenants/tenant/{cast.harbor.pk}/change/"
    for user in (cast.ana, cast.vic):
        client = signed_in(user)
        for page in (*PAGES[:2], member, tenant, *PAGES[3:]):
            shown = client.get(page)
            assert GRACE in words(shown), page
            assert 'class="pt-banner pt-banner-warning" role="status"' in shown.content.decode()
    assert GRACE in words(signed_in(cast.ana).get(PAGES[2]))
    for user in (cast.cleo, cast.pat, cast.sam):
        assert GRACE not in words(signed_in(user).get("/admin/"))
    opened = signed_in(cast.pat)
    opened.post("/admin/tenant/", {"tenant": cast.harbor.public_id})
    assert GRACE in words(opened.get("/admin/"))
    has(cast, Standing.ACTIVE)
    assert GRACE not in words(signed_in(cast.ana).get("/admin/"))


def test_the_line_costs_no_query(cast: Cast) -> None:
    client = signed_in(cast.ana)
    client.get("/admin/members/member/")
    costs = []
    for standing in (Standing.ACTIVE, Standing.SUSPENDED):
        has(cast, standing)
        with CaptureQueriesContext(connection) as asked:
            client.get("/admin/members/member/")
        costs.append(len(asked))
    assert costs[0] == costs[1]


def test_other_sources_have_their_say_and_the_worst_comes_first(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "_sources", [*notices._sources])
    has(cast, Standing.TRIAL)

    def source(request: HttpRequest) -> list[Notice]:
        return [Notice("danger", "80 % of the month is used.")]

    notices.install(source)
    notices.install(source)
    shown = words(signed_in(cast.ana).get("/admin/"))
    assert shown.count("80 % of the month is used.") == 1
    assert shown.index("80 % of the month is used.") < shown.index("Harbor is on trial")

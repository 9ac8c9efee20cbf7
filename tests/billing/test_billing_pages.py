"""The Billing page: a tenant reads its plan and seats; a platform admin changes the plan and is told whom it costs."""

import re

import pytest
from django.test import Client

from billing.models import Plan, Subscription
from billing.queries import seats_of
from tenants.scope import platform_scope, tenant_scope
from tests.admin.parts import signed_in
from tests.cast import Cast, add_member, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    cast = make_cast()
    with tenant_scope(cast.harbor.pk):
        add_member(cast.harbor, name="Nora", number="+12065550143")
    with platform_scope():
        Plan.objects.create(name="Single", sms_seats=1)
        Plan.objects.create(name="Old", sms_seats=9, is_offered=False)
    return cast


def page(cast: Cast) -> str:
    return f"/admin/billing/tenantplan/{cast.harbor.pk}/change/"


def text_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_a_tenant_admin_reads_plan_seats_and_holders_and_changes_nothing(cast: Cast) -> None:
    shown = text_of(signed_in(cast.ana), page(cast))
    assert "Standard" in shown
    assert "2, without limit" in shown
    assert "Ben got a seat" in shown
    assert "Change plan" not in shown
    assert signed_in(cast.cleo).get(page(cast)).status_code == 404
    assert signed_in(cast.ana).get(f"{page(cast)[:-7]}do/change-plan/").status_code == 404


def test_before_a_plan_is_changed_the_page_names_who_keeps_and_who_loses_a_seat(cast: Cast) -> None:
    shown = text_of(signed_in(cast.pat), f"{page(cast)[:-7]}do/change-plan/")
    assert re.search(
        r"Single A month: No limit. Team members: No limit. SMS seats: 1. Modules: SMS Limits. Ben Nora", shown
    )
    assert "SMS stays off for everybody" in shown
    assert "Old" not in shown
    with tenant_scope(cast.harbor.pk):
        assert Subscription.objects.get().plan.name == "Standard"


def test_a_platform_admin_changes_the_plan_on_the_second_page(cast: Cast) -> None:
    pat, single = signed_in(cast.pat), Plan.objects.get(name="Single")
    unnamed = pat.post(f"{page(cast)[:-7]}do/change-plan/", {})
    assert unnamed.status_code == 200
    answer = pat.post(f"{page(cast)[:-7]}do/change-plan/", {"plan": single.pk}, follow=True)
    assert "has plan Single from now on" in answer.content.decode()
    with tenant_scope(cast.harbor.pk):
        assert list(seats_of([cast.ben.pk, cast.ben.pk + 1])) == [cast.ben.pk]
    history = text_of(signed_in(cast.ana), page(cast))
    assert "Nora lost it, by Pat: the plan changed to Single" in history


def test_what_a_plan_has_is_fixed_once_a_tenant_has_it_and_new_tenants_get_one(cast: Cast) -> None:
    pat = signed_in(cast.pat)
    standard, single = Plan.objects.get(name="Standard"), Plan.objects.get(name="Single")
    pat.post(f"/admin/billing/plan/{standard.pk}/change/", {"name": "Standard", "sms_seats": "1", "is_offered": "on"})
    pat.post(f"/admin/billing/plan/{single.pk}/change/", {"name": "Single", "sms_seats": "4", "is_offered": "on"})
    assert list(Plan.objects.order_by("pk").values_list("sms_seats", flat=True)) == [None, 4, 9]
    pat.post(f"/admin/billing/plan/{single.pk}/do/make-default/")
    assert list(Plan.objects.filter(is_default=True)) == [single]

"""Before a test alert is fired, its page says who would be paged, who would not and why, and what it costs."""

import pytest
from django.test import Client

from members.models import Member
from notifications.models import StepRecipient
from tenants.models import Tenant
from tenants.scope import platform_scope, tenant_scope
from tests.cast import Cast, add_flow
from tests.notifications.by_hand.conftest import log_of, may_send, person, spoken


def test_the_preview_of_a_test_alert_names_who_is_paged_and_who_not_and_what_it_costs(ana: Client, cast: Cast) -> None:
    many: list[Member] = [cast.ben, person(cast, "Never", "+12065550170", agreed=False)]
    many += [person(cast, f"Member {place}", f"+120655501{place}0") for place in (5, 6)]
    with tenant_scope(cast.harbor.pk):
        flow = add_flow(cast.harbor, name="Gate", members=many)
    may_send(cast, cast.ana, daily=2)
    address = f"/admin/notifications/flow/{flow.pk}/do/fire-test/"
    page = spoken(ana.get(address).content.decode())
    assert "Harbor: TEST: service is down" in page
    assert "2 of 4 would go now. 2 would not go." in page
    assert "1 of 4 would not go: the person never agreed" in page
    assert "1 of 4 would not go: the allowance leaves 2 today, of 2." in page
    assert "Allowance of Ana today 2 of 2; 0 after this" in page
    assert log_of(cast) == []
    ana.post(address)
    pages = log_of(cast, purpose="page")
    assert [(row.member, row.sent_by_id) for row in pages] == [(member, cast.ana.pk) for member in many]


def test_a_step_without_anybody_or_a_disabled_flow_has_nothing_to_confirm(ana: Client, cast: Cast) -> None:
    address = f"/admin/notifications/flow/{cast.flow.pk}/do/fire-test/"
    with tenant_scope(cast.harbor.pk):
        StepRecipient.objects.all().delete()
    page = ana.get(address).content.decode()
    assert "has no recipients" in page
    assert "Fire it" not in page


@pytest.mark.parametrize("standing", ["suspended", "cancelled"])
def test_where_the_standing_refuses_triggers_there_is_nothing_to_confirm(
    ana: Client, cast: Cast, standing: str
) -> None:
    with tenant_scope(cast.harbor.pk):
        flow = add_flow(cast.harbor, name="Gate", members=[cast.ben])
    may_send(cast, cast.ana, daily=2)
    address = f"/admin/notifications/flow/{flow.pk}/do/fire-test/"
    assert "Fire it" in ana.get(address).content.decode()
    with platform_scope():
        Tenant.objects.filter(pk=cast.harbor.pk).update(standing=standing)
    page = ana.get(address).content.decode()
    assert f"Harbor is {standing}, so no flow can be fired." in page
    assert "Fire it" not in page
    ana.post(address)
    assert log_of(cast) == []


def test_what_concerns_the_whole_tenant_leads_to_its_page(ana: Client, cast: Cast) -> None:
    with tenant_scope(cast.harbor.pk):
        flow = add_flow(cast.harbor, name="Gate", members=[cast.ben])
    address = f"/admin/notifications/flow/{flow.pk}/do/fire-test/"
    may_send(cast, cast.ana, daily=0)
    assert '<a href="/admin/billing/allowance/">Open SMS limits</a>' in ana.get(address).content.decode()
    with platform_scope():
        Tenant.objects.filter(pk=cast.harbor.pk).update(standing="past_due")
    link = f'<a href="/admin/billing/tenantplan/{cast.harbor.pk}/change/">Open Billing</a>'
    assert link in ana.get(address).content.decode()

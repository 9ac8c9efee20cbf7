"""With a tenant open, platform admins and support are there as its own people are; the platform's rows wait outside."""

import pytest

from members.models import Member
from notifications.models import ProviderAccount, Sender
from tenants.models import AuditEntry, Standing, Tenant
from tenants.scope import platform_scope
from tests.admin.conftest import Rows
from tests.admin.parts import Parts, Who


def open_tenant(parts: Parts, who: Who, tenant: Tenant | None) -> int:
    chosen = {"tenant": tenant.public_id if tenant else ""}
    return parts.clients[who].post("/admin/tenant/", chosen).status_code


@pytest.mark.parametrize("who", [Who.SUPPORT, Who.PLATFORM])
def test_what_is_open_is_one_tenant_and_the_others_are_404(parts: Parts, rows: Rows, who: Who) -> None:
    cast, client = parts.cast, parts.clients[who]
    foreign = f"/admin/members/member/{cast.ridge_member.pk}/change/"
    assert client.get(foreign).status_code == 200
    assert open_tenant(parts, who, cast.harbor) == 302
    assert client.get(foreign).status_code == 404
    assert client.get(f"/admin/members/member/{rows[Member].pk}/change/").status_code == 200
    assert b"Rita" not in client.get("/admin/members/member/").content
    assert open_tenant(parts, who, None) == 302
    assert client.get(foreign).status_code == 200


def test_nobody_opens_a_tenant_that_is_not_theirs(parts: Parts) -> None:
    assert open_tenant(parts, Who.ADMIN, parts.cast.ridge) == 404
    assert open_tenant(parts, Who.ADMIN, None) == 404
    assert open_tenant(parts, Who.ADMIN, parts.cast.harbor) == 302


def test_rows_of_the_platform_are_changed_while_no_tenant_is_open(parts: Parts) -> None:
    cast, client = parts.cast, parts.clients[Who.PLATFORM]
    page = f"/admin/notifications/sender/{cast.sender.pk}/change/"
    with platform_scope():
        form = {"address": cast.sender.address, "kind": "number", "account": cast.sender.account_id, "priority": "3"}
    form |= {"channels": "sms", "is_active": "on", "registration": "verified", "country": "US", "tenant": ""}
    assert open_tenant(parts, Who.PLATFORM, cast.harbor) == 302
    assert client.get(page).status_code == 200
    assert client.post(page, form).status_code == 404
    assert client.get("/admin/notifications/provideraccount/add/").status_code == 404
    assert open_tenant(parts, Who.PLATFORM, None) == 302
    assert client.post(page, form).status_code == 302
    assert client.get("/admin/notifications/provideraccount/add/").status_code == 200
    with platform_scope():
        assert Sender.objects.get(pk=cast.sender.pk).priority == 3
        entry = AuditEntry.objects.get(subject_id=cast.sender.public_id)
        assert (entry.tenant_id, entry.actor_id) == (None, cast.pat.pk)


def test_a_secret_is_never_shown_and_its_change_is_kept(parts: Parts, rows: Rows) -> None:
    account, client = rows[ProviderAccount], parts.clients[Who.PLATFORM]
    page = f"/admin/notifications/provideraccount/{account.pk}/change/"
    form = {"name": account.name, "provider": "azure", "account_id": account.account_id, "tenant": account.tenant_id}
    assert client.post(page, {**form, "new_secret": "a-new-secret-word"}).status_code == 302
    with platform_scope():
        assert ProviderAccount.objects.get(pk=account.pk).secret == "a-new-secret-word"
        acts = set(AuditEntry.objects.filter(subject_id=account.public_id).values_list("code", flat=True))
        assert "account.credentials_changed" in acts
    for who in (Who.PLATFORM, Who.SUPPORT):
        assert b"a-new-secret-word" not in parts.clients[who].get(page).content


def test_a_standing_is_changed_with_a_reason_or_not_at_all(parts: Parts) -> None:
    cast, client = parts.cast, parts.clients[Who.PLATFORM]
    page = f"/admin/billing/tenantplan/{cast.harbor.pk}/do/move-standing/"
    response = client.post(page, {"standing": "suspended"})
    assert response.status_code == 200
    assert b"This field is required" in response.content
    with platform_scope():
        assert Tenant.objects.get(pk=cast.harbor.pk).standing == Standing.ACTIVE
    assert client.post(page, {"standing": "suspended", "reason": "unpaid"}).status_code == 302
    with platform_scope():
        assert Tenant.objects.get(pk=cast.harbor.pk).standing == Standing.SUSPENDED
        assert AuditEntry.objects.get(code="tenant.standing_changed").tenant_id == cast.harbor.pk


def test_what_the_platform_changes_of_a_tenant_stands_in_that_tenants_log(parts: Parts) -> None:
    cast = parts.cast
    hours = {"hours_open": "07:00", "hours_close": "21:00"}
    form = {"name": "Harbor Ltd", "slug": "harbor", "time_zone": "UTC", "region": "US", "support_email": "", **hours}
    page = f"/admin/tenants/tenant/{cast.harbor.pk}/change/"
    assert parts.clients[Who.PLATFORM].post(page, form).status_code == 302
    with platform_scope():
        assert AuditEntry.objects.get(code="object.changed").tenant_id == cast.harbor.pk
    seen = parts.clients[Who.ADMIN].get("/admin/tenants/auditentry/").content.decode()
    assert "Pat changed" in seen
    assert "Pat changed" not in parts.clients[Who.OTHER].get("/admin/tenants/auditentry/").content.decode()


@pytest.mark.parametrize(
    ("written", "kept", "says"),
    [("+12065550199", "+12065550199", ""), ("206 555 0199", "", "Did you mean +12065550199?"), ("", "", "")],
)
def test_the_number_that_calls_say_is_a_whole_number(parts: Parts, written: str, kept: str, says: str) -> None:
    cast = parts.cast
    form = {"name": "Harbor", "slug": "harbor", "time_zone": "UTC", "region": "US", "support_phone": written}
    hours = {"hours_open": "07:00", "hours_close": "21:00"}
    page = f"/admin/tenants/tenant/{cast.harbor.pk}/change/"
    answer = parts.clients[Who.ADMIN].post(page, {**form, **hours}, follow=True)
    assert says in answer.content.decode()
    with platform_scope():
        assert Tenant.objects.get(pk=cast.harbor.pk).support_phone == kept

"""A sender leaves by an account of the platform or of its own tenant, by the form's word and by the database's."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from notifications.models import ProviderAccount, Sender
from tenants.models import Tenant
from tenants.scope import platform_scope, tenant_scope
from tests.cast import Cast, make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def account_of(tenant: Tenant | None) -> ProviderAccount:
    with platform_scope():
        name = tenant.name if tenant else "Second of the platform"
        return ProviderAccount.objects.create(
            tenant=tenant, provider="twilio", name=name, account_id="AC" + name[0] * 32, secret="s"
        )


def add(account: ProviderAccount, *, tenant: Tenant | None) -> Sender:
    with transaction.atomic():
        return Sender.objects.create(tenant=tenant, account=account, address=f"+1206555018{Sender.objects.count()}")


def test_the_database_takes_accounts_of_the_platform_and_of_the_own_tenant_alone(cast: Cast) -> None:
    shared, harbors, ridges = (account_of(tenant) for tenant in (None, cast.harbor, cast.ridge))
    with platform_scope():
        add(shared, tenant=None)
        add(shared, tenant=cast.harbor)
        own = add(harbors, tenant=cast.harbor)
        for account, tenant in ((ridges, cast.harbor), (harbors, None)):
            with pytest.raises(IntegrityError, match="account of the platform or of its own tenant"):
                add(account, tenant=tenant)
        for change in ({"account": ridges}, {"tenant": cast.ridge}, {"tenant": None}):
            with pytest.raises(IntegrityError, match="of its own tenant"), transaction.atomic():
                Sender.objects.filter(pk=own.pk).update(**change)
        assert Sender.objects.filter(pk=own.pk).update(account=shared) == 1


def test_a_tenant_cannot_take_anothers_account_by_its_id_nor_learn_of_it(cast: Cast) -> None:
    ridges = account_of(cast.ridge)
    said = []
    with tenant_scope(cast.harbor.pk):
        for account_id in (ridges.pk, 10**9):
            with pytest.raises(IntegrityError) as refused, transaction.atomic():
                Sender.objects.create(tenant=cast.harbor, account_id=account_id, address="+12065550181")
            said.append(str(refused.value).splitlines()[0])
    assert said[0] == said[1]


def test_an_account_keeps_its_tenant_while_senders_use_it(cast: Cast) -> None:
    account = account_of(cast.harbor)
    rows = ProviderAccount._base_manager.filter(pk=account.pk)
    with platform_scope():
        sender = add(account, tenant=cast.harbor)
        for tenant in (cast.ridge, None):
            with pytest.raises(IntegrityError, match="senders use it"), transaction.atomic():
                rows.update(tenant=tenant)
        assert rows.update(tenant=cast.harbor, name="Renamed") == 1
        sender.delete()
        assert rows.update(tenant=cast.ridge) == 1


def form_of(sender: Sender, **changes: Any) -> dict[str, Any]:
    return {
        "address": sender.address,
        "kind": "number",
        "account": sender.account_id,
        "tenant": "",
        "channels": "sms",
        "priority": "3",
        "registration": "verified",
        "country": "US",
    } | changes


def test_the_forms_name_the_field_and_the_way_out(cast: Cast) -> None:
    harbors = account_of(cast.harbor)
    client = Client()
    client.force_login(cast.pat)
    page = f"/admin/notifications/sender/{cast.sender.pk}/change/"

    def errors(at: str, form: dict[str, Any]) -> dict[str, Any]:
        answer = client.post(at, form)
        return {} if answer.status_code == 302 else dict(answer.context["adminform"].form.errors)

    found = errors(page, form_of(cast.sender, account=harbors.pk))
    assert found == {"account": ["This account is Harbor's: a shared sender needs an account of the platform."]}
    found = errors(page, form_of(cast.sender, account=harbors.pk, tenant=cast.ridge.pk))
    assert found == {"account": ["This account is Harbor's: choose an account of the platform, or one of Ridge's."]}
    assert errors(page, form_of(cast.sender, account=harbors.pk, tenant=cast.harbor.pk)) == {}

    page = f"/admin/notifications/provideraccount/{harbors.pk}/change/"
    form = {"name": "Own", "provider": "twilio", "account_id": harbors.account_id, "new_secret": ""}
    found = errors(page, {**form, "tenant": cast.ridge.pk})
    assert list(found) == ["tenant"]
    assert found["tenant"][0].startswith("Senders use this account, so its tenant stays.")
    assert errors(page, {**form, "tenant": cast.harbor.pk}) == {}


@pytest.mark.parametrize(
    ("kind", "address", "says"),
    [
        ("number", "+12065550100", ""),
        ("number", "+18885550123", ""),
        ("number", "12065550100", "It does not start with +"),
        ("number", "+1 (206) 555-0100", "It contains parentheses."),
        ("number", "+120655501", "It has too few digits."),
        ("number", "12345", "short code"),
        ("number", "MG" + "a1" * 16, "It contains letters."),
        ("service", "MG" + "a1" * 16, ""),
        ("service", "mg" + "a1" * 16, "It does not start with MG."),
        ("service", "+12065550100", "It does not start with MG."),
        ("service", "MG" + "a1" * 15, "After MG it has 30 characters in place of 32."),
        ("service", "MG" + "g1" * 16, "After MG it has characters other than 0-9 and a-f."),
    ],
)
def test_an_address_is_exactly_what_its_kind_sends_from(cast: Cast, kind: str, address: str, says: str) -> None:
    with platform_scope():
        sender = Sender(account=cast.sender.account, kind=kind, address=address)
        if not says:
            sender.clean()
            return
        with pytest.raises(ValidationError) as refused:
            sender.clean()
    assert set(refused.value.message_dict) == {"address"}
    assert says in " ".join(refused.value.message_dict["address"])


def test_a_messaging_service_cannot_be_set_to_call(cast: Cast) -> None:
    with platform_scope():
        account = ProviderAccount.objects.get(tenant__isnull=True)
        service = Sender(account=account, kind="service", address="MG" + "1" * 32, channels=["sms"])
        service.clean()
        service.channels = ["sms", "voice"]
        with pytest.raises(ValidationError, match="choose a number for calls"):
            service.clean()


def azure_account(**fields: str) -> ProviderAccount:
    with platform_scope():
        return ProviderAccount.objects.create(
            provider="azure", name="ACS", account_id="harbor.communication.azure.com", secret="c2VjcmV0", **fields
        )


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({}, "resource ID and speech endpoint"),
        ({"resource_id": "r"}, "speech endpoint"),
        ({"speech_endpoint": "https://s.example"}, "resource ID"),
        ({"resource_id": "r", "speech_endpoint": "https://s.example"}, ""),
    ],
)
def test_a_sender_at_azure_calls_only_where_its_account_has_what_calls_need(
    cast: Cast, fields: dict[str, str], missing: str
) -> None:
    sender = Sender(account=azure_account(**fields), address="+12065550190", channels=["sms", "voice"])
    assert sender.usable_channels == (["sms"] if missing else ["sms", "voice"])
    with platform_scope():
        if not missing:
            sender.full_clean()
            return
        with pytest.raises(ValidationError) as refused:
            sender.full_clean()
    assert refused.value.message_dict["channels"] == [
        f"Calls through this account need its {missing}: a platform admin enters them there."
    ]


def test_what_calls_need_is_entered_shown_and_not_taken_away_while_senders_call(cast: Cast, client: Client) -> None:
    account = azure_account()
    client.force_login(cast.pat)
    page = f"/admin/notifications/provideraccount/{account.pk}/change/"
    listed = "/admin/notifications/provideraccount/"
    assert "not possible: no resource ID and no speech endpoint" in client.get(listed).content.decode()
    given = {"name": "ACS", "provider": "azure", "account_id": account.account_id, "new_secret": "", "tenant": ""}
    plain = client.post(page, {**given, "resource_id": " r-1 ", "speech_endpoint": "http://s.example"})
    assert "begins with https://" in plain.content.decode()
    saved = client.post(page, {**given, "resource_id": " r-1 ", "speech_endpoint": "https://s.example"})
    assert saved.status_code == 302
    with platform_scope():
        account.refresh_from_db()
        Sender.objects.create(account=account, address="+12065550190", channels=["voice"])
    assert (account.resource_id, account.speech_endpoint) == ("r-1", "https://s.example")
    assert "not possible" not in client.get(listed).content.decode()
    refused = client.post(page, {**given, "resource_id": "", "speech_endpoint": "https://s.example"})
    assert "Senders call through this account, which needs its resource ID for that." in refused.content.decode()

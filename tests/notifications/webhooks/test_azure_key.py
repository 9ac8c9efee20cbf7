"""Who may post Azure's events: the key in the address is all there is, so that each key speaks for its own alone."""

import logging
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from members.consent.handset import opt_out_from_handset
from members.models import Suppression
from notifications.models import InboundMessage, ProviderAccount, ProviderCallback
from notifications.webhooks.azure_key import PATH, address_of, key_of
from tenants.scope import platform_scope
from tests.cast import BEN_NUMBER, Cast
from tests.notifications.webhooks.azure_posts import (
    GROUP,
    HOST,
    KEY,
    NUMBER,
    azure_account,
    azure_sender,
    event,
    post,
    text_event,
)

OWN_NUMBER = "+12065550191"


@pytest.fixture(autouse=True)
def keys(settings: Any) -> None:
    settings.AZURE_EVENTS_KEYS = [KEY, "an-older-key"]


@pytest.fixture
def platform(cast: Cast) -> ProviderAccount:
    account = azure_account()
    azure_sender(account)
    return account


@pytest.fixture
def own(cast: Cast) -> ProviderAccount:
    """Harbor's own resource."""
    account = azure_account(tenant=cast.harbor, host="harbors-own.communication.azure.com")
    azure_sender(account, number=OWN_NUMBER)
    return account


def own_path(account: ProviderAccount) -> str:
    return f"{PATH}/{account.public_id}"


def own_key(account: ProviderAccount) -> str:
    return key_of(account.public_id, platform_key=KEY)


def suppressed() -> bool:
    with platform_scope():
        return Suppression.objects.filter(number_id=BEN_NUMBER).exists()


def refused() -> list[str]:
    with platform_scope():
        return list(ProviderCallback.objects.exclude(defect="").order_by("id").values_list("defect", flat=True))


def validation(topic: str) -> dict[str, Any]:
    data = {"validationCode": "512d38b6-c7b8-40c8-89fe-f46f9e9622b6", "validationUrl": "https://rp.example/validate"}
    return event("EventGrid.SubscriptionValidationEvent", data, topic=topic)


@pytest.mark.parametrize("key", [None, "", "nonsense", KEY + "x", KEY[:-1], "é" * 40])
def test_without_the_key_there_is_nothing_here(
    platform: ProviderAccount, client: Client, caplog: pytest.LogCaptureFixture, key: str | None
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = post(client, text_event("STOP"), key=key)
    assert (answer.status_code, answer.content) == (404, b"")
    assert not suppressed()
    with platform_scope():
        [kept] = ProviderCallback.objects.all()
    assert (kept.defect, kept.payload, kept.account_id) == ("key_wrong", None, "")
    assert "a webhook of azure was refused: key_wrong" in caplog.text
    assert not key or key not in caplog.text
    assert post(client, text_event("STOP")).status_code == 200
    assert suppressed()


def test_every_key_of_the_list_opens_so_that_a_key_can_be_replaced(platform: ProviderAccount, client: Client) -> None:
    for key in (KEY, "an-older-key"):
        assert post(client, text_event("hello"), key=key).status_code == 200


def test_an_installation_without_a_key_has_no_such_address(
    platform: ProviderAccount, client: Client, settings: Any
) -> None:
    settings.AZURE_EVENTS_KEYS = []
    assert post(client, text_event("STOP"), key="").status_code == 404
    assert post(client, text_event("STOP")).status_code == 404
    settings.AZURE_EVENTS_KEYS = [""]
    assert post(client, text_event("STOP"), key="").status_code == 404
    assert not suppressed()


def test_a_subscription_is_validated_for_a_resource_of_ours_alone(platform: ProviderAccount, client: Client) -> None:
    topic = f"{GROUP}/Microsoft.Communication/CommunicationServices/"
    answer = post(client, validation(topic + "HARBOR-ACS"))
    assert answer.json() == {"validationResponse": "512d38b6-c7b8-40c8-89fe-f46f9e9622b6"}
    for stranger in (topic + "evil", topic + "harbor-acs/x", topic, "/subscriptions/x/harbor-acs", ""):
        assert post(client, validation(stranger)).status_code == 404
    assert post(client, validation(topic + "harbor-acs"), key="wrong").status_code == 404
    assert refused() == ["topic_not_ours"] * 5 + ["key_wrong"]


def test_cloud_events_are_allowed_to_event_grid_alone(platform: ProviderAccount, client: Client) -> None:
    asked = {"WebHook-Request-Origin": "eventgrid.azure.net"}
    allowed = client.options(f"{PATH}?key={KEY}", headers=asked)
    assert (allowed.status_code, allowed["WebHook-Allowed-Origin"]) == (200, "eventgrid.azure.net")
    other = client.options(f"{PATH}?key={KEY}", headers={"WebHook-Request-Origin": "evil.example"})
    assert "WebHook-Allowed-Origin" not in other
    assert client.options(f"{PATH}?key=wrong", headers=asked).status_code == 404
    assert client.get(f"{PATH}?key={KEY}").status_code == 405


@pytest.mark.parametrize("body", ["", "no JSON", "[]", "{}", "[1]", '[{"eventType": "x"}]', "null", '["\\ud83d"]'])
def test_a_body_that_holds_no_events_is_refused(platform: ProviderAccount, client: Client, body: str) -> None:
    assert post(client, body=body or " ").status_code == 400


def test_an_event_of_another_kind_is_passed_over(
    platform: ProviderAccount, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    assert post(client, event("Communication.ChatMessageReceived", {"x": 1})).status_code == 200
    assert "ChatMessageReceived" in caplog.text
    with platform_scope():
        assert not ProviderCallback.objects.exists()


def test_a_number_and_a_resource_that_are_none_of_ours_are_kept_as_refused(
    platform: ProviderAccount, client: Client
) -> None:
    stranger = text_event("STOP", to="12125550199")
    stranger["topic"] = stranger["topic"].replace("harbor-acs", "evil")
    assert post(client, stranger).status_code == 200, "it would come again for a day"
    assert refused() == ["number_not_ours"]
    assert not suppressed()
    assert post(client, text_event("STOP", to="12125550199")).status_code == 200
    assert suppressed(), "a number of our resource that is no sender of ours is texted all the same"


def test_a_tenant_s_key_speaks_for_its_own_account_alone(
    platform: ProviderAccount, own: ProviderAccount, client: Client
) -> None:
    path, key = own_path(own), own_key(own)
    assert post(client, text_event("STOP"), path=path, key=key).status_code == 200
    assert not suppressed(), "the platform's number is not its own"
    assert refused() == ["number_not_ours"]
    assert post(client, text_event("STOP", to=OWN_NUMBER), path=path, key=KEY).status_code == 404
    assert post(client, text_event("STOP", to=OWN_NUMBER), key=key).status_code == 404
    assert (
        post(client, text_event("STOP", to=OWN_NUMBER), path=own_path(platform), key=own_key(platform)).status_code
        == 404
    )
    assert not suppressed()
    assert post(client, text_event("STOP", to=OWN_NUMBER), path=path, key=key).status_code == 200
    assert suppressed()


def test_a_start_through_a_tenant_s_account_lifts_nothing(
    cast: Cast, platform: ProviderAccount, own: ProviderAccount, client: Client
) -> None:
    now = timezone.now()
    with platform_scope():
        opt_out_from_handset(
            number=BEN_NUMBER,
            at=now,
            received_at=now,
            raw_text="STOP",
            method="keyword",
            provider="azure",
            provider_message_id="Incoming_0",
            sender_address=NUMBER,
            tenant_id=None,
            member_id=None,
        )
    post(client, text_event("START", to=OWN_NUMBER), path=own_path(own), key=own_key(own))
    with platform_scope():
        assert InboundMessage.objects.get().outcome == "start_not_lifted"
    assert suppressed()
    post(client, text_event("START", to=OWN_NUMBER))
    assert suppressed(), "nor with the platform's key: it is the account that counts"
    post(client, text_event("START"))
    assert not suppressed()


def test_addresses_to_enter_at_azure(platform: ProviderAccount, own: ProviderAccount, settings: Any) -> None:
    settings.PUBLIC_URL = "https://pages.example"
    assert address_of(platform, platform_key=KEY) == f"https://pages.example{PATH}?key={KEY}"
    assert address_of(own, platform_key=KEY) == f"https://pages.example{PATH}/{own.public_id}?key={own_key(own)}"
    assert HOST.startswith("harbor-acs")
    assert KEY not in own_key(own)


def test_the_addresses_are_printed_for_whoever_sets_azure_up(
    platform: ProviderAccount, own: ProviderAccount, settings: Any
) -> None:
    said = StringIO()
    call_command("azure_events", stdout=said)
    assert f"{PATH}?key={KEY}" in said.getvalue()
    assert f"{own_path(own)}?key={own_key(own)}" in said.getvalue()
    assert "of Harbor (harbors-own.communication.azure.com)" in said.getvalue()
    settings.AZURE_EVENTS_KEYS = []
    with pytest.raises(CommandError, match="AZURE_EVENTS_KEY"):
        call_command("azure_events", stdout=said)

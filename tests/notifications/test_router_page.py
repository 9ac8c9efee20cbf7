"""The router's page, its JSON and its drills: for platform admins, and one sentence of them for a tenant."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from notifications.core.breaker import FAULTS_TO_OPEN
from notifications.core.faults import fault
from notifications.dispatch.breakers import Seen, count, let_clock_move
from notifications.models import Breaker, BreakerChange, Notification, ProviderAccount, Sender
from notifications.operations.breakers import NoSuchDrill, drill, make_routes
from notifications.queries.router import outages, router_state
from tenants.models import AuditEntry
from tenants.scope import platform_scope
from tests.cast import Cast, make_cast

API = "/api/admin/router-state"
PAGE = "/admin/notifications/breaker/"


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def azure(cast: Cast) -> Sender:
    with platform_scope():
        account = ProviderAccount.objects.create(
            provider="azure", name="ACS", account_id="imes.communication.azure.com", secret="c2VjcmV0"
        )
        return Sender.objects.create(account=account, address="+18885550101", priority=20)


def as_(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def fail(provider: str = "twilio") -> None:
    """So many faults of its own as open the breaker."""
    found = fault(provider, None, channel="sms", http_status=503)
    count({(provider, "sms"): Seen(timezone.now(), faults=FAULTS_TO_OPEN, fault=found)})


def route(provider: str = "twilio") -> Breaker:
    make_routes(at=timezone.now())
    with platform_scope():
        return Breaker.objects.get(provider=provider, channel="sms")


def text_of(client: Client) -> str:
    return client.get(PAGE).content.decode()


@pytest.mark.row(30)
def test_the_json_says_how_every_route_stands_and_which_is_in_use(cast: Cast, azure: Sender) -> None:
    client = as_(cast.pat)
    before = client.get(API).json()
    assert before["in_use"] == {"sms": "twilio", "voice": None}
    fail()
    after = client.get(API).json()
    assert after["version"] != before["version"]
    assert after["in_use"]["sms"] == "azure"
    twilio, by_azure = (one for one in after["routes"] if one["channel"] == "sms")
    assert (twilio["provider"], twilio["state"], twilio["faults"], twilio["in_use"]) == ("twilio", "open", 5, False)
    assert twilio["last_fault"]["code"] == "twilio HTTP 503"
    assert twilio["open_until"] > twilio["since"]
    assert (by_azure["state"], by_azure["in_use"], by_azure["senders"]) == ("closed", True, 1)
    assert (by_azure["since"], twilio["since"]) == (None, after["changes"][0]["at"])
    assert [(one["before"], one["after"], one["source"]) for one in after["changes"]] == [("closed", "open", "faults")]
    assert client.get(API).json()["version"] == after["version"]


@pytest.mark.row(30)
def test_only_platform_admins_and_the_platforms_token_may_read_it(cast: Cast, settings: Any) -> None:
    assert Client().get(API).status_code == 401
    for user in (cast.ana, cast.vic, cast.sam):
        assert as_(user).get(API).status_code == 404
        assert as_(user).get(PAGE).status_code == 404
    assert as_(cast.pat).get(API).status_code == as_(cast.pat).get(PAGE).status_code == 200

    def by_token(token: str) -> int:
        return Client().get(API, headers={"Authorization": f"Bearer {token}"}).status_code

    # An installation without a token takes none, the empty one included.
    assert (by_token(""), by_token("a-token")) == (404, 404)
    settings.ROUTER_STATE_TOKEN = "a-token"
    assert (by_token(""), by_token("another"), by_token("a-token")) == (404, 404, 200)
    assert Client().post(API, headers={"Authorization": "Bearer a-token"}).status_code == 405


@pytest.mark.row(30)
def test_the_page_shows_state_fault_and_history_in_words(cast: Cast, azure: Sender) -> None:
    assert "No route was ever out" in text_of(as_(cast.pat))
    fail()
    shown = text_of(as_(cast.pat))
    assert "twilio answered HTTP 503 without a code." in shown
    assert "goes by Azure Communication Services" in shown
    assert "5 faults of the provider&#x27;s own within 60 s" in shown
    assert "Next try" in shown


def test_without_an_account_the_page_says_where_to_begin(cast: Cast) -> None:
    with platform_scope():
        Notification.objects.all().delete()
        Sender.objects.all().delete()
        ProviderAccount.objects.all().delete()
    assert "There is no provider account yet" in text_of(as_(cast.pat))


def test_a_drill_is_confirmed_audited_and_ends_by_itself(cast: Cast, azure: Sender) -> None:
    client, row = as_(cast.pat), route()
    address = reverse("admin:notifications_breaker_do_drill", args=[row.pk])
    asked = client.get(address).content.decode()
    assert "Azure Communication Services" in asked
    assert router_state(at=timezone.now()).in_use["sms"] == "twilio", "a GET takes nothing out"
    assert "Choose for how long" in client.post(address, {"minutes": "7"}).content.decode()
    assert client.post(address, {"minutes": "10"}).status_code == 302

    now = timezone.now()
    state = router_state(at=now)
    assert state.in_use["sms"] == "azure"
    assert next(one for one in state.routes if one.pk == row.pk).drill_by == str(cast.pat)
    assert router_state(at=now + timedelta(minutes=10)).in_use["sms"] == "twilio"
    assert let_clock_move(now=now + timedelta(minutes=10)) == 1
    with platform_scope():
        (entry,) = AuditEntry.objects.filter(code="router.drilled")
        found = list(BreakerChange.objects.order_by("id").values_list("before", "after", "source", "actor__name"))
    assert (entry.actor_id, entry.tenant_id) == (cast.pat.pk, None)
    assert found == [("closed", "open", "drill", "Pat"), ("open", "closed", "drill", None)]


def test_a_drill_can_be_ended_early(cast: Cast) -> None:
    client, row = as_(cast.pat), route()
    address = reverse("admin:notifications_breaker_do_restore", args=[row.pk])
    assert "It is not taken out by hand" in client.post(address).content.decode()
    drill(row, minutes=60, actor=cast.pat, at=timezone.now())
    assert "messages will wait" in client.get(address.replace("restore", "drill")).content.decode()
    assert client.post(address).status_code == 302
    assert router_state(at=timezone.now()).in_use["sms"] == "twilio"
    with platform_scope():
        assert AuditEntry.objects.filter(code="router.restored").count() == 1


def test_a_drill_of_another_length_is_refused(cast: Cast) -> None:
    with pytest.raises(NoSuchDrill):
        drill(route(), minutes=600, actor=cast.pat, at=timezone.now())


@pytest.mark.row(30)
def test_a_tenant_reads_one_sentence_and_no_providers_name(cast: Cast, azure: Sender) -> None:
    home = as_(cast.ana)
    quiet = home.get("/admin/").content.decode()
    fail()
    rerouted = home.get("/admin/").content.decode()
    assert "Texts go through the fallback at the moment" in rerouted
    assert "fallback" not in quiet
    assert "Azure" not in rerouted
    fail("azure")
    assert "Texts wait: no provider that could take them works" in home.get("/admin/").content.decode()
    assert outages(cast.ridge.pk, at=timezone.now() + timedelta(hours=1)) == []

"""A page that goes by Azure: told of by Event Grid, acknowledged and stopped from the handset, never doubled."""

import pytest
from django.utils import timezone

from members.models import Suppression
from members.queries import standing_of
from notifications.dispatch.deliver import deliver_due
from notifications.models import Notification, ProviderAccount, ProviderBlock, Sender
from notifications.sandbox import defaults
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, add_flow, add_member
from tests.consenting import agree
from tests.scenarios.conftest import Story, eventually
from tests.scenarios.test_stop_and_start import fires

NUMBER = defaults.AZURE_NUMBERS[0]


@pytest.fixture(autouse=True)
def by_azure(story: Story, settings: object) -> None:
    """Azure is the only provider, and posts its events to the story's web process once that has proved itself."""
    settings.AZURE_BASE_URL = story.sandbox.url  # type: ignore[attr-defined]
    with platform_scope():
        Sender.objects.update(is_active=False)
        account = ProviderAccount.objects.create(
            provider="azure", name="ACS", account_id=defaults.AZURE_HOST, secret=defaults.AZURE_ACCESS_KEY
        )
        Sender.objects.create(account=account, address=NUMBER)
    address = f"{story.web.url}{defaults.AZURE_EVENTS_PATH}?key={defaults.AZURE_EVENTS_KEY}"
    story.sandbox.post("/subscription", url=address).raise_for_status()


def now(row: Notification) -> Notification:
    with platform_scope():
        return Notification.objects.get(pk=row.pk)


def test_a_page_is_delivered_acknowledged_and_answered_from_the_same_number(story: Story) -> None:
    row = fires(story.cast.flow, tenant=story.cast.harbor)
    assert eventually(lambda: now(row).status == "delivered")
    [text] = story.texts(BEN_NUMBER)
    assert (text["provider"], text["from"]) == ("azure", NUMBER)
    assert story.sandbox.reply(BEN_NUMBER, "1")["webhook"]["status"] == 200
    assert (now(row).status, now(row).acknowledged_via) == ("acknowledged", "sms")
    deliver_due(clock=timezone.now, owner="worker-1", for_seconds=5)
    answer = story.texts(BEN_NUMBER)[-1]
    assert (answer["from"], answer["body"]) == (NUMBER, "Acknowledged: pump 4 is down.")


def test_a_stop_to_azure_s_number_silences_every_tenant_and_a_start_brings_back(story: Story) -> None:
    ridge = story.cast.ridge
    with tenant_scope(ridge.pk):
        member = add_member(ridge, name="Rosa", number=BEN_NUMBER)
        flow = add_flow(ridge, name="Lift", members=[member])
    agree(member, tenant=ridge)
    assert fires(flow, tenant=ridge).status in {"sent", "delivered"}
    assert story.sandbox.reply(BEN_NUMBER, "STOP", to=NUMBER)["provider_reply"] is not None
    for each, tenant in ((story.cast.flow, story.cast.harbor), (flow, ridge)):
        row = fires(each, tenant=tenant)
        assert (row.status, row.reason) == ("skipped", "CONSENT-3")
    story.sandbox.reply(BEN_NUMBER, "START", to=NUMBER)
    assert fires(story.cast.flow, tenant=story.cast.harbor).status in {"sent", "delivered"}


def test_an_opt_out_that_a_report_tells_of_is_a_block_and_an_opt_out_and_is_led_around_by_nobody(story: Story) -> None:
    harbor = story.cast.harbor
    with tenant_scope(harbor.pk):
        dana = add_member(harbor, name="Dana", number="+12065551610")
        flow = add_flow(harbor, name="Gate", members=[dana])
    agree(dana, tenant=harbor)
    row = fires(flow, tenant=harbor)
    assert eventually(lambda: now(row).status == "failed")
    assert now(row).reason == "AZURE-4007"

    def is_blocked() -> bool:
        with platform_scope():
            blocks = ProviderBlock.objects.filter(number="+12065551610", provider="azure", sender_address=NUMBER)
            return blocks.filter(state="active", code="4007").exists()

    assert eventually(is_blocked)
    with platform_scope():
        assert Suppression.objects.filter(number_id="+12065551610").exists()
        said = standing_of(dana, channel="sms", at=timezone.now())
        Sender.objects.update(is_active=True)
    assert said is not None
    assert said.state == "opted_out"
    later = fires(flow, tenant=harbor)
    assert (later.status, later.reason) == ("skipped", "CONSENT-3"), "nor does Twilio take it"

"""The provider is asked about a sender on its page: what it can do, where its texts go, and which level to mend."""

from typing import Any

import pytest

from notifications.models import ProviderAccount, Sender
from notifications.queries.sender_state import inbound_url
from tenants.models import AuditEntry
from tenants.scope import platform_scope
from tests.admin.parts import signed_in
from tests.cast import SENDER_NUMBER, Cast, make_cast
from tests.conftest import SERVICE
from tests.notifications.test_registrations import page, stored, text_of
from tests.sandbox.process import RunningSandbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def sandbox(one_sandbox: RunningSandbox, cast: Cast, settings: Any) -> RunningSandbox:
    """The account that the cast's sender belongs to, whose texts go to an older portal."""
    one_sandbox.reset()
    settings.TWILIO_BASE_URL = one_sandbox.url
    with platform_scope():
        account = ProviderAccount.objects.get(pk=cast.sender.account_id)
        account.account_id, account.secret = one_sandbox.account_sid, one_sandbox.auth_token
        account.save()
    texts_go(one_sandbox, SENDER_NUMBER, "https://old.example/inbound")
    return one_sandbox


def texts_go(sandbox: RunningSandbox, number: str, url: str) -> None:
    sandbox.twilio().incoming_phone_numbers.list(phone_number=number)[0].update(sms_url=url)


def asked(sender: Sender, user: Any) -> str:
    answer = signed_in(user).post(page(sender, "do/ask-provider/"))
    assert answer.status_code == 302
    return text_of(signed_in(user), page(sender))


@pytest.mark.row(80)
def test_a_webhook_that_points_elsewhere_is_named_with_the_address_to_set_and_in_order_once_it_is_set(
    cast: Cast, sandbox: RunningSandbox
) -> None:
    assert "NOT ASKED" in text_of(signed_in(cast.pat), page(cast.sender))
    shown = asked(cast.sender, cast.pat)
    assert ("TO MEND" in shown, "IN ORDER" in shown) == (True, False)
    assert f"The webhook for texts of {SENDER_NUMBER} posts to https://old.example/inbound." in shown
    assert f"set “A message comes in” to {inbound_url()} (HTTP POST)" in shown
    assert stored(cast.sender).provider_said_at is not None
    texts_go(sandbox, SENDER_NUMBER, inbound_url())
    shown = asked(cast.sender, cast.pat)
    assert ("IN ORDER" in shown, "TO MEND" in shown) == (True, False)
    with platform_scope():
        assert AuditEntry.objects.filter(code="sender.asked_about", actor_id=cast.pat.pk).count() == 2


@pytest.mark.row(80)
def test_a_service_that_goes_before_its_numbers_is_the_level_that_is_named(cast: Cast, sandbox: RunningSandbox) -> None:
    with platform_scope():
        account = ProviderAccount.objects.get(pk=cast.sender.account_id)
        pooled = Sender.objects.create(account=account, address="+12065550101", priority=20)
    texts_go(sandbox, "+12065550101", inbound_url())
    service = sandbox.twilio().messaging.v1.services(SERVICE)
    service.update(use_inbound_webhook_on_number=False, inbound_request_url="https://elsewhere.example/in")
    shown = asked(pooled, cast.pat)
    assert f"Messaging service {SERVICE} takes the texts to its numbers itself and posts to https://else" in shown
    assert "own webhook is right, and the service goes before it" in shown
    service.update(use_inbound_webhook_on_number=True)
    assert "IN ORDER" in asked(pooled, cast.pat)


@pytest.mark.row(79)
def test_a_number_without_sms_at_the_provider_is_told_beside_what_is_entered(
    cast: Cast, sandbox: RunningSandbox
) -> None:
    sandbox.post("/senders", phone_number=SENDER_NUMBER, sms=False).raise_for_status()
    shown = asked(cast.sender, cast.pat)
    assert "Twilio says that it cannot do SMS (no SMS icon in its console), and it is entered here for SMS" in shown
    assert f"{SENDER_NUMBER} can do no SMS, voice" in shown


def test_a_tenant_sees_that_a_shared_sender_is_wrong_and_no_address_of_the_platforms_account(
    cast: Cast, sandbox: RunningSandbox
) -> None:
    asked(cast.sender, cast.pat)
    ana = signed_in(cast.ana)
    shown = text_of(ana, page(cast.sender))
    assert "posts to another address. A platform admin mends it: In the number" in shown
    assert "old.example" not in shown
    for client in (ana, signed_in(cast.cleo), signed_in(cast.sam)):
        assert client.post(page(cast.sender, "do/ask-provider/")).status_code == 404


def test_looking_changes_nothing_and_without_an_answer_what_was_known_stays(
    cast: Cast, sandbox: RunningSandbox, settings: Any
) -> None:
    pat = signed_in(cast.pat)
    assert pat.get(page(cast.sender, "do/ask-provider/")).status_code == 200
    assert stored(cast.sender).provider_says is None
    asked(cast.sender, cast.pat)
    before = stored(cast.sender).provider_says
    settings.TWILIO_BASE_URL, settings.PROVIDER_TIMEOUT = "http://127.0.0.1:9", 2.0
    shown = pat.post(page(cast.sender, "do/ask-provider/"), follow=True).content.decode()
    assert "What was known stays as it is" in shown
    assert stored(cast.sender).provider_says == before

"""After an opt-out only the handset brings texts back, to that very sender; whatever channel it speaks over."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from notifications.dispatch.deliver import deliver_due
from notifications.models import Notification, ProviderBlock, Sender
from notifications.queries.blocks import blocks_shown
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, SENDER_NUMBER, Cast
from tests.consenting import agree
from tests.notifications.dispatch.conftest import again, message
from tests.notifications.webhooks.twilio_requests import message_sid, post_signed
from tests.sandbox.process import RunningSandbox

TOLL_FREE = "+18885550100"


def deliver(row: Notification) -> tuple[str, str]:
    deliver_due(clock=timezone.now, owner="worker", for_seconds=0.2)
    after = again(row)
    return after.status, after.reason


def texted(client: Client, sandbox: RunningSandbox, body: str, *, to: str = SENDER_NUMBER) -> None:
    """Ben's text reaches the provider, which does what it does, and then us, signed by the provider."""
    sandbox.reply(BEN_NUMBER, body, to=to)
    heard(client, sandbox, body, to=to)


def heard(
    client: Client,
    sandbox: RunningSandbox,
    body: str,
    *,
    to: str = SENDER_NUMBER,
    sender: str = BEN_NUMBER,
    **more: str,
) -> None:
    params = {"AccountSid": sandbox.account_sid, "MessageSid": message_sid(), "From": sender, "To": to, "Body": body}
    answer = post_signed(client, "/webhooks/twilio/inbound", {**params, **more}, token=sandbox.auth_token)
    assert answer.status_code == 200


def block(address: str = SENDER_NUMBER) -> str:
    with platform_scope():
        return ProviderBlock.objects.get(number=BEN_NUMBER, sender_address=address).state


@pytest.mark.row(85)
@pytest.mark.parametrize("word", ["START", "YES", "UNSTOP", "start"])
def test_a_start_from_the_handset_to_that_number_brings_texts_back_and_nothing_else_does(
    cast: Cast, sandbox: RunningSandbox, client: Client, word: str
) -> None:
    sandbox.reply(BEN_NUMBER, "STOP", to=SENDER_NUMBER)
    assert deliver(message(cast.ben)) == ("failed", "TWILIO-21610")
    with tenant_scope(cast.harbor.pk):
        [shown] = blocks_shown(BEN_NUMBER)
    assert f"START (or YES) to {SENDER_NUMBER}" in shown.remedy
    texted(client, sandbox, "I am back")
    assert deliver(message(cast.ben)) == ("skipped", "CONSENT-3")
    agree(cast.ben, tenant=cast.harbor, at=timezone.now())
    assert deliver(message(cast.ben)) == ("skipped", "BLOCK-1"), "agreeing anew does not lift the provider's block"
    texted(client, sandbox, word)
    assert block() == "cleared"
    assert deliver(message(cast.ben))[0] in ("sent", "delivered")


def test_on_a_toll_free_number_yes_is_not_enough(cast: Cast, sandbox: RunningSandbox, client: Client) -> None:
    with platform_scope():
        Sender.objects.filter(pk=cast.sender.pk).update(address=TOLL_FREE, is_toll_free=True)
    texted(client, sandbox, "STOP", to=TOLL_FREE)
    for word, wanted in (("YES", "active"), ("UNSTOP", "cleared")):
        texted(client, sandbox, word, to=TOLL_FREE)
        assert block(TOLL_FREE) == wanted
        assert (deliver(message(cast.ben))[0] in ("sent", "delivered")) is (wanted == "cleared")


@pytest.mark.row(91)
@pytest.mark.parametrize("channel", ["sms", "mms", "rcs", "whatsapp"])
def test_an_opt_out_over_any_channel_is_read_by_the_same_rules_and_silences_every_channel(
    cast: Cast, sandbox: RunningSandbox, client: Client, channel: str
) -> None:
    agree(cast.ben, tenant=cast.harbor, channel="voice", at=timezone.now() - timedelta(hours=1))
    prefix = f"{channel}:" if channel in ("rcs", "whatsapp") else ""
    media = {"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/m/1"} if channel == "mms" else {}
    before = deliver(message(cast.ben))
    assert before[0] in ("sent", "delivered")
    heard(client, sandbox, "STOP", sender=f"{prefix}{BEN_NUMBER}", to=f"{prefix}{SENDER_NUMBER}", **media)
    assert block() == "active"
    for kind in ("sms", "voice"):
        assert deliver(message(cast.ben, channel=kind)) == ("skipped", "CONSENT-3"), kind
    heard(client, sandbox, "START", sender=f"{prefix}{BEN_NUMBER}", to=f"{prefix}{SENDER_NUMBER}", **media)
    assert block() == "cleared"
    assert deliver(message(cast.ben))[0] in ("sent", "delivered")

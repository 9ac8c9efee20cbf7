"""A code that comes back by text proves the number to whoever was shown it, in their tenant, and lifts no opt-out."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from members.consent.codes import _digest
from members.models import NumberCode, Suppression
from notifications.models import InboundMessage, Notification, ProviderAccount, ProviderBlock, Sender
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, Cast, add_member
from tests.notifications.webhooks.twilio_requests import replies, text_from


def suppressed() -> bool:
    with platform_scope():
        return Suppression.objects.filter(number_id=BEN_NUMBER).exists()


def newest() -> InboundMessage:
    with platform_scope():
        return InboundMessage.objects.order_by("-id")[0]


def code_for(cast: Cast, *, digits: str = "482193") -> NumberCode:
    """A code that Ben's page shows him, to be texted to us; its digest is made as the shipped code makes it."""
    now = timezone.now()
    with tenant_scope(cast.harbor.pk):
        code = NumberCode(
            tenant=cast.harbor, member=cast.ben, number=BEN_NUMBER, direction=NumberCode.Direction.INBOUND,
            created_at=now, expires_at=now + timedelta(minutes=15), user=cast.ana,
        )  # fmt: skip
        code.digest = _digest(code, digits)
        code.save()
    return code


@pytest.mark.parametrize("body", ["482193", " 482 193", "４８２１９３", "482193 thanks"])
def test_the_code_of_a_page_proves_the_number_and_lifts_no_opt_out(
    cast: Cast, sent: Notification, client: Client, body: str
) -> None:
    code = code_for(cast)
    text_from(client, "STOP")
    text_from(client, "482194")
    assert newest().outcome != "number_proved"
    text_from(client, body)
    assert newest().outcome == "number_proved"
    with platform_scope():
        assert NumberCode.objects.get(pk=code.pk).proved_at is not None
    assert suppressed()
    says = replies()[-1].body
    assert "confirmed as yours for Harbor" in says
    assert "opt-out stays" in says


@pytest.mark.parametrize("owner", ["harbor", "ridge"])
def test_a_code_proves_nothing_through_a_tenants_own_account(
    cast: Cast, sent: Notification, client: Client, owner: str
) -> None:
    code = code_for(cast)
    tenant = getattr(cast, owner)
    with platform_scope():
        own = ProviderAccount.objects.create(
            tenant=tenant, provider="twilio", name="Their own", account_id="AC" + "7" * 32, secret="own-token"
        )
        Sender.objects.create(account=own, tenant=tenant, address="+12065550177")
    with tenant_scope(cast.ridge.pk):
        add_member(cast.ridge, name="Rob", number=BEN_NUMBER)
    text_from(client, "482193", to="+12065550177", account=own.account_id, token="own-token")
    assert newest().outcome != "number_proved"
    with platform_scope():
        assert NumberCode.objects.get(pk=code.pk).proved_at is None
    text_from(client, "482193")
    with platform_scope():
        assert NumberCode.objects.get(pk=code.pk).proved_at is not None


def test_a_tenants_own_account_tells_nothing_of_a_shared_senders_block(
    cast: Cast, sent: Notification, client: Client
) -> None:
    text_from(client, "STOP")
    with platform_scope():
        block = ProviderBlock.objects.get(number=BEN_NUMBER)
        own = ProviderAccount.objects.create(
            tenant=cast.ridge, provider="twilio", name="Ridge's", account_id="AC" + "7" * 32, secret="ridge-token"
        )
        # Even where it claims the shared number as a sender of its own.
        Sender.objects.create(account=own, tenant=cast.ridge, address=block.sender_address)
        Suppression.objects.all().delete()
    text_from(client, "START", to=block.sender_address, account=own.account_id, token="ridge-token")
    with platform_scope():
        assert ProviderBlock.objects.get(pk=block.pk).state == ProviderBlock.State.ACTIVE
    text_from(client, "START")
    with platform_scope():
        assert ProviderBlock.objects.get(pk=block.pk).state == ProviderBlock.State.CLEARED

"""What is known of a provider's opt-out list: in the order it became true, by scope, for those concerned."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from notifications.models import ProviderBlock, Sender
from notifications.operations.blocks import block_cleared, block_learned
from notifications.queries.blocks import blocks_shown
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, SENDER_NUMBER, Cast

TOLL_FREE = "+18885550100"


@pytest.fixture
def toll_free(cast: Cast) -> Sender:
    with platform_scope():
        return Sender.objects.create(account_id=cast.sender.account_id, address=TOLL_FREE, is_toll_free=True)


def blocked(cast: Cast, *, sender: Sender | None = None, at: datetime | None = None) -> None:
    """Ben texted STOP some time ago, and we heard of it."""
    at = at or timezone.now() - timedelta(hours=2)
    found = sender or cast.sender
    block_learned(
        number=BEN_NUMBER,
        provider="twilio",
        sender=found,
        sender_address=found.address,
        source=ProviderBlock.Source.KEYWORD,
        heard_at=at,
        at=at,
    )


def block(address: str = SENDER_NUMBER) -> ProviderBlock:
    with platform_scope():
        return ProviderBlock.objects.get(number=BEN_NUMBER, sender_address=address)


def test_a_tenant_is_not_told_which_senders_of_another_block_its_members_number(cast: Cast) -> None:
    with platform_scope():
        account_id = cast.sender.account_id
        ridges = Sender.objects.create(account_id=account_id, address="+15005550006", tenant=cast.ridge)
    blocked(cast)
    blocked(cast, sender=ridges)
    with tenant_scope(cast.harbor.pk):
        assert [each.sender_address for each in blocks_shown(BEN_NUMBER)] == [SENDER_NUMBER]
    with platform_scope():
        assert len(blocks_shown(BEN_NUMBER)) == 2


def test_a_block_and_its_end_are_kept_in_the_order_in_which_they_became_true(cast: Cast) -> None:
    now = timezone.now()

    def hear(door: Any, *, minutes_ago: int) -> bool:
        return bool(
            door(
                number=BEN_NUMBER,
                provider="twilio",
                sender=cast.sender,
                sender_address=SENDER_NUMBER,
                source=ProviderBlock.Source.KEYWORD,
                heard_at=now - timedelta(minutes=minutes_ago),
                at=now,
            )
        )

    assert hear(block_cleared, minutes_ago=10)
    assert not hear(block_learned, minutes_ago=20), "what is older is no news"
    assert block().state == "cleared"
    assert hear(block_learned, minutes_ago=5)
    assert not hear(block_cleared, minutes_ago=7)
    assert not hear(block_cleared, minutes_ago=5), "at the same instant the block wins"
    assert block().state == "active"
    assert hear(block_cleared, minutes_ago=4)


def test_a_stop_to_a_number_of_a_service_blocks_the_number_and_the_service_and_nothing_else(
    cast: Cast,
    toll_free: Sender,
) -> None:
    service = "MG" + "5" * 32
    now = timezone.now()
    blocked(cast, sender=toll_free)
    for door, ago in ((block_learned, 2), (block_cleared, 1)):
        door(
            number=BEN_NUMBER,
            provider="twilio",
            sender=cast.sender,
            sender_address=SENDER_NUMBER,
            service_id=service,
            source=ProviderBlock.Source.KEYWORD,
            heard_at=now - timedelta(minutes=ago),
            at=now,
        )
        wanted = "active" if door is block_learned else "cleared"
        assert (block(SENDER_NUMBER).state, block(service).state) == (wanted, wanted)
        assert block(TOLL_FREE).state == "active", "another sender keeps its block"

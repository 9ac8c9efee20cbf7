"""What providers are known to block for one number, as people outside this app may read it."""

from members.ports import Block
from notifications.models import Sender
from notifications.queries.blocks import blocks_shown
from tenants.scope import platform_scope, scoped_tenant_id


def blocks_of(number: str) -> tuple[Block, ...]:
    """Every block of the number, cleared ones too; in a tenant's scope those of its own and the shared senders alone.

    A sender of another tenant would say whose messages the number's owner also got.
    """
    shown = blocks_shown(number)
    reached = _reached_by_api({block.sender_address for block in shown if block.is_active})
    return tuple(
        Block(
            provider=block.provider,
            sender_address=block.sender_address,
            is_active=block.is_active,
            since=block.since,
            source=block.source,
            code=block.code,
            says=block.says,
            remedy=block.remedy,
            asked=block.asked,
            may_be_told=block.is_active and block.sender_address in reached,
        )
        for block in shown
    )


def _reached_by_api(addresses: set[str]) -> frozenset[str]:
    """Those senders whose block the provider's consent API can lift: the network keeps a toll-free number's."""
    if not addresses:
        return frozenset()
    tenant_id = scoped_tenant_id()
    with platform_scope():
        found = list(Sender.objects.filter(address__in=addresses))
    seen = [sender for sender in found if tenant_id is None or sender.tenant_id in (tenant_id, None)]
    return frozenset(sender.address for sender in seen if not sender.is_toll_free)

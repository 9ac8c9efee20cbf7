"""What providers are known to block for one number, as people outside this app may read it."""

from members.ports import Block
from notifications.models import ProviderBlock, Sender
from tenants.scope import scoped_tenant_id


def blocks_of(number: str) -> tuple[Block, ...]:
    """Every block of the number, cleared ones too; in a tenant's scope those of its own and the shared senders alone.

    A sender of another tenant would say whose messages the number's owner also got.
    """
    rows = ProviderBlock.objects.filter(number=number)
    if scoped_tenant_id() is not None:
        rows = rows.filter(sender__in=Sender.objects.all())
    return tuple(
        Block(
            provider=row.get_provider_display(),
            sender_address=row.sender_address,
            is_active=row.state == ProviderBlock.State.ACTIVE,
            since=row.since,
            source=row.get_source_display(),
            code=row.code,
            says=row.says,
        )
        for row in rows.order_by("sender_address", "provider")
    )

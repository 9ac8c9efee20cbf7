"""What providers block for a number, in the words of the pages: the scope, since when, why, and how it is lifted.

Whoever asks decides whose senders may be named: in a tenant's scope its own and the shared ones alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from notifications.models import ConsentPush, ProviderBlock, Sender
from tenants.scope import platform_scope, scoped_tenant_id

TOLL_FREE_SAYS = (
    "The network keeps the block of a toll-free number: only START or UNSTOP from that phone lifts it. YES does not."
)


@dataclass(frozen=True, slots=True)
class BlockShown:
    """One sender, or whole service, that the provider blocks for the number."""

    public_id: str
    provider: str
    sender_address: str
    scope: str
    is_active: bool
    since: datetime
    source: str
    code: str
    says: str
    remedy: str
    asked: str


def blocks_shown(number: str) -> tuple[BlockShown, ...]:
    """Every block of the number that we know of, cleared ones too; needs the tenant's or the platform's scope.

    `asked` says what became of the last request to the provider's consent API; empty where none was made.
    """
    rows = ProviderBlock.objects.filter(number=number).select_related("sender")
    if scoped_tenant_id() is not None:
        # A sender of another tenant would say whose messages the number's owner also got.
        rows = rows.filter(sender__in=Sender.objects.all())
    asked = pushes_of(number)
    return tuple(
        BlockShown(
            public_id=row.public_id,
            provider=row.get_provider_display(),
            sender_address=row.sender_address,
            scope=scope_of(row),
            is_active=row.state == ProviderBlock.State.ACTIVE,
            since=row.since,
            source=row.get_source_display(),
            code=row.code,
            says=row.says,
            remedy=remedy_of(row),
            asked=asked_words(asked.get(row.sender_address)),
        )
        for row in rows.order_by("sender_address", "provider")
    )


def pushes_of(number: str) -> Mapping[str, ConsentPush]:
    """The newest request to a consent API about this number, by the address of the sender."""
    with platform_scope():
        rows = ConsentPush.objects.filter(number=number).order_by("id")
        return {row.sender_address: row for row in rows}


def blocks_of_numbers(numbers: Iterable[str]) -> dict[str, list[ProviderBlock]]:
    """The active blocks of these numbers, in one query; needs the platform's scope."""
    wanted = sorted(set(numbers))
    found: dict[str, list[ProviderBlock]] = {number: [] for number in wanted}
    for row in ProviderBlock.objects.filter(number__in=wanted, state=ProviderBlock.State.ACTIVE):
        found[row.number].append(row)
    return found


def scope_of(block: ProviderBlock) -> str:
    """What the block covers: an opt-out to one number of a Messaging Service counts for all of them."""
    if block.sender_address.startswith("MG"):
        return f"every number of messaging service {block.sender_address}"
    return f"the sender {block.sender_address}"


def remedy_of(block: ProviderBlock) -> str:
    """Who can lift it, and how; empty for one that is lifted. Only the handset, or the provider's consent API, can."""
    if block.state != ProviderBlock.State.ACTIVE:
        return ""
    if block.sender is not None and block.sender.is_toll_free:
        return f"They text START or UNSTOP to {block.sender_address}. {TOLL_FREE_SAYS}"
    to = "a number of that service" if block.sender_address.startswith("MG") else block.sender_address
    words = "START" if block.provider == "azure" else "START (or YES)"
    return f"They text {words} to {to} from that very phone, or a consent given anew is told to the provider."


def asked_words(push: ConsentPush | None) -> str:
    """What became of a request to the provider's consent API; empty where none was made."""
    if push is None:
        return ""
    if push.state == ConsentPush.State.TAKEN:
        return f"{push.get_wish_display()}: {push.get_state_display().lower()}."
    code = f" ({push.code})" if push.code not in ("", "0") else ""
    return f"{push.get_wish_display()}: {push.get_state_display().lower()}. {push.says}{code}".strip()

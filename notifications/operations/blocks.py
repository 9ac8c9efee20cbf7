"""Learns of a provider's own opt-out list, and of its being lifted, from whoever hears of it: texts, answers, receipts.

What a *message* met is learned from its attempt (dispatch/opted_out.py), which also says what follows for the number.
Here are the facts that come through other doors. Both functions lock the number: call them before any message is
locked, or where the number is locked already.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from notifications.dispatch.blocks import BlockFact, keep_facts
from notifications.models import ProviderBlock, Sender
from tenants.models import User
from tenants.scope import platform_scope

__all__ = ["block_cleared", "block_learned"]

Source = ProviderBlock.Source


def block_learned(
    *,
    number: str,
    provider: str,
    sender: Sender | None,
    sender_address: str,
    source: ProviderBlock.Source,
    heard_at: datetime,
    at: datetime,
    service_id: str | None = None,
    code: str = "",
    says: str = "",
    tenant_id: int | None = None,
    actor: User | None = None,
) -> bool:
    """Keep that the provider blocks this sender for `number`; True when it stands blocked for every scope named.

    False when something newer says otherwise: an older fact never takes the place of a newer one.

    :param sender_address: the number that was texted, or what the message left from: a number or service.
    :param service_id: the Messaging Service that the number belongs to, where the provider named one: its opt-out
        covers the whole service, so both are kept.
    :param heard_at: from when on it is surely true: when the words reached us.
    """
    said = _Said(number, provider, source, heard_at, code, says, tenant_id, is_blocked=True)
    facts = _facts(said, sender=sender, scopes=(sender_address, service_id))
    return len(keep_facts(facts, at=at, actor=actor)) == len(facts)


def block_cleared(
    *,
    number: str,
    provider: str,
    sender: Sender | None,
    sender_address: str,
    source: ProviderBlock.Source,
    heard_at: datetime,
    at: datetime,
    service_id: str | None = None,
    code: str = "",
    says: str = "",
    tenant_id: int | None = None,
    actor: User | None = None,
) -> bool:
    """Keep that the provider blocks this sender for `number` no longer; True when no scope named stands blocked.

    Other senders keep their blocks: START counts for the sender, or the whole service, that it was texted to.
    """
    said = _Said(number, provider, source, heard_at, code, says, tenant_id, is_blocked=False)
    return not keep_facts(_facts(said, sender=sender, scopes=(sender_address, service_id)), at=at, actor=actor)


@dataclass(frozen=True, slots=True)
class _Said:
    """What was heard, whichever scopes it is about."""

    number: str
    provider: str
    source: ProviderBlock.Source
    heard_at: datetime
    code: str
    says: str
    tenant_id: int | None
    is_blocked: bool


def _facts(said: _Said, *, sender: Sender | None, scopes: Iterable[str | None]) -> list[BlockFact]:
    wanted = list(dict.fromkeys(scope for scope in scopes if scope))
    known: dict[str, int] = {}
    if sender is not None:
        with platform_scope():
            rows = Sender.objects.filter(account_id=sender.account_id, address__in=wanted)
            known = dict(rows.values_list("address", "pk"))
    return [
        BlockFact(
            number=said.number,
            provider=said.provider,
            sender_id=known.get(scope),
            sender_address=scope,
            is_blocked=said.is_blocked,
            source=said.source,
            heard_at=said.heard_at,
            code=said.code,
            says=said.says,
            tenant_id=said.tenant_id,
        )
        for scope in wanted
    ]

"""Keeps what is known of providers' own opt-out lists: which sender, or whole service, is blocked for which number.

Each fact has the time from which it is surely true, and an older one never takes the place of a newer one. Locks the
numbers, sorted, before anything else: call it where no message is locked (docs: one lock order everywhere).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from imes.kernel.phone import mask
from members.consent.ledger import lock_numbers
from notifications.models import ProviderBlock
from tenants.audit import Act, record
from tenants.models import User
from tenants.scope import platform_scope

_SAYS_LIMIT = 200
_State = ProviderBlock.State
#: What a block is known by.
BlockKey = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class BlockFact:
    """A provider blocks, or blocks no longer, one scope for one number.

    `sender_address` is the scope: the number, or the Messaging Service where the message went through one. `heard_at`
    is when the fact was surely true: for a refused message when it was handed over, since a START after that moment
    is the newer word.
    """

    number: str
    provider: str
    sender_id: int | None
    sender_address: str
    is_blocked: bool
    source: ProviderBlock.Source
    heard_at: datetime
    code: str = ""
    says: str = ""
    tenant_id: int | None = None

    @property
    def key(self) -> BlockKey:
        return self.number, self.provider, self.sender_address


def keep_facts(facts: Sequence[BlockFact], *, at: datetime, actor: User | None = None) -> frozenset[BlockKey]:
    """Keep what these facts say of each block; the keys of those that stand blocked afterwards.

    Locks the numbers; opens the platform's scope. Writes one entry of the audit log for each block that changed.
    """
    if not facts:
        return frozenset()
    with platform_scope():
        lock_numbers({fact.number for fact in facts}, exclusively=True)
        known = _known(facts)
        taken: dict[BlockKey, ProviderBlock] = {}
        changed: dict[BlockKey, tuple[ProviderBlock, BlockFact]] = {}
        for fact in sorted(facts, key=lambda fact: (fact.heard_at, fact.is_blocked)):
            row = known.get(fact.key)
            if row is not None and not _is_news(fact, row):
                continue
            was = row.state if row is not None else None
            row = known[fact.key] = taken[fact.key] = _taken(fact, row)
            if was != row.state and (was is not None or fact.is_blocked):
                changed[fact.key] = (row, fact)
        _save(taken.values())
        for row, fact in changed.values():
            _audit(row, fact, actor=actor, at=at)
        return frozenset(key for key, row in known.items() if row.state == _State.ACTIVE)


def _known(facts: Iterable[BlockFact]) -> dict[BlockKey, ProviderBlock]:
    wanted = {fact.key for fact in facts}
    rows = ProviderBlock.objects.filter(number__in={number for number, _, _ in wanted})
    found = {(row.number, row.provider, row.sender_address): row for row in rows}
    return {key: row for key, row in found.items() if key in wanted}


def _is_news(fact: BlockFact, row: ProviderBlock) -> bool:
    """At the same instant the block wins: one refused message too many does less harm than none refused."""
    if fact.heard_at == row.since:
        return fact.is_blocked and row.state == _State.CLEARED
    return fact.heard_at > row.since


def _taken(fact: BlockFact, row: ProviderBlock | None) -> ProviderBlock:
    row = row or ProviderBlock(number=fact.number, provider=fact.provider, sender_address=fact.sender_address)
    row.sender_id = fact.sender_id or row.sender_id
    row.state = _State.ACTIVE if fact.is_blocked else _State.CLEARED
    row.since, row.source, row.code = fact.heard_at, fact.source, fact.code[:16]
    row.says = fact.says[:_SAYS_LIMIT]
    return row


def _save(rows: Iterable[ProviderBlock]) -> None:
    found = list(rows)
    ProviderBlock.objects.bulk_create([row for row in found if row.pk is None])
    kept = [row for row in found if row.pk is not None]
    ProviderBlock.objects.bulk_update(kept, ["sender", "state", "since", "source", "code", "says"])


def _audit(row: ProviderBlock, fact: BlockFact, *, actor: User | None, at: datetime) -> None:
    about = {
        "number": mask(row.number),
        "sender": row.sender_address,
        "provider": row.provider,
        "source": row.source,
        "code": row.code,
    }
    said = Act.BLOCK_LEARNED if fact.is_blocked else Act.BLOCK_CLEARED
    record(said, tenant_id=fact.tenant_id, actor=actor, subject=row, at=at, data=about)

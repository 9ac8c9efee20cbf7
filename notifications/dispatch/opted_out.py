"""What follows when a provider says that a recipient has opted out: 21610, 30630, ACS 4007. Product reading 9.

It works from the attempts' own rows, in a transaction of its own after the one that wrote the answer: numbers are
locked before messages everywhere, and an answer is written while its message is locked. A process that dies in between
loses nothing: the sweep finds attempts that the ledger holds no signal of. Nothing here ever sends.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db import connection, transaction

from members.consent.block_rule import Follows, follows
from members.consent.ledger import events_of, lock_numbers
from members.consent.signals import Report, suppress, tell, told_already
from notifications.core.faults import FaultKind, catalogue, fault
from notifications.core.receipts import DeliveryWord
from notifications.dispatch.blocks import BlockFact, BlockKey, keep_facts
from notifications.models import Attempt, ProviderBlock, Review
from notifications.models.attempt import OPT_OUT_CODES as MET_CODES
from notifications.models.sender import PROVIDERS
from tenants.scope import platform_scope

logger = logging.getLogger(__name__)

#: The codes by which each provider says it.
OPT_OUT_CODES = {
    provider: frozenset(row.code for row in catalogue(provider) if row.kind is FaultKind.OPTED_OUT and row.code)
    for provider, _ in PROVIDERS
}
#: The sweep looks back so far, and leaves what is younger to whoever wrote it down.
SWEEP_BACK, SWEEP_AFTER = timedelta(days=2), timedelta(seconds=20)
SWEEP_LIMIT = 200
_ARRIVED = [DeliveryWord.DELIVERED.value, DeliveryWord.READ.value]


def is_opt_out(provider: str, code: str) -> bool:
    """Whether this code says that the recipient has opted out of the sender."""
    return code in OPT_OUT_CODES.get(provider, frozenset())


def learn_after_commit(attempt_ids: Iterable[int], *, at: datetime) -> None:
    """Have `learn` look at these attempts once this transaction has committed."""
    ids = sorted(set(attempt_ids))
    if ids:
        transaction.on_commit(partial(learn, ids, at=at), robust=True)


def clear_after_commit(attempt_ids: Iterable[int], *, at: datetime) -> None:
    """Have `clear_delivered` look at those that went past a known block, once this transaction has committed."""
    ids = _delivered_past_a_block(list(attempt_ids))
    if ids:
        transaction.on_commit(partial(clear_delivered, ids, at=at), robust=True)


def learn(attempt_ids: Sequence[int], *, at: datetime) -> int:
    """Keep the blocks that these attempts met, and what follows for their numbers; how many were news.

    Idempotent: an attempt that the ledger holds a signal of is passed over. One that cannot be taken in stops no other.
    """
    try:
        return _learn(attempt_ids, at=at)
    except Exception:
        if len(attempt_ids) == 1:
            logger.exception("the opt-out that attempt %s met could not be kept", attempt_ids[0])
            return 0
    return sum(learn([attempt_id], at=at) for attempt_id in attempt_ids)


def learn_missed(*, at: datetime) -> int:
    """Learn from the attempts that nobody has learned from: for the worker."""
    ids = missed(at=at)
    return learn(ids, at=at) if ids else 0


def missed(*, at: datetime) -> list[int]:
    """The attempts of the last two days that met an opt-out and of which the ledger holds no signal."""
    with platform_scope(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.id, a.provider, a.fault_code FROM notifications_attempt a"
            " WHERE a.fault_code = ANY(%s) AND a.committed_at > %s AND a.committed_at <= %s"
            " AND NOT EXISTS (SELECT FROM members_consentevent e"
            " WHERE e.number = a.number AND e.act = 'signal' AND e.evidence_ref = a.public_id)"
            " ORDER BY a.committed_at LIMIT %s",
            [MET_CODES, at - SWEEP_BACK, at - SWEEP_AFTER, SWEEP_LIMIT],
        )
        return [row[0] for row in cursor.fetchall() if is_opt_out(row[1], row[2])]


def clear_delivered(attempt_ids: Sequence[int], *, at: datetime) -> None:
    """Clear the blocks that these delivered messages prove to be gone: they were handed over after the block."""
    with platform_scope():
        facts = [
            BlockFact(
                number=attempt.number,
                provider=attempt.provider,
                sender_id=attempt.sender_id,
                sender_address=attempt.sender_address,
                is_blocked=False,
                source=ProviderBlock.Source.DELIVERED,
                heard_at=attempt.committed_at,
                says="A message was delivered.",
                tenant_id=attempt.tenant_id,
            )
            for attempt in Attempt.objects.filter(pk__in=attempt_ids, word__in=_ARRIVED)
        ]
        keep_facts(facts, at=at)


def _learn(attempt_ids: Sequence[int], *, at: datetime) -> int:
    with platform_scope():
        rows = Attempt.objects.filter(pk__in=attempt_ids).select_related("notification")
        met = [attempt for attempt in rows.order_by("pk") if is_opt_out(attempt.provider, attempt.fault_code)]
        lock_numbers({attempt.number for attempt in met}, exclusively=True)
        told = told_already(map(_report, met))
        news = [attempt for attempt in met if attempt.public_id not in told]
        if not news:
            return 0
        tell([_report(attempt) for attempt in news], at=at)
        outdated = _delivered_since(news)
        blocked = keep_facts([_fact(each) for each in news if each.pk not in outdated], at=at)
        _settle(news, blocked=blocked, at=at)
        return len(news)


def _settle(news: Sequence[Attempt], *, blocked: frozenset[BlockKey], at: datetime) -> None:
    """Suppress each number, or have a person look: once a number, by the first attempt that met a block that stands."""
    first: dict[str, Attempt] = {}
    for attempt in news:
        if (attempt.number, attempt.provider, attempt.sender_address) in blocked:
            first.setdefault(attempt.number, attempt)
    events = events_of(first)
    reviews = []
    for number, attempt in sorted(first.items()):
        lines = events[number]
        # Another machine's clock may have written a line just after our `at`.
        now = max([at, *(max(line.effective_at, line.recorded_at) for line in lines)])
        following = follows(lines, at=now)
        if following is Follows.SUPPRESS:
            suppress(_report(attempt), at=at)
        elif following is Follows.REVIEW:
            reviews.append(attempt)
    _open_reviews(reviews, at=at)


def _open_reviews(attempts: Sequence[Attempt], *, at: datetime) -> None:
    if not attempts:
        return
    kind = Review.Kind.BLOCK_AFTER_CONSENT
    numbers = [attempt.number for attempt in attempts]
    asked = Review.objects.filter(number__in=numbers, kind=kind, decided_at__isnull=True)
    open_ones = set(asked.values_list("number", flat=True))
    Review.objects.bulk_create(
        Review(
            tenant_id=attempt.tenant_id,
            kind=kind,
            number=attempt.number,
            because=(
                f"{_said(attempt)}, although they came back since the last STOP that we know of. It is lifted by "
                "START to that sender, or through the provider's consent API."
            )[:200],
            opened_at=at,
        )
        for attempt in attempts
        if attempt.number not in open_ones
    )


def _said(attempt: Attempt) -> str:
    return f"{attempt.get_provider_display()} says opted out ({attempt.fault_code})"


def _report(attempt: Attempt) -> Report:
    trace = attempt.trace or {}
    return Report(
        number=attempt.number,
        channel=attempt.notification.channel,
        provider=attempt.provider,
        sender_address=attempt.sender_address,
        how=f"{_source(attempt).value} {attempt.fault_code}",
        heard_at=attempt.committed_at,
        ref=attempt.public_id,
        provider_message_id=attempt.provider_message_id,
        tenant_id=attempt.tenant_id,
        member_id=attempt.notification.member_id,
        answer={
            "code": attempt.fault_code,
            "says": attempt.fault_text,
            "word": attempt.word,
            "http_status": attempt.http_status,
            "answer": trace.get("response_body", ""),
            "answered_at": attempt.answered_at.isoformat() if attempt.answered_at else None,
        },
    )


def _fact(attempt: Attempt) -> BlockFact:
    return BlockFact(
        number=attempt.number,
        provider=attempt.provider,
        sender_id=attempt.sender_id,
        sender_address=attempt.sender_address,
        is_blocked=True,
        source=_source(attempt),
        heard_at=attempt.committed_at,
        code=attempt.fault_code,
        says=fault(attempt.provider, attempt.fault_code, channel=attempt.notification.channel).says,
        tenant_id=attempt.tenant_id,
    )


def _source(attempt: Attempt) -> ProviderBlock.Source:
    refused = attempt.outcome == Attempt.Outcome.REFUSED
    return ProviderBlock.Source.REFUSED if refused else ProviderBlock.Source.RECEIPT


# Handed over after the block began, and arrived: somebody lifted the block without our hearing of it.
_PAST_A_BLOCK = (
    "SELECT a.id FROM notifications_attempt a JOIN notifications_providerblock b"
    " ON b.number = a.number AND b.provider = a.provider AND b.sender_address = a.sender_address"
    " WHERE a.id = ANY(%s) AND b.state = 'active' AND b.since < a.committed_at"
)
# A message of the same sender that was handed over later and has arrived.
_DELIVERED_SINCE = (
    "SELECT a.id FROM notifications_attempt a WHERE a.id = ANY(%s) AND EXISTS"
    " (SELECT FROM notifications_notification n JOIN notifications_attempt d ON d.notification_id = n.id"
    " WHERE n.tenant_id = a.tenant_id AND n.number = a.number AND n.created_at > a.committed_at - interval '1 day'"
    " AND d.provider = a.provider AND d.sender_address = a.sender_address"
    " AND d.committed_at > a.committed_at AND d.word IN ('delivered', 'read'))"
)


def _delivered_past_a_block(attempt_ids: list[int]) -> list[int]:
    if not attempt_ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_PAST_A_BLOCK, [attempt_ids])
        return [row[0] for row in cursor.fetchall()]


def _delivered_since(attempts: Sequence[Attempt]) -> frozenset[int]:
    with connection.cursor() as cursor:
        cursor.execute(_DELIVERED_SINCE, [[attempt.pk for attempt in attempts]])
        return frozenset(row[0] for row in cursor.fetchall())

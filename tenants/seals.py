"""Seals append-only tables: each seal signs the lines since the last one, in the order of their ids.

A line is sealed when it surely stands: ids are given out before they are committed, so sealing up to the newest visible
one would pass over late comers (docs/decisions/0012). What a seal promises is checked by tenants/seal_check.py.
"""

import hashlib
import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, models

from imes.kernel.canonical import canonical
from tenants.chains import Chain
from tenants.models import Seal, SealMark
from tenants.scope import platform_scope
from tenants.signing import signing_keys

logger = logging.getLogger(__name__)

#: Lines that one seal covers at most, and seals of one round: a round ends well within a task's time.
MOST_LINES = 5_000
MOST_SEALS = 10
#: What the first seal of a chain has before it.
NOTHING_BEFORE = bytes(32)


def seal_settled(chain: Chain, *, at: datetime, most_lines: int = MOST_LINES, most_seals: int = MOST_SEALS) -> int:
    """Seal what surely stands in `chain`, note how far the next round may go, and return how many lines were sealed.

    One sealer at a time: a second one does nothing. A line is sealed about two rounds after it was written.

    :raises NotASigningKey: when the installation has no key to sign with.
    """
    with platform_scope():
        if not _is_the_only_one(chain):
            return 0
        mark = SealMark.objects.filter(chain=chain.name).first()
        sealed = 0
        if mark is not None and _has_settled(mark, chain):
            sealed = _seal_up_to(mark.last_id, chain, at=at, most_lines=most_lines, most_seals=most_seals)
        _set_mark(chain, mark)
        return sealed


def seals_over(chain: Chain, line_ids: Iterable[int]) -> dict[int, Seal]:
    """The seal that covers each of these lines, for those that are sealed. Two queries; needs `platform_scope`."""
    with connection.cursor() as cursor:
        cursor.execute(_SEAL_OF_EACH, {"ids": list(line_ids), "chain": chain.name})
        found = dict(cursor.fetchall())
    seals = Seal.objects.in_bulk(set(found.values()))
    return {line_id: seals[seal_id] for line_id, seal_id in found.items()}


def holds(seal: Seal, line: Mapping[str, Any]) -> bool:
    """Whether a line stands as the seal over it has it."""
    joined, digest = bytes(seal.line_digests), line_digest(line)
    return any(joined[at : at + len(digest)] == digest for at in range(0, len(joined), len(digest)))


def lines_between(chain: Chain, *, after_id: int | None, last_id: int) -> models.QuerySet[Any, dict[str, Any]]:
    """Every column of the chain's lines with an id above `after_id` (None: of any) up to `last_id`, in order.

    Needs `platform_scope`. The plain manager: nothing may hide a line from its seal.
    """
    found = chain.lines._base_manager.filter(pk__lte=last_id)
    return (found if after_id is None else found.filter(pk__gt=after_id)).order_by("pk").values(*chain.columns)


def line_digest(line: Mapping[str, Any]) -> bytes:
    """The SHA-256 of a line's canonical form: every column that is not empty, by name, bytes in hexadecimal.

    NULLs are left out, so that a column that is added later, and is NULL in old lines, breaks no old seal.
    """
    plain = {
        name: bytes(value).hex() if isinstance(value, bytes | memoryview) else value
        for name, value in line.items()
        if value is not None
    }
    return hashlib.sha256(canonical(plain)).digest()


def seal_digest(seal: Seal) -> bytes:
    """What is signed: the digest of the seal before, what this one says of itself, and the digest of each line."""
    says = {
        "chain": seal.chain,
        "ordinal": seal.ordinal,
        "after_id": seal.after_id,
        "last_id": seal.last_id,
        "rows": seal.rows,
        "sealed_at": seal.sealed_at,
    }
    return hashlib.sha256(bytes(seal.previous) + canonical(says) + bytes(seal.line_digests)).digest()


def _seal_up_to(last_id: int, chain: Chain, *, at: datetime, most_lines: int, most_seals: int) -> int:
    newest = Seal.objects.filter(chain=chain.name).order_by("-ordinal").defer("line_digests").first()
    sealed = 0
    for _ in range(most_seals):
        lines = list(lines_between(chain, after_id=newest.last_id if newest else None, last_id=last_id)[:most_lines])
        if not lines:
            break
        newest = _seal(chain, lines=lines, before=newest, at=at)
        sealed += len(lines)
    return sealed


def _seal(chain: Chain, *, lines: list[dict[str, Any]], before: Seal | None, at: datetime) -> Seal:
    seal = Seal(
        chain=chain.name,
        ordinal=before.ordinal + 1 if before else 1,
        after_id=before.last_id if before else 0,
        last_id=lines[-1]["id"],
        rows=len(lines),
        previous=bytes(before.digest) if before else NOTHING_BEFORE,
        line_digests=_joined(lines),
        sealed_at=at,
    )
    seal.digest = seal_digest(seal)
    signed = signing_keys().sign(seal.digest)
    seal.key_id, seal.signature = signed.key_id, signed.value
    seal.save(force_insert=True)
    # The log is a copy elsewhere: it shows when the newest seals and lines were removed together.
    logger.info("sealed %s:%s:%s, %s lines", seal.chain, seal.ordinal, seal.digest.hex(), seal.rows)
    return seal


def _joined(lines: Iterable[Mapping[str, Any]]) -> bytes:
    return b"".join(line_digest(line) for line in lines)


def _is_the_only_one(chain: Chain) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"imes seal {chain.name}"])
        return bool(cursor.fetchone()[0])


def _has_settled(mark: SealMark, chain: Chain) -> bool:
    """Whether every transaction that may still have brought a line below the mark has ended."""
    return _writers(chain, before=mark.transaction).older == 0


def _set_mark(chain: Chain, mark: SealMark | None) -> None:
    """Note the newest line and the next transaction, where there are lines that no mark covers yet.

    Three statements in this order, each with its own view: whoever holds the id of a line up to that one and has not
    committed is seen by the second as a writer of the table. With a transaction id they come before the third; in the
    moment in which they have the line's id and no own one yet, no mark is set this time.
    """
    newest = lines_between(chain, after_id=mark.last_id if mark else None, last_id=2**63 - 1)
    last_id = newest.aggregate(last=models.Max("pk"))["last"]
    if last_id is None or (mark is not None and not _has_settled(mark, chain)):
        return
    if _writers(chain, before=0).without_an_id:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        (transaction,) = cursor.fetchone()
    SealMark.objects.update_or_create(chain=chain.name, defaults={"last_id": last_id, "transaction": transaction})


class _Writers(NamedTuple):
    """Other open transactions that write a chain's table: without an id of their own, and older than some id."""

    without_an_id: int
    older: int


def _writers(chain: Chain, *, before: int) -> _Writers:
    with connection.cursor() as cursor:
        cursor.execute(_WRITERS, {"table": chain.lines._meta.db_table, "before": before})
        return _Writers(*cursor.fetchone())


# An INSERT locks its table before it asks for the line's id, and keeps the lock until its transaction has ended for
# everybody's eyes. Locks name transactions by the low 32 bits of their ids, which are compared around the circle. What
# this very transaction wrote is sealed or undone together with its seal.
_WRITERS = """
SELECT count(*) FILTER (WHERE own.transactionid IS NULL),
       count(*) FILTER (
           WHERE (%(before)s::bigint - own.transactionid::text::bigint) & 4294967295 BETWEEN 1 AND 2147483647
       )
FROM pg_locks writer
LEFT JOIN pg_locks own ON own.locktype = 'transactionid' AND own.mode = 'ExclusiveLock' AND own.granted
    AND own.virtualtransaction = writer.virtualtransaction
WHERE writer.locktype = 'relation' AND writer.relation = %(table)s::regclass AND writer.granted
AND writer.database = (SELECT oid FROM pg_database WHERE datname = current_database())
AND writer.mode = 'RowExclusiveLock' AND writer.pid IS DISTINCT FROM pg_backend_pid()
"""
_SEAL_OF_EACH = """
SELECT line.id, seal.id FROM unnest(%(ids)s::bigint[]) AS line (id)
CROSS JOIN LATERAL (
    SELECT s.id FROM tenants_seal s WHERE s.chain = %(chain)s AND s.last_id >= line.id ORDER BY s.last_id LIMIT 1
) AS seal
"""

"""Walks the whole ledger, or one tenant's part of it, in batches, and compares what is kept beside it.

Each batch is a transaction of its own that locks its numbers, so that a STOP waits for no more than one batch.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from members.consent.ledger import lock_numbers
from members.consent.projection import Compared, bring_in_line, compared
from tenants.scope import platform_scope

#: Numbers in one transaction.
BATCH = 200

# Every number that a line, a kept standing or an opt-out speaks of, after one of them.
_OF_ALL = """
SELECT number FROM (
    (SELECT DISTINCT number FROM members_consentevent WHERE number > %(after)s ORDER BY number LIMIT %(most)s)
    UNION (SELECT DISTINCT number FROM members_consentstanding WHERE number > %(after)s ORDER BY number LIMIT %(most)s)
    UNION (SELECT number FROM members_suppression WHERE number > %(after)s ORDER BY number LIMIT %(most)s)
) met ORDER BY number LIMIT %(most)s
"""
# Of one tenant: the numbers of its lines, of its kept standings, and of its members' phones.
_OF_TENANT = """
SELECT number FROM (
    (SELECT DISTINCT number FROM members_consentevent
        WHERE tenant_id = %(tenant)s AND number > %(after)s ORDER BY number LIMIT %(most)s)
    UNION (SELECT DISTINCT number FROM members_consentstanding
        WHERE tenant_id = %(tenant)s AND number > %(after)s ORDER BY number LIMIT %(most)s)
    UNION (SELECT DISTINCT number FROM members_phone
        WHERE tenant_id = %(tenant)s AND number > %(after)s ORDER BY number LIMIT %(most)s)
) met ORDER BY number LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some numbers, and all that is kept of them otherwise than the ledger says."""

    numbers: int
    found: Compared


def rebuild(*, tenant_id: int | None, mend: bool, at: datetime) -> Iterator[Batch]:
    """Compare batch after batch, and bring each in line where `mend`; opens the platform's scope itself.

    :param tenant_id: only numbers that this tenant has to do with, and of their standings only this tenant's.
    """
    after = ""
    while True:
        with platform_scope():
            numbers = _numbers(after=after, tenant_id=tenant_id)
            if not numbers:
                return
            lock_numbers(numbers, exclusively=mend)
            found = compared(numbers, at=at)
            if tenant_id is not None:
                found.standings[:] = [one for one in found.standings if one.tenant_id == tenant_id]
            if mend:
                bring_in_line(found)
        after = numbers[-1]
        yield Batch(len(numbers), found)


def _numbers(*, after: str, tenant_id: int | None) -> list[str]:
    asked: dict[str, str | int | None] = {"after": after, "most": BATCH, "tenant": tenant_id}
    with connection.cursor() as cursor:
        cursor.execute(_OF_ALL if tenant_id is None else _OF_TENANT, asked)
        return [number for (number,) in cursor.fetchall()]

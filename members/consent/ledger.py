"""Reads and writes the consent ledger and the rows that STOP locks.

It appends and never changes; what follows from the lines is for `standing` to say. It opens no scope of its own: each
function names the one that it needs.
"""

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from imes.kernel.canonical import salted_digest
from members.consent.disclosure import Disclosure
from members.consent.standing import ConsentAct, Event
from members.models import ConsentDetail, ConsentEvent, Number


def append(
    *,
    act: ConsentEvent.Act,
    channel: ConsentEvent.Channel,
    reach: ConsentEvent.Reach,
    number: str,
    tenant_id: int | None,
    member_id: int | None,
    actor_id: int | None,
    source: str,
    method: str,
    effective_at: datetime,
    at: datetime,
    details: Mapping[str, Any],
    disclosure: Disclosure | None = None,
    provider: str = "",
    provider_message_id: str = "",
    sender_address: str = "",
    evidence_ref: str = "",
) -> ConsentEvent:
    """Write one line and its erasable side row, in the caller's scope; reach `platform` needs the platform's.

    :param details: personal data and evidence: ip, user_agent, raw_text, note. The line keeps its salted digest alone.
    """
    salt = os.urandom(16)
    data = dict(details)
    event = ConsentEvent.objects.create(
        act=act,
        channel=channel,
        reach=reach,
        number=number,
        tenant_id=tenant_id,
        member_id=member_id,
        actor_id=actor_id,
        source=source,
        method=method,
        effective_at=min(effective_at, at),
        recorded_at=at,
        disclosure_version=disclosure.version if disclosure else "",
        disclosure_text=disclosure.text if disclosure else "",
        disclosure_digest=disclosure.digest if disclosure else None,
        provider=provider,
        provider_message_id=provider_message_id,
        sender_address=sender_address,
        evidence_ref=evidence_ref,
        digest=salted_digest(data, salt=salt),
    )
    ConsentDetail.objects.create(event=event, tenant_id=tenant_id, salt=salt, data=data)
    return event


def events_of(numbers: Iterable[str]) -> dict[str, tuple[Event, ...]]:
    """All lines about these numbers, for the fold, in one query; needs `platform_scope` to see what counts everywhere.

    A number without a line has an empty tuple.
    """
    wanted = sorted(set(numbers))
    found: defaultdict[str, list[Event]] = defaultdict(list)
    if wanted:
        for row in ConsentEvent.objects.filter(number__in=wanted).order_by("id"):
            found[row.number].append(as_event(row))
    return {number: tuple(found[number]) for number in wanted}


def as_event(row: ConsentEvent) -> Event:
    """One line as the pure fold reads it."""
    return Event(
        act=ConsentAct(row.act),
        channel=row.channel,  # type: ignore[arg-type]  # a check of the model's choices
        reach=row.reach,  # type: ignore[arg-type]
        effective_at=row.effective_at,
        recorded_at=row.recorded_at,
        tenant_id=row.tenant_id,
        member_id=row.member_id,
        source=row.source,
        ref=row.public_id,
    )


def lock_numbers(numbers: Iterable[str], *, exclusively: bool) -> None:
    """Lock the rows of these numbers, sorted, until the transaction ends; rows that are missing are made.

    A STOP locks exclusively, the commit of an attempt does not. What is read in a *later* statement is what the last
    holder of the lock committed: read the ledger, and the clock, after this and not before. Needs `platform_scope`.
    """
    wanted = sorted(set(numbers))
    if not wanted:
        return
    Number.objects.bulk_create([Number(e164=number) for number in wanted], ignore_conflicts=True)
    strength = "UPDATE" if exclusively else "SHARE"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT e164 FROM members_number WHERE e164 = ANY(%s) ORDER BY e164 FOR {strength}",  # noqa: S608
            [wanted],
        )

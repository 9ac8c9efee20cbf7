"""Writes into the ledger what a provider reported of a number: its opt-out list blocks a sender of ours.

A *signal* says what the provider said and changes nothing by itself; whether the number is suppressed besides is for
block_rule.py to say. Needs `platform_scope` and the numbers locked.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from imes.kernel.canonical import salted_digest
from imes.kernel.phone import mask
from members.consent.ledger import append
from members.consent.settle import settle
from members.models import ConsentDetail, ConsentEvent
from tenants.audit import Act, record

_CHANNELS = frozenset(ConsentEvent.Channel.values)


@dataclass(frozen=True, slots=True)
class Report:
    """What a provider said about one number; `ref` is the public id of the attempt that it said it about.

    `how` is the way it came, such as `refused 21610`; `answer` is what it said, kept in the erasable side row.
    """

    number: str
    channel: str
    provider: str
    sender_address: str
    how: str
    heard_at: datetime
    ref: str
    provider_message_id: str = ""
    tenant_id: int | None = None
    member_id: int | None = None
    answer: Mapping[str, object] = field(default_factory=dict)


def told_already(reports: Iterable[Report]) -> frozenset[str]:
    """The refs of those reports that the ledger holds."""
    rows = list(reports)
    found = ConsentEvent.objects.filter(
        number__in={row.number for row in rows},
        act=ConsentEvent.Act.SIGNAL,
        evidence_ref__in=[row.ref for row in rows],
    )
    return frozenset(found.values_list("evidence_ref", flat=True))


def tell(reports: Sequence[Report], *, at: datetime) -> None:
    """Write one signal for each report, in two statements however many there are."""
    salts = [os.urandom(16) for _ in reports]
    lines = ConsentEvent.objects.bulk_create(
        [_signal(report, salt=salt, at=at) for report, salt in zip(reports, salts, strict=True)]
    )
    ConsentDetail.objects.bulk_create(
        [
            ConsentDetail(event=line, tenant_id=report.tenant_id, salt=salt, data=dict(report.answer))
            for line, report, salt in zip(lines, reports, salts, strict=True)
        ]
    )


def suppress(report: Report, *, at: datetime) -> ConsentEvent:
    """Suppress the number everywhere, since the provider knows of a STOP that we never heard; audits."""
    event = append(
        act=ConsentEvent.Act.REVOKE,
        channel=ConsentEvent.Channel.ANY,
        reach=ConsentEvent.Reach.PLATFORM,
        number=report.number,
        tenant_id=report.tenant_id,
        member_id=report.member_id,
        actor_id=None,
        source="provider",
        method="provider",
        effective_at=report.heard_at,
        at=at,
        details=report.answer,
        provider=report.provider,
        provider_message_id=report.provider_message_id,
        sender_address=report.sender_address,
        evidence_ref=report.ref,
    )
    settle(report.number, at=at)
    about = {"number": mask(event.number), "channel": event.channel, "method": event.method}
    record(Act.OPTED_OUT, tenant_id=report.tenant_id, actor=None, subject=event, at=at, data=about)
    return event


def _signal(report: Report, *, salt: bytes, at: datetime) -> ConsentEvent:
    return ConsentEvent(
        act=ConsentEvent.Act.SIGNAL,
        channel=report.channel if report.channel in _CHANNELS else ConsentEvent.Channel.ANY,
        reach=ConsentEvent.Reach.PLATFORM,
        number=report.number,
        tenant_id=report.tenant_id,
        member_id=report.member_id,
        source="provider",
        method=report.how[:40],
        effective_at=min(report.heard_at, at),
        recorded_at=at,
        provider=report.provider,
        provider_message_id=report.provider_message_id,
        sender_address=report.sender_address,
        evidence_ref=report.ref,
        digest=salted_digest(dict(report.answer), salt=salt),
    )

"""Sends a text that a person wrote to members whom they chose: one row of the log each, which dispatch rules like any.

What would become of it is foreseen over the very rows that are then written. Nothing is sent from here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from members.models import Member
from notifications.core.states import Channel, NotificationStatus, Purpose
from notifications.core.text import BODY_LIMIT, fit
from notifications.models import Notification
from notifications.operations.once import AlreadySent, written_once
from notifications.queries.flows import numbers_to_page
from notifications.queries.imagined import Imagined, imagined
from notifications.wake import wake_dispatch
from tenants.audit import Act, record
from tenants.models import Tenant, User
from tenants.scope import tenant_scope

#: A message by hand is for today; one that waits for messaging hours has this long once they begin.
VALID_FOR = timedelta(hours=24)
VALID_ONCE_OPEN = timedelta(hours=4)
_NAME_LIMIT = 40
TEXT_LIMIT = BODY_LIMIT - _NAME_LIMIT - 2


class OfSeveralTenants(ValueError):
    """The members belong to several tenants: each has its own limits, and its own name in the text."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The rows that were written, and what was foreseen of each in the same order."""

    rows: tuple[Notification, ...]
    foreseen: tuple[Imagined, ...]


def opening(tenant: Tenant) -> str:
    """How each message begins: a number may be shared, so that it says who writes."""
    return fit(tenant.name, limit=_NAME_LIMIT) + ": "


def foresee_direct(
    members: Sequence[Member], *, text: str, actor: User, at: datetime, channel: Channel = Channel.SMS
) -> list[Imagined]:
    """What would become of this text to these members, were it sent at `at`; writes nothing.

    :raises OfSeveralTenants: when they belong to more than one.
    """
    tenant = _tenant_of(members)
    with tenant_scope(tenant.pk):
        numbers = numbers_to_page([member.pk for member in members], channels=[channel])
        rows = [
            _row(
                member,
                key=-place,
                tenant=tenant,
                channel=channel,
                number=numbers.get((member.pk, channel), ""),
                text=text,
                actor=actor,
                at=at,
                expires_at=at + VALID_FOR,
            )
            for place, member in enumerate(members, start=1)
        ]
        return imagined(rows, now=at)


def send_direct(
    members: Sequence[Member], *, text: str, actor: User, once: str, at: datetime, channel: Channel = Channel.SMS
) -> Sent | AlreadySent:
    """Write one message to each of these members, those who will not get it too, whose rows then say why.

    :param once: drawn when the page was opened: whatever is sent with it again is not written again.
    :raises OfSeveralTenants: when they belong to more than one.
    """
    tenant = _tenant_of(members)
    foreseen = foresee_direct(members, text=text, actor=actor, at=at, channel=channel)
    with tenant_scope(tenant.pk):
        rows = [
            _row(
                member,
                key=None,
                tenant=tenant,
                channel=channel,
                number=one.row.number,
                text=text,
                actor=actor,
                at=at,
                expires_at=_until(one, at=at),
            )
            for member, one in zip(members, foreseen, strict=True)
        ]
        written = written_once(rows, once=once)
        if isinstance(written, AlreadySent):
            return written
        for row, one in zip(written, foreseen, strict=True):
            _audit(row, one, actor=actor, at=at)
        wake_dispatch()
        return Sent(tuple(written), tuple(foreseen))


def _row(
    member: Member,
    *,
    key: int | None,
    tenant: Tenant,
    channel: Channel,
    number: str,
    text: str,
    actor: User,
    at: datetime,
    expires_at: datetime,
) -> Notification:
    return Notification(
        pk=key,
        tenant=tenant,
        purpose=Purpose.DIRECT_MESSAGE.value,
        channel=channel.value,
        member=member,
        number=number,
        body=opening(tenant) + text,
        status=NotificationStatus.QUEUED.value,
        created_at=at,
        due_at=at,
        expires_at=expires_at,
        sent_by=actor,
    )


def _until(one: Imagined, *, at: datetime) -> datetime:
    opens = one.ruling.until if one.waits else None
    return max(at + VALID_FOR, opens + VALID_ONCE_OPEN) if opens else at + VALID_FOR


def _audit(row: Notification, one: Imagined, *, actor: User, at: datetime) -> None:
    """Who wrote to whom, and how much: never what."""
    data = {
        "to": row.member.public_id if row.member else None,
        "channel": row.channel,
        "segments": one.segments,
        "characters": one.measured.characters,
    }
    record(Act.MESSAGE_SENT, tenant_id=row.tenant_id, actor=actor, subject=row, at=at, data=data)


def _tenant_of(members: Sequence[Member]) -> Tenant:
    if len({member.tenant_id for member in members}) != 1:
        raise OfSeveralTenants("One tenant's members at a time.")
    with tenant_scope(members[0].tenant_id):
        return members[0].tenant

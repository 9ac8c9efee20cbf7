"""Sends messages of the log again: a new row each, linked to the old one, which stays as it is.

It goes to the number that the member has now, through every gate, and counts against whoever sends it. What may still
go by itself, and what ended in a way that nobody knows, is not sent again (core/states.py, RESENDABLE).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from notifications.core.states import Channel, NotificationStatus, Purpose
from notifications.flows.ack_codes import AckCodes
from notifications.models import Notification
from notifications.operations.direct import OfSeveralTenants
from notifications.operations.once import AlreadySent, written_once
from notifications.operations.resendable import RESENT_FOR, why_not
from notifications.queries.flows import numbers_to_page
from notifications.queries.imagined import Imagined, imagined
from notifications.wake import wake_dispatch
from tenants.audit import Act, record
from tenants.models import User
from tenants.scope import tenant_scope

# Of an earlier second sending: it may still arrive, or have arrived.
_ON_ITS_WAY = {NotificationStatus.SENT.value, *(status.value for status in NotificationStatus if status.is_open)}
# A second sending of a second sending, and so on: further back than this nobody looks.
_GENERATIONS = 10


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that is not sent again, and why."""

    row: Notification
    says: str


@dataclass(frozen=True, slots=True)
class Again:
    """A row that would be sent again: what would become of the new one, and an earlier one on its way."""

    row: Notification
    foreseen: Imagined
    under_way: Notification | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What sending these rows again would come to."""

    again: tuple[Again, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def going(self) -> tuple[Again, ...]:
        """Those that would go, now or when their time comes; of the others no new row is written."""
        return tuple(one for one in self.again if one.foreseen.goes or one.foreseen.waits)


@dataclass(frozen=True, slots=True)
class Resent:
    """The new rows, and the plan that they followed."""

    rows: tuple[Notification, ...]
    plan: Plan


def foresee_resend(rows: Sequence[Notification], *, actor: User, at: datetime) -> Plan:
    """What would become of these rows of one tenant, were they sent again at `at`; writes nothing.

    :raises OfSeveralTenants: when they belong to more than one.
    """
    with tenant_scope(_tenant_id_of(rows)):
        return _plan(rows, actor=actor, at=at)


def resend(rows: Sequence[Notification], *, actor: User, once: str, at: datetime) -> Resent | AlreadySent:
    """Write a second sending of each row that would go; the others stay as they are and can be sent again later.

    :param once: drawn when the page was opened: whatever is sent with it again is not written again.
    :raises OfSeveralTenants: when they belong to more than one.
    """
    with tenant_scope(_tenant_id_of(rows)):
        plan = _plan(rows, actor=actor, at=at)
        codes = AckCodes([one.foreseen.row.number for one in plan.going], at=at)
        copies = [
            _second(
                one.row,
                key=None,
                number=one.foreseen.row.number,
                ack_code=codes.next(one.foreseen.row.number) if one.row.ack_code else "",
                actor=actor,
                at=at,
                waits_until=one.foreseen.ruling.until,
            )
            for one in plan.going
        ]
        written = written_once(copies, once=once)
        if isinstance(written, AlreadySent):
            return written
        for row, one in zip(written, plan.going, strict=True):
            data = {"as": row.public_id, "to": row.member.public_id if row.member else None, "channel": row.channel}
            record(Act.RESENT, tenant_id=row.tenant_id, actor=actor, subject=one.row, at=at, data=data)
        wake_dispatch()
        return Resent(tuple(written), plan)


def _plan(rows: Sequence[Notification], *, actor: User, at: datetime) -> Plan:
    found = Notification.objects.filter(pk__in=[row.pk for row in rows])
    current = list(found.select_related("tenant", "member", "alert__flow", "alert__acknowledged_by").order_by("pk"))
    later = _later_sendings(current)
    chosen = {row.pk for row in current}
    reasons = {row.pk: why_not(row, later=later[row.pk], chosen=chosen) for row in current}
    able = [row for row in current if reasons[row.pk] is None]
    channels = {row.channel for row in able}
    numbers = numbers_to_page([row.member_id for row in able if row.member_id is not None], channels=channels)
    drafts = [
        _second(
            row,
            key=-place,
            number=numbers.get((row.member_id or 0, row.channel), ""),
            ack_code=row.ack_code,
            actor=actor,
            at=at,
            waits_until=None,
        )
        for place, row in enumerate(able, start=1)
    ]
    foreseen = imagined(drafts, now=at)
    return Plan(
        tuple(Again(row, one, _on_its_way(later[row.pk])) for row, one in zip(able, foreseen, strict=True)),
        tuple(LeftOut(row, says) for row in current if (says := reasons[row.pk]) is not None),
    )


def _second(
    row: Notification,
    *,
    key: int | None,
    number: str,
    ack_code: str,
    actor: User,
    at: datetime,
    waits_until: datetime | None,
) -> Notification:
    """The second sending of a page, a direct message or a test, to the member's number and address of now.

    It belongs to the alert and to no step of it: what escalates is what the flow itself paged.
    """
    purpose = {one.value: one for one in (Purpose.PAGE, Purpose.DIRECT_MESSAGE, Purpose.TEST)}[row.purpose]
    valid_for = _valid_for(row)
    return Notification(
        pk=key,
        tenant=row.tenant,
        purpose=purpose.value,
        channel=row.channel,
        alert=row.alert,
        member=row.member,
        number=number,
        address=row.member.email if row.channel == Channel.EMAIL.value and row.member else "",
        body=row.body,
        ack_code=ack_code,
        status=NotificationStatus.QUEUED.value,
        created_at=at,
        due_at=at,
        expires_at=max(at, waits_until or at) + valid_for,
        sent_by=actor,
        resend_of=row,
    )


def _valid_for(row: Notification) -> timedelta:
    """As long as the first one was valid."""
    given = row.expires_at - row.created_at if row.expires_at else RESENT_FOR
    return max(given, timedelta(minutes=1))


def _later_sendings(rows: Sequence[Notification]) -> Mapping[int, list[Notification]]:
    """All second sendings of each row, and those of them. One query a generation, and mostly one in all."""
    found: defaultdict[int, list[Notification]] = defaultdict(list)
    first_of = {row.pk: row.pk for row in rows}
    generation: Iterable[int] = list(first_of)
    for _ in range(_GENERATIONS):
        copies = list(Notification.objects.filter(resend_of_id__in=generation).order_by("pk"))
        if not copies:
            break
        for copy in copies:
            first_of[copy.pk] = first_of[copy.resend_of_id or 0]
            found[first_of[copy.pk]].append(copy)
        generation = [copy.pk for copy in copies]
    return found


def _on_its_way(later: Sequence[Notification]) -> Notification | None:
    return next((copy for copy in reversed(later) if copy.status in _ON_ITS_WAY), None)


def _tenant_id_of(rows: Sequence[Notification]) -> int:
    if len({row.tenant_id for row in rows}) != 1:
        raise OfSeveralTenants("One tenant's messages at a time.")
    return rows[0].tenant_id

"""Calls a member's number with a short test message: whether it rings, is heard, and takes keys.

One row of the log with the purpose Test, which dispatch rules like any other; the tenant's plan must have Test Calling.
"""

from datetime import datetime, timedelta

from billing.queries import has_test_calling
from members.models import Member
from notifications.core.states import Channel, NotificationStatus, Purpose
from notifications.models import Notification
from notifications.operations.once import AlreadySent, written_once
from notifications.queries.flows import numbers_to_page
from notifications.queries.imagined import Imagined, imagined
from notifications.wake import wake_dispatch
from tenants.audit import Act, record
from tenants.models import User
from tenants.scope import tenant_scope

#: Whoever tests a phone waits beside it.
VALID_FOR = timedelta(minutes=10)
TEXT = "This is a test of calls to your phone. Nothing is wrong."
LACKS_IT = (
    "Your plan does not have Test Calling. A platform admin can change the plan under Billing; pages by call work "
    "without it."
)


class PlanLacksTestCalling(Exception):
    """The tenant's plan does not have Test Calling."""


def may_test_calls(member: Member) -> bool:
    """Whether the member's tenant has Test Calling."""
    with tenant_scope(member.tenant_id):
        return has_test_calling(member.tenant_id)


def foresee_test_call(member: Member, *, actor: User, at: datetime) -> Imagined:
    """What would become of a test call to this member, were it placed at `at`; writes nothing."""
    with tenant_scope(member.tenant_id):
        (foreseen,) = imagined([_row(member, key=-1, actor=actor, at=at)], now=at)
        return foreseen


def place_test_call(member: Member, *, actor: User, once: str, at: datetime) -> Notification | AlreadySent:
    """Write the test call; it goes as soon as a worker takes it, through every check.

    :param once: drawn when the page was opened: whatever is placed with it again is not placed again.
    :raises PlanLacksTestCalling: when the tenant's plan does not have it.
    """
    if not may_test_calls(member):
        raise PlanLacksTestCalling(member.public_id)
    with tenant_scope(member.tenant_id):
        written = written_once([_row(member, key=None, actor=actor, at=at)], once=once)
        if isinstance(written, AlreadySent):
            return written
        (row,) = written
        data = {"to": member.public_id, "channel": row.channel, "purpose": row.purpose}
        record(Act.MESSAGE_SENT, tenant_id=row.tenant_id, actor=actor, subject=row, at=at, data=data)
        wake_dispatch()
        return row


def _row(member: Member, *, key: int | None, actor: User, at: datetime) -> Notification:
    numbers = numbers_to_page([member.pk], channels=[Channel.VOICE])
    return Notification(
        pk=key,
        tenant=member.tenant,
        purpose=Purpose.TEST.value,
        channel=Channel.VOICE.value,
        member=member,
        number=numbers.get((member.pk, Channel.VOICE), ""),
        body=TEXT,
        status=NotificationStatus.QUEUED.value,
        created_at=at,
        due_at=at,
        expires_at=at + VALID_FOR,
        sent_by=actor,
    )

"""Takes what a person left of the boxes on the invite page: one line of the ledger for each, ticked or not.

A tick that says again what stands already, word for word, is not written twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from members.consent.choices import Channel, choose, standing_now
from members.consent.disclosure import Disclosure
from members.consent.ledger import lock_numbers
from members.consent.standing import StandingState
from members.models import ConsentEvent, Member
from tenants.models import Tenant, User
from tenants.scope import platform_scope

_STANDS = (StandingState.PENDING, StandingState.OPTED_IN)


@dataclass(frozen=True, slots=True)
class Box:
    """One box beside its wording, as the person left it."""

    is_ticked: bool
    disclosure: Disclosure


@dataclass(frozen=True, slots=True)
class Visit:
    """From where and with what the person came to the page."""

    ip: str
    user_agent: str


def decide(
    boxes: Mapping[Channel, Box],
    *,
    tenant: Tenant,
    member: Member,
    number: str,
    user: User,
    visit: Visit,
    evidence: Mapping[str, str],
    at: datetime,
) -> dict[Channel, ConsentEvent]:
    """Write each box, and return the line that stands for it; needs the tenant's scope."""
    with platform_scope():
        lock_numbers([number], exclusively=True)
    lines: dict[Channel, ConsentEvent] = {}
    for channel, box in boxes.items():
        standing_line = _said_before(box, tenant=tenant, member=member, number=number, channel=channel, at=at)
        lines[channel] = standing_line or choose(
            is_ticked=box.is_ticked,
            tenant=tenant,
            member=member,
            number=number,
            channel=channel,
            disclosure=box.disclosure,
            source="invite",
            ip=visit.ip,
            user_agent=visit.user_agent,
            evidence=evidence,
            actor=user,
            at=at,
        )
    return lines


def _said_before(
    box: Box, *, tenant: Tenant, member: Member, number: str, channel: Channel, at: datetime
) -> ConsentEvent | None:
    """The grant that stands for this very wording, where the box was ticked again."""
    if not box.is_ticked:
        return None
    now = standing_now(tenant=tenant, member=member, number=number, channel=channel, at=at)
    if now.state not in _STANDS or now.grant is None or now.grant.channel != channel:
        return None
    grant = ConsentEvent.objects.filter(public_id=now.grant.ref).first()
    same = grant is not None and bytes(grant.disclosure_digest or b"") == box.disclosure.digest
    return grant if same else None

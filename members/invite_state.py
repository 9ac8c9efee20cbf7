"""Where an invite stands at an instant: pending, accepted, expired or revoked. Pure over one row."""

from datetime import datetime
from enum import StrEnum

from members.models import Invite


class InviteState(StrEnum):
    """Only a pending invite can be accepted."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    EXPIRED = "expired"
    REVOKED = "revoked"


def invite_state(invite: Invite, *, at: datetime) -> InviteState:
    """The state of `invite` at `at`; an invite that was accepted stays so, whatever came after."""
    if invite.accepted_at is not None:
        return InviteState.ACCEPTED
    if invite.revoked_at is not None:
        return InviteState.REVOKED
    return InviteState.EXPIRED if invite.expires_at <= at else InviteState.PENDING

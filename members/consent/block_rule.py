"""What a provider's report of an opt-out means beside the block itself: a suppression, or a look by a person.

Pure: knows the lines of one number and nothing of providers. Source: product reading 9.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from members.consent.standing import ConsentAct, Event, StandingState, standing, suppression


class Follows(StrEnum):
    """What follows from a provider saying that the person behind the number has opted out."""

    SUPPRESS = "suppress"  # there was a STOP that we never heard
    REVIEW = "review"  # the person came back since the last STOP that we know: only the block stands
    NOTHING = "nothing"  # it is the STOP that we know


def follows(events: Iterable[Event], *, at: datetime) -> Follows:
    """What follows for the number, as known at `at`.

    A START, or a consent given anew, that is newer than the last known STOP and still stands outweighs the report. A
    consent that no STOP came before is no way back from one: then the STOP that the provider tells of is news.
    """
    known = [event for event in events if event.effective_at <= at and event.recorded_at <= at]
    if _came_back_by_start(known, at=at) or _agreed_anew(known, at=at):
        return Follows.REVIEW
    return Follows.SUPPRESS if suppression(known, channel="sms", at=at) is None else Follows.NOTHING


def _came_back_by_start(known: list[Event], *, at: datetime) -> bool:
    """The newest word from the handset is START; one without a STOP that we know of answered one that we do not."""
    if not any(event.act is ConsentAct.RESTORE for event in known):
        return False
    return suppression(known, channel="sms", at=at) is None


def _agreed_anew(known: list[Event], *, at: datetime) -> bool:
    people = {
        (event.tenant_id, event.member_id)
        for event in known
        if event.act is ConsentAct.GRANT and event.tenant_id is not None and event.member_id is not None
    }
    for tenant_id, member_id in people:
        stands = standing(known, channel="sms", tenant_id=tenant_id or 0, member_id=member_id or 0, at=at)
        if stands.state is not StandingState.OPTED_IN or stands.grant is None:
            continue
        given_at = stands.grant.effective_at
        if any(_binds(event, tenant_id=tenant_id) and event.effective_at < given_at for event in known):
            return True
    return False


def _binds(event: Event, *, tenant_id: int | None) -> bool:
    """Whether this is an opt-out that bound the member's tenant."""
    if event.act is not ConsentAct.REVOKE:
        return False
    return event.reach == "platform" or event.tenant_id == tenant_id

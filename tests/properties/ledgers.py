"""Ledgers as hypothesis draws them, and a second reading of them: a story told forwards, instant by instant.

The second reading is written from the rules and shares nothing with the fold but the shape of a line.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Literal

from hypothesis import strategies as st

from members.consent.standing import ConsentAct, Event, Standing, standing

NOON = datetime(2025, 11, 3, 12, tzinfo=UTC)
HARBOR, RIDGE, BEN, BETH, CLEO = 1, 2, 11, 12, 22
HOMES = {BEN: HARBOR, BETH: HARBOR, CLEO: RIDGE}
Channel = Literal["sms", "voice"]
#: Later than every instant of a drawn ledger.
LATER = NOON + timedelta(hours=99)


def at_hour(hour: int) -> datetime:
    return NOON + timedelta(hours=hour)


@st.composite
def events(draw: st.DrawFn, *, acts: Iterable[ConsentAct] = tuple(ConsentAct)) -> Event:
    """A line that the database would take: only a handset and the world speak without a member."""
    act = draw(st.sampled_from(sorted(acts)))
    effective = draw(st.integers(0, 8))
    member: int | None = draw(st.sampled_from([BEN, BETH, CLEO]))
    assert member is not None
    tenant: int | None = HOMES[member]
    reach: Literal["platform", "tenant"] = "tenant"
    if act in (ConsentAct.RESTORE, ConsentAct.SIGNAL) or (
        act in (ConsentAct.REVOKE, ConsentAct.STALE) and draw(st.booleans())
    ):
        reach = "platform"
        # Heard by a sender of one tenant, or by a shared one.
        tenant, member = draw(st.sampled_from([HARBOR, RIDGE, None])), None
    elif act in (ConsentAct.STALE, ConsentAct.REVOKE) and draw(st.booleans()):
        member = None
    return Event(
        act=act,
        channel=draw(st.sampled_from(["sms", "voice", "any"])),
        reach=reach,
        effective_at=at_hour(effective),
        recorded_at=at_hour(effective + draw(st.integers(0, 4))),
        tenant_id=tenant,
        member_id=member,
        source=draw(st.sampled_from(["invite", "page", "recorded"])) if act is ConsentAct.GRANT else "made up",
        ref=f"cns_{draw(st.integers(0, 10**6)):07d}",
    )


def ledgers(*, acts: Iterable[ConsentAct] = tuple(ConsentAct), most: int = 9) -> st.SearchStrategy[list[Event]]:
    return st.lists(events(acts=acts), max_size=most, unique_by=lambda event: event.ref)


LEDGERS = ledgers()
HOURS = st.integers(0, 14).map(at_hour)
MEMBERS = st.sampled_from([BEN, BETH, CLEO])
CHANNELS: st.SearchStrategy[Channel] = st.sampled_from(["sms", "voice"])


def of(ledger: Iterable[Event], at: datetime = LATER, *, member: int = BEN, channel: Channel = "sms") -> Standing:
    return standing(ledger, channel=channel, tenant_id=HOMES[member], member_id=member, at=at)


@dataclass(slots=True)
class _Told:
    """One grant, as the story goes on."""

    is_firm: bool
    is_stopped: bool = False
    is_over: bool = False


def is_told_open(ledger: Iterable[Event], at: datetime, *, member: int, channel: Channel) -> bool:
    """Whether a page may go, by telling the story forwards; of one instant the revocations are told last."""
    tenant = HOMES[member]
    known = [event for event in ledger if event.effective_at <= at and event.recorded_at <= at]
    grants: list[_Told] = []
    is_suppressed = is_proved = False
    for _, instant in groupby(sorted(known, key=lambda event: event.effective_at), lambda event: event.effective_at):
        now = list(instant)
        was_proved = is_proved
        is_ours = [event for event in now if event.channel in (channel, "any")]
        mine = [event for event in is_ours if event.member_id == member and event.tenant_id == tenant]
        is_proved = is_proved or any(event.act is ConsentAct.PROVE for event in mine)
        if any(event.act is ConsentAct.RESTORE for event in is_ours) and is_suppressed:
            is_suppressed = False
            for grant in grants:
                grant.is_stopped = False
        before = len(grants)
        grants += [_Told(event.source == "recorded") for event in mine if event.act is ConsentAct.GRANT]
        if any(_loses(event, tenant=tenant, member=member) for event in now):
            is_proved = False
            _end(grants)
        if any(event.act is ConsentAct.DECLINE for event in mine):
            _end(grants)
        if any(e.act is ConsentAct.REVOKE and e.reach == "tenant" and e.tenant_id == tenant for e in is_ours):
            _end(grants)
        if any(event.act is ConsentAct.REVOKE and event.reach == "platform" for event in now):
            is_suppressed = True
            for place, grant in enumerate(grants):
                grant.is_over = grant.is_over or place >= before or not (grant.is_firm or was_proved)
                grant.is_stopped = True
    return any(not (grant.is_over or grant.is_stopped) and (grant.is_firm or is_proved) for grant in grants)


def _loses(event: Event, *, tenant: int, member: int) -> bool:
    if event.act is not ConsentAct.STALE:
        return False
    if event.member_id is None:
        return event.reach == "platform" or event.tenant_id == tenant
    return (event.tenant_id, event.member_id) == (tenant, member)


def _end(grants: list[_Told]) -> None:
    for grant in grants:
        grant.is_over = True

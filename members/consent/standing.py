"""What the consent ledger says of a member's number on a channel at an instant.

A pure fold over the events of one number: it knows no clock, no database and no provider, and the order in which
events are handed in never matters. Doubt is resolved for the member.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal


class ConsentAct(StrEnum):
    """What a person, or the world, did about a number."""

    GRANT = "grant"
    DECLINE = "decline"
    REVOKE = "revoke"
    RESTORE = "restore"  # START from the handset
    STALE = "stale"  # the number changed hands, or is no longer proved
    PROVE = "prove"  # a code came back, or a text from the number itself
    SIGNAL = "signal"  # a provider blocks a sender for the number; says nothing about what the person wants


class StandingState(StrEnum):
    """Only `opted_in` lets a page go."""

    NONE = "none"
    PENDING = "pending"
    OPTED_IN = "opted_in"
    OPTED_OUT = "opted_out"
    DECLINED = "declined"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the ledger: when it holds from (`effective_at`), and since when it is known (`recorded_at`)."""

    act: ConsentAct
    channel: Literal["sms", "voice", "any"]
    reach: Literal["platform", "tenant"]
    effective_at: datetime
    recorded_at: datetime
    tenant_id: int | None
    member_id: int | None
    source: str
    ref: str


#: Doors through which a person ticks a box without having shown whose the number is (product reading 10).
WEB = frozenset({"invite", "page"})


@dataclass(frozen=True, slots=True)
class Standing:
    """The state, since when, and the event it rests on.

    `grant` is the grant that counts or counted last; `restored` is the START that revived it, where one did; `proved`
    is the proof of the number that a grant given on the web rests on.
    """

    state: StandingState
    since: datetime | None
    because: Event | None
    grant: Event | None
    restored: Event | None
    proved: Event | None = None
    #: Of who opted out: how they would stand if the handset texted START now.
    after_start: StandingState | None = None


def standing(
    events: Iterable[Event],
    *,
    channel: Literal["sms", "voice"],
    tenant_id: int,
    member_id: int,
    at: datetime,
) -> Standing:
    """Whether this member of this tenant has agreed to this channel on this number, as known at `at`.

    A revocation at the same instant as a grant or a START wins. The newest grant that is open counts; where none is,
    the newest says why.
    """
    known = _known(events, channel=channel, at=at)
    about = [event for event in known if _is_about(event, tenant_id=tenant_id, member_id=member_id)]
    grants = sorted(_grants(about, known), key=_age, reverse=True)
    found = _best(grants, known, about)
    if found.state is not StandingState.OPTED_OUT:
        return found
    return replace(found, after_start=_best(grants, known, about, is_lifted=True).state)


def suppression(events: Iterable[Event], *, channel: Literal["sms", "voice"], at: datetime) -> Event | None:
    """The platform-wide opt-out that stands for the number at `at`, whatever a member agreed to since."""
    stop, restored = _platform(_known(events, channel=channel, at=at))
    return None if restored is not None else stop


def _best(grants: list[Event], known: list[Event], about: list[Event], *, is_lifted: bool = False) -> Standing:
    said_last: list[Event | None] = [*grants] or [None]
    read = [_under(grant, known, about, is_lifted=is_lifted) for grant in said_last]
    return next((found for found in read if found.state is StandingState.OPTED_IN), read[0])


def _under(grant: Event | None, known: list[Event], about: list[Event], *, is_lifted: bool) -> Standing:
    """How it stands if `grant` is what the member said last.

    :param is_lifted: as if a START came now.
    """
    platform_stop, restored = _platform(known)
    stops = [event for event in about if event.act is ConsentAct.REVOKE and event.reach == "tenant"]
    if platform_stop is not None and restored is None and not is_lifted:
        stops.append(platform_stop)
    stop = _newest(event for event in stops if not _before(event, grant))
    if stop is not None:
        return Standing(StandingState.OPTED_OUT, stop.effective_at, stop, grant, None)
    closing = _newest(event for event in about if event.act in _CLOSING and not _before(event, grant))
    if closing is not None:
        return Standing(_CLOSING[closing.act], closing.effective_at, closing, grant, None)
    if grant is None:
        return Standing(StandingState.NONE, None, None, None, None)
    proved = _proof(about)
    if grant.source in WEB and proved is None:
        return Standing(StandingState.PENDING, grant.effective_at, grant, grant, None)
    if restored is not None and platform_stop is not None and not _before(platform_stop, grant):
        return Standing(StandingState.OPTED_IN, restored.effective_at, restored, grant, restored, proved)
    counts_from = grant.effective_at if proved is None else max(grant.effective_at, proved.effective_at)
    return Standing(StandingState.OPTED_IN, counts_from, grant, grant, None, proved)


_CLOSING = {ConsentAct.DECLINE: StandingState.DECLINED, ConsentAct.STALE: StandingState.STALE}


def _known(events: Iterable[Event], *, channel: str, at: datetime) -> list[Event]:
    # An opt-out from the handset silences texts and calls alike, whichever of them it was an answer to; and a number
    # that is lost is lost for both.
    return [
        event
        for event in events
        if event.effective_at <= at
        and event.recorded_at <= at
        and (event.channel in (channel, "any") or _is_stop(event) or event.act is ConsentAct.STALE)
    ]


def _is_stop(event: Event) -> bool:
    return event.act is ConsentAct.REVOKE and event.reach == "platform"


def _is_about(event: Event, *, tenant_id: int, member_id: int) -> bool:
    """Whether it touches this member of this tenant.

    What a member says of their own consent is theirs alone. A withdrawal binds the number in its tenant, whoever has
    it there; a number that is lost without a name is lost for all that it reaches.
    """
    if event.act is ConsentAct.STALE and event.member_id is None:
        return event.reach == "platform" or event.tenant_id == tenant_id
    if event.tenant_id != tenant_id:
        return False
    return event.act is ConsentAct.REVOKE or event.member_id == member_id


def _platform(known: list[Event]) -> tuple[Event | None, Event | None]:
    """The newest platform-wide opt-out, and the first START that came strictly after it."""
    stop = _newest(event for event in known if _is_stop(event))
    if stop is None:
        return None, None
    later = [event for event in known if event.act is ConsentAct.RESTORE and event.effective_at > stop.effective_at]
    return stop, min(later, key=_age, default=None)


def _grants(about: list[Event], known: list[Event]) -> list[Event]:
    """The grants that a START may revive, or that no platform-wide opt-out has met yet.

    One that did not stand when it was stopped, because it came at that very instant or its number was not proved by
    then, is over: START revives what stood, and creates nothing.
    """
    stopped_at = [event.effective_at for event in known if _is_stop(event)]
    found = []
    for grant in about:
        if grant.act is not ConsentAct.GRANT:
            continue
        first_stop = min((at for at in stopped_at if at >= grant.effective_at), default=None)
        if first_stop is None or (
            first_stop > grant.effective_at and (grant.source not in WEB or _proof(about, before=first_stop))
        ):
            found.append(grant)
    return found


def _proof(about: list[Event], *, before: datetime | None = None) -> Event | None:
    """The first proof by this member of this number that no loss of the number has outdated since.

    One before the grant serves as well as one after it; a loss at the same instant outdates it.

    :param before: as it stood just before this instant.
    """
    told = [event for event in about if before is None or event.effective_at < before]
    lost_at = max((event.effective_at for event in told if event.act is ConsentAct.STALE), default=None)
    proofs = [
        event for event in told if event.act is ConsentAct.PROVE and (lost_at is None or event.effective_at > lost_at)
    ]
    return min(proofs, key=_age, default=None)


def _before(event: Event, grant: Event | None) -> bool:
    return grant is not None and event.effective_at < grant.effective_at


def _newest(events: Iterable[Event]) -> Event | None:
    return max(events, key=_age, default=None)


def _age(event: Event) -> tuple[datetime, datetime, str]:
    # The later clocks only make the choice among equals the same every time.
    return event.effective_at, event.recorded_at, event.ref

"""What is kept beside the ledger, `ConsentStanding` and `Suppression`, compared with it and brought in line.

The ledger decides. A kept row that differs is drift; a member who has a number without a row of their own is read from
the ledger until a line about the number is written.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from members.consent.ledger import events_of
from members.consent.standing import Event, Standing, StandingState, standing, suppression
from members.models import ConsentStanding, Member, Phone, Suppression

Channel = Literal["sms", "voice"]
CHANNELS: tuple[Channel, ...] = ("sms", "voice")
#: What a row says, so that two can be compared: state (or source), since, source, line.
Said = tuple[str, datetime | None, str, str]
Stop = tuple[str, datetime, str, str]

_SUPPRESSED_BY: dict[str, Suppression.Source] = {
    "handset": Suppression.Source.HANDSET,
    "key": Suppression.Source.KEYPRESS,
    "provider": Suppression.Source.PROVIDER,
    "support": Suppression.Source.SUPPORT,
}


@dataclass(frozen=True, slots=True)
class Standings:
    """One member's kept standing on one number and channel, and what the ledger says; None where no row is kept."""

    tenant_id: int
    member_id: int
    number: str
    channel: Channel
    kept: Said | None
    ought: Said
    #: The ledger has a line of this member's own about the number.
    is_named: bool

    @property
    def is_drift(self) -> bool:
        """A row that says something else, or none where the member's own line should have made one."""
        return self.kept != self.ought if self.kept is not None else self.is_named


@dataclass(frozen=True, slots=True)
class Suppressed:
    """One number's kept opt-out, and what the ledger says; None where there is none."""

    number: str
    kept: Stop | None
    ought: Stop | None

    @property
    def is_drift(self) -> bool:
        return self.kept != self.ought


@dataclass(frozen=True, slots=True)
class Compared:
    """All that differs, or is not kept yet, of some numbers."""

    standings: list[Standings] = field(default_factory=list)
    suppressed: list[Suppressed] = field(default_factory=list)


def compared(numbers: Iterable[str], *, at: datetime) -> Compared:
    """Compare what is kept of these numbers with the ledger, in a constant number of queries; needs `platform_scope`.

    Lock the numbers first: a line that is written meanwhile would look like drift.
    """
    wanted = sorted(set(numbers))
    ledger = events_of(wanted)
    kept = {
        (row.tenant_id, row.member_id, row.number, row.channel): row
        for row in ConsentStanding.objects.filter(number__in=wanted)
    }
    named, keys = _members(ledger, kept)
    standings = []
    for tenant_id, member_id, number in sorted(keys):
        for channel in CHANNELS:
            row = kept.get((tenant_id, member_id, number, channel))
            events = ledger[number]
            found = standing(
                events, channel=channel, tenant_id=tenant_id, member_id=member_id, at=not_before(events, at)
            )
            one = Standings(
                tenant_id=tenant_id,
                member_id=member_id,
                number=number,
                channel=channel,
                kept=(row.state, row.since, row.source, row.event_public_id) if row else None,
                ought=_said(found, tenant_id=tenant_id),
                is_named=(tenant_id, member_id, number) in named,
            )
            if one.kept != one.ought and (row or one.is_named or found.state is not StandingState.NONE):
                standings.append(one)
    stops = {row.number_id: row for row in Suppression.objects.filter(number_id__in=wanted)}
    suppressed = [_suppressed(number, ledger[number], stops.get(number), at=at) for number in wanted]
    return Compared(standings, [one for one in suppressed if one.is_drift])


def bring_in_line(found: Compared) -> None:
    """Write what `compared` found, in at most three statements; needs `platform_scope` and the same lock."""
    if found.standings:
        ConsentStanding.objects.bulk_create(
            [
                ConsentStanding(
                    tenant_id=one.tenant_id,
                    member_id=one.member_id,
                    number=one.number,
                    channel=one.channel,
                    state=one.ought[0],
                    since=one.ought[1],
                    source=one.ought[2],
                    event_public_id=one.ought[3],
                )
                for one in found.standings
            ],
            update_conflicts=True,
            unique_fields=["member", "number", "channel"],
            update_fields=["state", "since", "source", "event_public_id"],
        )
    lifted = [one.number for one in found.suppressed if one.ought is None]
    if lifted:
        Suppression.objects.filter(number_id__in=lifted).delete()
    stands = [(one.number, one.ought) for one in found.suppressed if one.ought is not None]
    if stands:
        Suppression.objects.bulk_create(
            [
                Suppression(number_id=number, since=since, source=source, event_public_id=ref)
                for number, (_, since, source, ref) in stands
            ],
            update_conflicts=True,
            unique_fields=["number"],
            update_fields=["since", "source", "event_public_id"],
        )


def not_before(events: Sequence[Event], at: datetime) -> datetime:
    """`at`, or the last instant that these lines speak of: a line that is committed counts, whatever its clock."""
    return max([at, *(max(event.recorded_at, event.effective_at) for event in events)])


_Key = tuple[int, int, str]


def _members(
    ledger: dict[str, tuple[Event, ...]], kept: Iterable[tuple[int, int, str, str]]
) -> tuple[set[_Key], set[_Key]]:
    """Whom the ledger names on a number, and everybody else who has it besides; members that are gone have no row."""
    named = {
        (event.tenant_id, event.member_id, number)
        for number, events in ledger.items()
        for event in events
        if event.tenant_id is not None and event.member_id is not None
    }
    there = set(Member.objects.filter(pk__in={member_id for _, member_id, _ in named}).values_list("tenant_id", "pk"))
    named = {key for key in named if key[:2] in there}
    # A number without a line is everybody's "none", which needs no row.
    spoken_of = [number for number, events in ledger.items() if events]
    holders = Phone.objects.filter(number__in=spoken_of).values_list("tenant_id", "member_id", "number")
    return named, {*named, *holders, *((tenant, member, number) for tenant, member, number, _ in kept)}


def _said(found: Standing, *, tenant_id: int) -> Said:
    because = found.because
    if because is None:
        return found.state.value, found.since, "", ""
    # Of a line that was heard in another tenant: the fact and the date.
    is_own = because.tenant_id == tenant_id
    return found.state.value, found.since, because.source, because.ref if is_own else ""


def _suppressed(number: str, events: tuple[Event, ...], row: Suppression | None, *, at: datetime) -> Suppressed:
    stop = suppression(events, channel="sms", at=not_before(events, at))
    return Suppressed(
        number=number,
        kept=("opted_out", row.since, str(row.source), row.event_public_id) if row else None,
        ought=(
            (
                "opted_out",
                stop.effective_at,
                _SUPPRESSED_BY.get(stop.source, Suppression.Source.HANDSET).value,
                stop.ref,
            )
            if stop
            else None
        ),
    )

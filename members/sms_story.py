"""What happened to members' SMS switches: turns, changes of the number, seats; read for pages and for diagnoses."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from members import ports
from members.models import Member, NumberChange, Phone, SmsSwitch
from members.ports import SeatLine, SeatUse
from members.queries import phone_for
from members.sms_switch import SwitchState, Turn, switch_state

#: So many lines of each kind; the audit log has all.
MOST_LINES = 20


@dataclass(frozen=True, slots=True)
class SmsStory:
    """One member's switch now, and how it came to stand so; each list is oldest first."""

    state: SwitchState
    phone: Phone | None
    seat: SeatLine | None
    turns: list[SmsSwitch]
    changes: list[NumberChange]
    seats: list[SeatLine]
    use: SeatUse

    @property
    def last_on(self) -> SmsSwitch | None:
        """The last time that it was switched on."""
        return next((turn for turn in reversed(self.turns) if turn.is_on), None)


def sms_story(member: Member) -> SmsStory:
    """The story of one member; needs the tenant's or the platform's scope."""
    ids = [member.pk]
    phone = phone_for(ids, channel="sms").get(member.pk)
    turns = sms_turn_histories(ids, newest=MOST_LINES).get(member.pk, [])
    changes = number_changes(ids, newest=MOST_LINES, channel=NumberChange.Channel.SMS).get(member.pk, [])
    seats = list(ports.seats().seat_lines(ids, newest=MOST_LINES).get(member.pk, []))
    seat = next((one for one in reversed(seats) if one.removed_at is None), None)
    state = switch_state(
        as_turn(turns[-1]) if turns else None,
        number=phone.number if phone else "",
        number_change=changes[-1].pk if changes else None,
        seat_ref=seat.ref if seat else None,
    )
    return SmsStory(state, phone, seat, turns, changes, seats, ports.seats().use_of(member.tenant))


def as_turn(row: SmsSwitch) -> Turn:
    """A stored turn as the rule reads it."""
    return Turn(row.is_on, row.number, row.number_change, row.seat_ref, row.at, row.by_id, row.why)


def sms_turn_histories(member_ids: Iterable[int], *, newest: int) -> dict[int, list[SmsSwitch]]:
    """The turns of each member's switch, oldest first, at most the `newest`, with who turned it. One query."""
    rows = SmsSwitch.objects.filter(member_id__in=set(member_ids))
    place = Window(RowNumber(), partition_by=[F("member_id")], order_by=F("id").desc())
    found: dict[int, list[SmsSwitch]] = defaultdict(list)
    for row in rows.annotate(place=place).filter(place__lte=newest).select_related("by").order_by("id"):
        found[row.member_id].append(row)
    return found


def number_changes(
    member_ids: Iterable[int], *, newest: int, channel: NumberChange.Channel | None = None
) -> dict[int, list[NumberChange]]:
    """What became of each member's numbers, oldest first, at most the `newest` of a channel. One query."""
    rows = NumberChange.objects.filter(member_id__in=set(member_ids))
    rows = rows if channel is None else rows.filter(channel=channel)
    place = Window(RowNumber(), partition_by=[F("member_id"), F("channel")], order_by=F("id").desc())
    found: dict[int, list[NumberChange]] = defaultdict(list)
    for row in rows.annotate(place=place).filter(place__lte=newest).select_related("by").order_by("id"):
        found[row.member_id].append(row)
    return found

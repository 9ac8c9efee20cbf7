"""How the SMS switch of members stands now, for pages and lists of people; dispatch reads its own facts of it."""

from collections.abc import Mapping, Sequence

from members import ports
from members.models import Member, Phone
from members.queries import newest_number_changes, phone_for, sms_turns
from members.sms_switch import SwitchState, switch_state


def sms_states(members: Sequence[Member], *, phones: Mapping[int, Phone] | None = None) -> dict[int, SwitchState]:
    """The switch of each member for the number that their texts go to. Four queries, however many they are.

    :param phones: the phone that each one's texts go to, where it was read already: one query less.
    """
    ids = [member.pk for member in members]
    phones = phone_for(ids, channel="sms") if phones is None else phones
    turns = sms_turns(ids)
    changes, seats = newest_number_changes(ids), ports.seats().seats_of(ids)
    return {
        pk: switch_state(
            turns.get(pk),
            number=phones[pk].number if pk in phones else "",
            number_change=changes.get(pk),
            seat_ref=seats.get(pk),
        )
        for pk in ids
    }


def own_state(member: Member) -> SwitchState:
    """The switch of one member."""
    return sms_states([member])[member.pk]

"""What may be done to people: invite them, take in who accepts, and keep their numbers right."""

from members.operations.accepting import Accepted, Answer, Refusal, Refused, accept_invite, password_problems
from members.operations.invites import invite, resend_invite, revoke_invite
from members.operations.phones import add_phone, change_number, remove_phone
from members.operations.schedules import (
    ScheduleRefused,
    add_exception,
    add_time_off,
    remove_exception,
    remove_schedule,
    remove_time_off,
    set_week,
)
from members.operations.switch import switch_off, switch_on, switch_on_first, take_seat_back

__all__ = [
    "Accepted",
    "Answer",
    "Refusal",
    "Refused",
    "ScheduleRefused",
    "accept_invite",
    "add_exception",
    "add_phone",
    "add_time_off",
    "change_number",
    "invite",
    "password_problems",
    "remove_exception",
    "remove_phone",
    "remove_schedule",
    "remove_time_off",
    "resend_invite",
    "revoke_invite",
    "set_week",
    "switch_off",
    "switch_on",
    "switch_on_first",
    "take_seat_back",
]

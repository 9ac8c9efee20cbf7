"""Whether a member's SMS is switched on by their administrators, and if not, why not. Pure.

A switch counts for the number and the seat that it was turned for: after a change of either it is off until an
administrator turns it again, even back to what it was (checklist rows 62 to 66). So a number is told apart from itself
by its newest change, and a seat that is given again is a new one.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SwitchState(StrEnum):
    """Only `on` lets SMS go."""

    ON = "on"
    OFF = "off"
    NEVER_ON = "never_on"
    NUMBER_CHANGED = "number_changed"
    SEAT_CHANGED = "seat_changed"
    NO_SEAT = "no_seat"


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of the switch: which way, for which number and seat, when, by whom and why."""

    is_on: bool
    number: str
    number_change: int | None
    seat_ref: str
    at: datetime
    by_id: int | None
    why: str


def switch_state(turn: Turn | None, *, number: str, number_change: int | None, seat_ref: str | None) -> SwitchState:
    """How the switch stands for this number, by its newest turn and the seat that the member holds now.

    :param number_change: the newest change of the member's number; None where none is known, which counts for nothing.
    """
    if turn is not None and not turn.is_on:
        return SwitchState.OFF
    if seat_ref is None:
        return SwitchState.NO_SEAT
    if turn is None:
        return SwitchState.NEVER_ON
    if turn.number != number or number_change is None or turn.number_change != number_change:
        return SwitchState.NUMBER_CHANGED
    return SwitchState.ON if turn.seat_ref == seat_ref else SwitchState.SEAT_CHANGED

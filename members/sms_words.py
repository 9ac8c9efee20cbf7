"""Says how a member's SMS switch stands, in the words of the pages: what changed, and who does what next. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from members.sms_switch import SwitchState

#: A number that changed within this time may still be wrong: nobody may have got anything on it yet.
RECENTLY = timedelta(days=14)

_LABELS = {
    SwitchState.ON: "Enabled",
    SwitchState.OFF: "Off",
    SwitchState.NEVER_ON: "Never switched on",
    SwitchState.NUMBER_CHANGED: "Needs switching on again",
    SwitchState.SEAT_CHANGED: "Needs switching on again",
    SwitchState.NO_SEAT: "No SMS seat",
}


@dataclass(frozen=True, slots=True)
class TurnTold:
    """One turn of the switch, as it is told: who by name."""

    is_on: bool
    number: str
    number_change: int | None
    seat_ref: str
    at: datetime
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class ChangeTold:
    """One change of the number: `door` is the words for where it came from."""

    pk: int
    before: str
    after: str
    at: datetime
    by: str
    door: str


@dataclass(frozen=True, slots=True)
class SeatTold:
    """One seat; `removed_at` None while it is held."""

    ref: str
    given_at: datetime
    removed_at: datetime | None
    removed_by: str
    why_removed: str


def label(state: SwitchState, *, has_number: bool) -> str:
    """The state in a word or two; without a number there is nothing to switch."""
    return _LABELS[state] if has_number or state is SwitchState.OFF else "No number"


def transition(
    state: SwitchState,
    *,
    turns: Sequence[TurnTold],
    changes: Sequence[ChangeTold],
    seats: Sequence[SeatTold],
    tell: Callable[[datetime], str],
    has_number: bool = True,
) -> str:
    """What changed, who did it and when; and, where SMS is not on, who does what next.

    :param tell: how an instant is written for the reader.
    :param has_number: whether the member has a number that texts would go to.
    """
    last = turns[-1] if turns else None
    on = next((turn for turn in reversed(turns) if turn.is_on), None)
    was = f"Was on for {on.number} since {tell(on.at)}{_by(on.by)}; " if on else ""
    again = "an administrator must switch it on again"
    if state is SwitchState.ON and last is not None:
        return f"On for {last.number} since {tell(last.at)}{_by(last.by)}: {last.why}."
    if state is SwitchState.OFF and last is not None:
        off = f"{was}switched off on {tell(last.at)}{_by(last.by)}: {last.why}."
        return f"{_upper(off)} Only an administrator switches it on again."
    if not has_number and on is None:
        return "They have no number yet; their first one is switched on by itself, where a seat is free."
    if state is SwitchState.NUMBER_CHANGED and on is not None:
        return f"{was}{_changed(changes, after=on.number_change, tell=tell)}; {again}, even for the same number."
    if state is SwitchState.SEAT_CHANGED and on is not None:
        return f"{was}{_lost(seats, ref=on.seat_ref, tell=tell)}, and the seat now is another one; {again}."
    if state is SwitchState.NO_SEAT:
        lost = _lost(seats, ref=seats[-1].ref, tell=tell) if seats else "they never held an SMS seat"
        return _upper(f"{was}{lost}; an administrator gives them one, where one is free, by switching SMS on.")
    return "It was never switched on; an administrator does it."


def recently(changes: Sequence[ChangeTold], *, now: datetime) -> ChangeTold | None:
    """The last change of the number, where it replaced another and is not long ago."""
    last = changes[-1] if changes else None
    fresh = last is not None and last.before != "" and last.after != "" and now - last.at < RECENTLY
    return last if fresh else None


def _changed(changes: Sequence[ChangeTold], *, after: int | None, tell: Callable[[datetime], str]) -> str:
    """Each step since, at most the last three: A to B to A is two changes, and neither is hidden."""
    since = [change for change in changes if after is None or change.pk > after][-3:]
    if not since:
        return "the number is another one now"
    steps = [
        f"the number was {'removed' if not one.after else f'changed to {one.after}'} on {tell(one.at)}{_by(one.by)} "
        f"({one.door[:1].lower()}{one.door[1:]})"
        for one in since
    ]
    return "; ".join(steps)


def _lost(seats: Sequence[SeatTold], *, ref: str, tell: Callable[[datetime], str]) -> str:
    seat = next((one for one in seats if one.ref == ref), None)
    if seat is None or seat.removed_at is None:
        return "the seat that it rested on is not known"
    why = f": {seat.why_removed}" if seat.why_removed else ""
    return f"the SMS seat was taken back on {tell(seat.removed_at)}{_by(seat.removed_by)}{why}"


def _by(name: str) -> str:
    return f", by {name}" if name else ""


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]

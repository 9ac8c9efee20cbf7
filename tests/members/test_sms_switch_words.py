"""What the pages say of a switch: the transition, with what changed, who did it and when."""

from datetime import UTC, datetime, timedelta

from members.sms_switch import SwitchState
from members.sms_words import ChangeTold, SeatTold, TurnTold, recently, transition

DAY = timedelta(days=1)
START = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
A, B = "+12065550142", "+12065550143"
FIRST = ChangeTold(1, "", A, START, "Ana", "Changed by an admin")
ON = TurnTold(True, A, 1, "sea_1", START, "Ana", "their first number")
SEAT = SeatTold("sea_1", START, None, "", "")


def tell(at: datetime) -> str:
    return f"{at.day} {at:%b}"


def said(
    state: SwitchState,
    *,
    turns: tuple[TurnTold, ...] = (ON,),
    changes: tuple[ChangeTold, ...] = (FIRST,),
    seats: tuple[SeatTold, ...] = (SEAT,),
) -> str:
    return transition(state, turns=turns, changes=changes, seats=seats, tell=tell)


def test_on_says_for_what_since_when_by_whom_and_why() -> None:
    assert said(SwitchState.ON) == f"On for {A} since 3 Nov, by Ana: their first number."


def test_a_changed_number_is_told_with_its_door_and_every_step_back_and_forth() -> None:
    away = ChangeTold(2, A, B, START + 2 * DAY, "", "Imported")
    back = ChangeTold(3, B, A, START + 3 * DAY, "Ben", "Given by the member")
    assert said(SwitchState.NUMBER_CHANGED, changes=(FIRST, away)) == (
        f"Was on for {A} since 3 Nov, by Ana; the number was changed to {B} on 5 Nov (imported); an administrator must "
        "switch it on again, even for the same number."
    )
    both = said(SwitchState.NUMBER_CHANGED, changes=(FIRST, away, back))
    assert f"changed to {B} on 5 Nov (imported); the number was changed to {A} on 6 Nov, by Ben (given by the" in both


def test_off_says_who_when_and_why_and_that_an_administrator_turns_it() -> None:
    off = TurnTold(False, "", None, "", START + DAY, "Cleo", "on leave")
    assert said(SwitchState.OFF, turns=(ON, off)) == (
        f"Was on for {A} since 3 Nov, by Ana; switched off on 4 Nov, by Cleo: on leave. Only an administrator switches "
        "it on again."
    )
    assert said(SwitchState.OFF, turns=(off,)).startswith("Switched off on 4 Nov, by Cleo: on leave.")


def test_a_seat_that_was_taken_says_who_took_it_and_why() -> None:
    taken = SeatTold("sea_1", START, START + DAY, "Pat", "the plan changed to Basic")
    changed = said(SwitchState.SEAT_CHANGED, seats=(taken, SeatTold("sea_2", START + DAY, None, "", "")))
    assert "the SMS seat was taken back on 4 Nov, by Pat: the plan changed to Basic" in changed
    assert "an administrator must switch it on again" in changed
    assert "by Pat: the plan changed to Basic; an administrator gives them one" in said(
        SwitchState.NO_SEAT, seats=(taken,)
    )
    assert said(SwitchState.NO_SEAT, turns=(), seats=()).startswith("They never held an SMS seat")


def test_recent_is_a_change_from_one_number_to_another_and_not_the_first_number() -> None:
    away = ChangeTold(2, A, B, START + DAY, "", "Imported")
    assert recently((FIRST,), now=START + DAY) is None
    assert recently((FIRST, away), now=START + 3 * DAY) == away
    assert recently((FIRST, away), now=START + 30 * DAY) is None

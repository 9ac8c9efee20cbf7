"""A breaker opens on the provider's own faults alone, whatever the order, and closes again once the provider works."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from notifications.core.breaker import (
    FAULTS_TO_OPEN,
    FIRST_PAUSE,
    LONGEST_PAUSE,
    SETTLED_AFTER,
    WINDOW,
    BreakerState,
    Signal,
    Source,
    Stand,
    Way,
    clock_moved,
    counted,
    drilled,
    is_quiet,
    next_try_at,
    probe_ended,
    restored,
    shown_state,
    signal_of,
    tried,
    untouched,
    way,
)
from notifications.core.faults import Fault, catalogue, fault, our_own_fault, unreachable_fault

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
ALL = (*catalogue("twilio"), *catalogue("azure"), *(fault("twilio", None, channel="sms", http_status=s) for s in
       (400, 401, 403, 404, 429)), our_own_fault("twilio"))  # fmt: skip
OTHERS = [one for one in ALL if not one.moves_breaker]
THEIRS = [one for one in ALL if one.moves_breaker] + [
    unreachable_fault("twilio"),
    fault("azure", None, channel="sms"),
    fault("twilio", None, channel="sms", http_status=503),
    fault("azure", "7777", channel="sms", http_status=500),
]
STEPS = st.timedeltas(min_value=timedelta(0), max_value=timedelta(seconds=20))


def after(stand: Stand, one: Fault | None, *, at: datetime) -> Stand:
    signal = signal_of(one)
    moved, _ = counted(stand, faults=signal is Signal.FAULT, answers=signal is Signal.ANSWER, at=at)
    return moved


@given(ends=st.lists(st.tuples(st.one_of(st.none(), st.sampled_from(OTHERS)), STEPS), max_size=200))
def test_what_is_not_the_providers_own_never_opens_it(ends: list[tuple[Fault | None, timedelta]]) -> None:
    stand, at = untouched(at=NOW), NOW
    for one, step in ends:
        at += step
        stand = after(stand, one, at=at)
        assert stand.state is BreakerState.CLOSED
        assert is_quiet(stand, at=at)


@given(
    own=st.lists(st.sampled_from(THEIRS), min_size=FAULTS_TO_OPEN, max_size=40),
    others=st.lists(st.sampled_from([one for one in OTHERS if signal_of(one) is Signal.NOTHING]), max_size=40),
    data=st.data(),
)
def test_its_own_faults_open_it_whatever_stands_between_them(
    own: list[Fault], others: list[Fault], data: st.DataObject
) -> None:
    stand = untouched(at=NOW)
    for one in data.draw(st.permutations([*own, *others])):
        stand = after(stand, one, at=NOW)
    assert stand.state is BreakerState.OPEN


def test_a_few_faults_among_many_answers_open_nothing() -> None:
    stand, _ = counted(untouched(at=NOW), faults=40, answers=40, at=NOW)
    assert stand.state is BreakerState.CLOSED
    assert counted(stand, faults=1, answers=0, at=NOW)[0].state is BreakerState.OPEN


def test_a_fault_that_comes_by_receipt_takes_its_answer_back() -> None:
    stand, _ = counted(untouched(at=NOW), faults=1, answers=4, at=NOW)
    assert counted(stand, faults=4, answers=0, late=4, at=NOW)[0].state is BreakerState.OPEN
    assert counted(stand, faults=3, answers=1, at=NOW)[0].state is BreakerState.CLOSED


def test_old_faults_are_forgotten() -> None:
    stand, _ = counted(untouched(at=NOW), faults=FAULTS_TO_OPEN - 1, answers=0, at=NOW)
    assert not is_quiet(stand, at=NOW + WINDOW - timedelta(seconds=1))
    assert is_quiet(stand, at=NOW + WINDOW)
    assert counted(stand, faults=1, answers=0, at=NOW + WINDOW)[0].faults == 1


EVENTS = st.lists(
    st.tuples(st.sampled_from(["fault", "answer", "ask", "late", "drill", "restore", "tick"]), STEPS), max_size=120
)


@given(events=EVENTS)
def test_it_always_closes_again_when_the_provider_works(events: list[tuple[str, timedelta]]) -> None:
    stand, at = _lived(events)
    for _ in range(3):
        at = next_try_at(stand, at=at) or at
        if way(stand, at=at) is Way.FREE:
            break
        token = at + timedelta(seconds=45)
        stand, _, mine = tried(stand, at=at, until=token)
        assert mine
        stand, _ = probe_ended(stand, Signal.ANSWER, token=token, at=at)
    assert way(stand, at=at) is Way.FREE
    assert stand.state is BreakerState.CLOSED


@given(events=EVENTS)
def test_one_message_at_a_time_tries_it(events: list[tuple[str, timedelta]]) -> None:
    stand, at = _lived(events)
    at = next_try_at(stand, at=at) or at
    token = at + timedelta(seconds=45)
    stand, _, mine = tried(stand, at=at, until=token)
    if stand.state is BreakerState.CLOSED:
        return
    assert mine
    assert tried(stand, at=at, until=token)[2] is False
    # A worker that was killed gives it back when its time is over, and its late word then counts no more.
    again, _, theirs = tried(stand, at=token, until=token + timedelta(seconds=45))
    assert theirs
    assert probe_ended(again, Signal.ANSWER, token=token, at=token) == (again, ())


def _lived(events: list[tuple[str, timedelta]]) -> tuple[Stand, datetime]:
    stand, at, token = untouched(at=NOW), NOW, NOW
    for name, step in events:
        at += step
        if name == "fault":
            stand, _ = counted(stand, faults=3, answers=0, at=at)
        elif name == "answer":
            stand, _ = counted(stand, faults=0, answers=1, at=at)
        elif name == "ask":
            token = at + timedelta(seconds=45)
            stand, _, _ = tried(stand, at=at, until=token)
        elif name == "late":
            stand, _ = probe_ended(stand, Signal.FAULT, token=token, at=at)
        elif name == "drill":
            stand, _ = drilled(stand, at=at, until=at + timedelta(minutes=1))
        elif name == "restore":
            stand, _ = restored(stand, at=at, why="By hand.")
        else:
            stand, _ = clock_moved(stand, at=at)
    return stand, at


def _opened(stand: Stand, *, at: datetime) -> Stand:
    moved, _ = counted(stand, faults=FAULTS_TO_OPEN, answers=0, at=at)
    assert moved.state is BreakerState.OPEN
    return moved


def test_its_pauses_double_up_to_the_longest_and_begin_anew_once_it_stayed_well() -> None:
    stand, at, pauses = _opened(untouched(at=NOW), at=NOW), NOW, []
    for _ in range(7):
        assert stand.open_until is not None
        pauses.append(stand.open_until - at)
        at = stand.open_until
        token = at + timedelta(seconds=45)
        stand, _, _ = tried(stand, at=at, until=token)
        stand, _ = probe_ended(stand, Signal.FAULT, token=token, at=at)
    assert pauses == [min(FIRST_PAUSE * 2**n, LONGEST_PAUSE) for n in range(7)]
    closed = replace(stand, state=BreakerState.CLOSED, since=at, faults=0)
    soon = _opened(closed, at=at + SETTLED_AFTER - timedelta(seconds=1))
    assert soon.openings == stand.openings + 1
    later = _opened(closed, at=at + SETTLED_AFTER)
    assert later.open_until == at + SETTLED_AFTER + FIRST_PAUSE


def test_a_probe_that_says_nothing_is_given_back_at_once() -> None:
    stand = _opened(untouched(at=NOW), at=NOW)
    at = NOW + FIRST_PAUSE
    token = at + timedelta(seconds=45)
    stand, changes, _ = tried(stand, at=at, until=token)
    assert [change.source for change in changes] == [Source.CLOCK]
    assert way(stand, at=at) is Way.SHUT
    stand, changes = probe_ended(stand, Signal.NOTHING, token=token, at=at)
    assert changes == ()
    assert way(stand, at=at) is Way.TRY


def test_a_drill_lies_over_the_state_and_ends_by_itself() -> None:
    stand, changes = drilled(untouched(at=NOW), at=NOW, until=NOW + timedelta(minutes=10))
    assert [(change.before, change.after, change.source) for change in changes] == [
        (BreakerState.CLOSED, BreakerState.OPEN, Source.DRILL)
    ]
    assert shown_state(stand, at=NOW) is BreakerState.OPEN
    assert way(stand, at=NOW) is Way.SHUT
    ends = NOW + timedelta(minutes=10)
    assert next_try_at(stand, at=NOW) == ends
    # Nobody has to write it down for messages to go again.
    assert way(stand, at=ends) is Way.FREE
    stand, changes = clock_moved(stand, at=ends)
    assert [(change.before, change.after) for change in changes] == [(BreakerState.OPEN, BreakerState.CLOSED)]
    assert stand.drill_until is None


def test_a_breaker_that_opens_beneath_a_drill_is_open_after_it() -> None:
    stand, _ = drilled(untouched(at=NOW), at=NOW, until=NOW + timedelta(seconds=10))
    stand, changes = counted(stand, faults=FAULTS_TO_OPEN, answers=0, at=NOW)
    assert changes == ()
    stand, changes = restored(stand, at=NOW + timedelta(seconds=5), why="Ended early.")
    assert [change.after for change in changes] == [BreakerState.OPEN]
    assert way(stand, at=NOW + timedelta(seconds=5)) is Way.SHUT
